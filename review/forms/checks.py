"""The button that asks for a comparison with the trail: nothing is typed."""

from __future__ import annotations

from flask_wtf import FlaskForm


class CheckForm(FlaskForm):
    """Only the token of the form."""
