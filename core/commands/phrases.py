"""Messages that are nothing but a phrase out of a table, whatever a reader puts around it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from core.answers.tokens import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

T = TypeVar("T")

AROUND = " !！.。,，~～?？😊👋🙏❤️\ufe0f"
"""Marks at either end of a message that change nothing of what it says."""


def by_phrase(rows: Iterable[tuple[T, str]]) -> Mapping[str, T]:
    """Return what each phrase means; a row is a meaning and its phrases, with " | " between them."""
    return {phrase: meaning for meaning, phrases in rows for phrase in phrases.split(" | ")}


def bare(said: str) -> str:
    """Return a message as tables have it: small letters of the usual width, straight apostrophes, nothing around."""
    return " ".join(normalised(said).casefold().replace("’", "'").strip(AROUND).split())
