"""How many columns a text takes in a fixed-width font."""

from __future__ import annotations

import unicodedata


def width(text: str) -> int:
    """Return the columns of ``text``: two for a wide or full-width character, none for a combining one."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
