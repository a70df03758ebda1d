"""Puts right a slip of the finger in a question: "what does the Murumr pin cost". Pure."""

from __future__ import annotations

from calendar import day_name, month_name
from string import ascii_lowercase
from typing import TYPE_CHECKING

import regex

from core.answers.concepts import says_little
from core.answers.tokens import stem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.answers.words import Words

CERTAIN = 10**9
"""A day or month is meant before any word of the archive."""
_WORD = regex.compile(r"(?<![\p{L}\p{N}.\-_/@'’])[A-Za-z]{6,}(?![\p{N}.\-_/@'’]*[\p{L}\p{N}])")
"""Shorter words are one letter from too many others; what has digits or signs is a name."""
_CALENDAR = frozenset(name.lower() for name in [*month_name, *day_name] if name) | {"yesterday", "weekend"}


def corrected(text: str, words: Words, printed: Callable[[str], int]) -> str:
    """Return the question with each English word that nothing knows as the known word that is one slip away, if any.

    ``printed`` tells how often the archive has a stem. Without a dictionary most words of a language are unknown, and
    nothing is put right.
    """
    known = words.dictionary
    if known is None:
        return text

    def usual(word: str) -> int:
        stemmed = stem(word)
        return CERTAIN if word in _CALENDAR else printed(stemmed) or int(words.lexicon.has(stemmed))

    def right(match: regex.Match[str]) -> str:
        said = match.group()
        word = said.lower()
        if usual(word) or says_little(stem(word)) or known.chinese(said):
            return said
        best = max(_slips(word), key=usual)
        if not usual(best):
            return said
        return best.title() if said[0].isupper() else best

    return _WORD.sub(right, text)


def _slips(word: str) -> Iterator[str]:
    """Yield the words that are one letter more, less, changed or swapped away, with the same first letter."""
    for at in range(1, len(word)):
        head, tail = word[:at], word[at:]
        yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in ascii_lowercase:
            yield head + letter + tail[1:]
            yield head + letter + tail
    yield from (word + letter for letter in ascii_lowercase)
