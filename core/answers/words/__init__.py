"""Names, terms and everyday words that mean the same, as data in the text files beside this one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from core.answers.tokens import normalised, query_tokens, tokens, units
from core.answers.words.dictionary import dictionary, installed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from core.answers.tokens import Unit
    from core.answers.words.dictionary import Dictionary
    from core.answers.words.mined import Mined

Phrase: TypeAlias = tuple[str, ...]
SAME, SAME_TERM, NEAR = 1.0, 0.85, 0.35
NARROWER = 0.25
"""What a bat counts where an animal is asked for."""


@dataclass(frozen=True, slots=True)
class Group:
    """What one thing is called. Each word is the tokens that must all be there, and how much it counts.

    ``generic`` words are in so many questions that they say little about what is asked for.
    """

    name: bool
    words: tuple[tuple[Phrase, float], ...]
    generic: bool = False
    english: str = ""
    """What it is called in English, as it is written."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Units ``start`` to ``end`` of a text that name a group."""

    start: int
    end: int
    groups: tuple[Group, ...]


class Lexicon:
    """Finds groups in a text, the longest word first."""

    def __init__(self, groups: Sequence[tuple[Group, Sequence[str]]]) -> None:
        known: dict[Phrase, list[Group]] = defaultdict(list)
        for group, said in groups:
            for key in {_key(word) for word in said}:
                if len("".join(key)) > 1:
                    known[key].append(group)
        self._known = {key: tuple(found) for key, found in known.items()}
        self._longest = max(map(len, self._known), default=0)
        broad = [group for group, _said in _read("kinds.txt", name=False)]
        self._narrower = _reversed([*(group for group, _said in groups if not group.name), *map(_turned, broad)])
        every = (*(group for group, _said in groups), *broad)
        self._stems = frozenset(token for group in every for phrase, _ in group.words for token in phrase)
        self._makers = _reversed(group for group, _said in groups if group.name)

    def has(self, stemmed: str) -> bool:
        """Whether a word stands in any group, alone or among others."""
        return stemmed in self._stems

    def narrower(self, broad: Phrase) -> tuple[Phrase, ...]:
        """Return the words for what a broad word stands for among others: bats, horses and more for animals."""
        return self._narrower.get(broad, ())

    def makers(self, product: Phrase) -> tuple[Phrase, ...]:
        """Return the names that a name is near to: ByteDance for TikTok."""
        return self._makers.get(product, ())

    @staticmethod
    @cache
    def bundled() -> Lexicon:
        """Return the names and terms that Paperboy brings."""
        return Lexicon([*_read("names.txt", name=True), *_read("terms.txt", name=False), *everyday()])

    def mentions(self, said: Sequence[Unit]) -> Iterator[Mention]:
        """Yield the groups that the units name, in order, without overlaps."""
        at = 0
        while at < len(said):
            for size in range(min(self._longest, len(said) - at), 0, -1):
                groups = self._known.get(tuple(unit.text for unit in said[at : at + size]))
                if groups:
                    yield Mention(at, at + size, groups)
                    at += size
                    break
            else:
                at += 1


def _turned(kind: Group) -> Group:
    """Return a group of which the broad words are near to what they stand for, not the other way round."""
    turned = ((phrase, SAME_TERM if weight <= NEAR else NEAR) for phrase, weight in kind.words)
    return replace(kind, words=tuple(turned))


def _reversed(groups: Iterable[Group]) -> dict[Phrase, tuple[Phrase, ...]]:
    """Return by what is near to something the words for that."""
    found: dict[Phrase, dict[Phrase, None]] = defaultdict(dict)
    for group in groups:
        same = dict.fromkeys(phrase for phrase, weight in group.words if weight > NEAR and phrase)
        for near in (phrase for phrase, weight in group.words if weight <= NEAR):
            found[near] |= same
    return {near: tuple(same) for near, same in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All that is known of words."""

    lexicon: Lexicon
    dictionary: Dictionary | None = None
    mined: Mined = field(default_factory=lambda: MappingProxyType({}))

    @staticmethod
    @cache
    def bundled() -> Words:
        """Return the names and terms that Paperboy brings, alone."""
        return Words(lexicon=Lexicon.bundled())

    def with_dictionary(self, named: str) -> Words:
        """Return them with the dictionary in the file ``named``; "" is the installed one, if any, "off" is none."""
        path = None if named == "off" else Path(named) if named else installed()
        return replace(self, dictionary=dictionary(path)) if path else self


def _key(word: str) -> Phrase:
    return tuple(unit.text for unit in units(normalised(word)))


def _read(file: str, *, name: bool) -> Iterator[tuple[Group, Sequence[str]]]:
    for line in bundled_lines(file):
        generic = line.startswith("~")
        same, _, near = line.removeprefix("~").partition("||")
        said = _words(same)
        weight = SAME if name else SAME_TERM
        phrases = {_phrase(word): weight for word in said}
        for word in _words(near):
            phrases.setdefault(_phrase(word), NEAR)
        english = next((word for word in said if word.isascii()), "")
        yield Group(name and not generic, tuple(phrases.items()), generic, english), said


def _phrase(word: str) -> Phrase:
    """Return the tokens that must be there; one character alone would be in everything ("A 社" in "社区")."""
    found = tuple(query_tokens(word))
    return found if len("".join(found)) > 1 else tuple(tokens(word))


def everyday() -> Iterator[tuple[Group, Sequence[str]]]:
    """Yield the groups of everyday words and of common knowledge: they find each other, and translate nothing."""
    for file in ("everyday.txt", "thesaurus.txt"):
        yield from ((replace(group, english=""), said) for group, said in _read(file, name=False))


def bundled_lines(file: str) -> list[str]:
    """Return the lines of a data file beside this one, without empty ones and remarks."""
    text = (files(__package__) / file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _words(line: str) -> list[str]:
    return [word.strip() for word in line.split("|") if word.strip()]
