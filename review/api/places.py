"""Where the API stands, and which requests are its."""

from __future__ import annotations

ROOT = "/api/"
PREFIX = "/api/v1"
# What only a token opens: no page of another origin has a business with it.
CLOSED = (f"{PREFIX}/desk/", f"{PREFIX}/claims")


def is_ours(path: str) -> bool:
    """Whether this address is for programs."""
    return path.startswith(ROOT)


def is_public(path: str) -> bool:
    """Whether this address is for programs and needs no token."""
    return is_ours(path) and not path.startswith(CLOSED)
