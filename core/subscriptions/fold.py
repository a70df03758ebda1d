"""Spelling that does not matter, taken away."""

from __future__ import annotations

from unicodedata import category, normalize

_STROKES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "_": " ", "’": "'", "‘": "'"})


def fold(text: str) -> str:
    """Return ``text`` without case, accents, full-width forms and underscores: ``São_Paulo`` is ``sao paulo``."""
    decomposed = normalize("NFKD", text).casefold().translate(_STROKES)
    return "".join(character for character in decomposed if category(character) != "Mn")


def fold_with_origins(text: str) -> tuple[str, list[int]]:
    """Return the folded text, and for each of its characters, and its end, where it comes from in ``text``."""
    pieces = [(folded, at) for at, character in enumerate(text) for folded in fold(character)]
    return "".join(folded for folded, _ in pieces), [*(at for _, at in pieces), len(text)]
