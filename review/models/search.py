"""Folding text for search: the one form in which text is kept to be found."""

from review.rules.folding import folded

__all__ = ["folded"]
