"""Chinese put into English words one by one: no sentence that anybody would write, but near to what is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.answers.tokens import STOP_WORDS, normalised, units
from core.answers.words.dictionary import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.answers.tokens import Unit
    from core.answers.words import Words
    from core.answers.words.dictionary import Dictionary


MEANINGS = 2
"""How many meanings of a word are told: the usual one and what it might be else."""


def gloss(text: str, words: Words) -> str:
    """Return the text with the English of each Chinese name, term and word; what nobody knows is left out."""
    plain = normalised(text)
    said = units(plain)
    if not any(unit.han for unit in said):
        return text
    return " ".join(_english(plain, said, words))


def _english(text: str, said: Sequence[Unit], words: Words) -> Iterator[str]:
    named = {mention.start: mention for mention in words.lexicon.mentions(said)}
    at = 0
    while at < len(said):
        mention = named.get(at)
        english = next((group.english for group in mention.groups if group.english), "") if mention else ""
        if mention and english:
            yield english
            at = mention.end
        elif said[at].han:
            size, meaning = _meaning(said, at, words.dictionary)
            yield from meaning
            at += size
        else:
            yield text[said[at].start : said[at].end]
            at += 1


def _meaning(said: Sequence[Unit], at: int, dictionary: Dictionary | None) -> tuple[int, Sequence[str]]:
    """Return how many characters the longest word at this place has, and what it means."""
    run = "".join(unit.text if unit.han else " " for unit in said[at : at + LONGEST])
    for size in range(len(run) if dictionary else 0, 0, -1):
        word = run[:size]
        if word in STOP_WORDS:
            return size, ()
        if dictionary and word in dictionary:
            return size, dictionary.meanings(word)[:MEANINGS]
    return 1, ()
