"""Numbers in addresses and headers."""

from __future__ import annotations

LONGEST = 18
"""Digits of any number that a database's integers hold (64 bits)."""


def number(text: str) -> int | None:
    """Return the number that the text is, None if it is none that a database could hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None
