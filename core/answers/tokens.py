"""Words of a text as the index sees them, for Chinese and English alike.

Chinese is cut into single characters and pairs of neighbours; English words are stemmed; names with numbers are
kept whole and in parts (``GPT-5.2-Codex`` gives ``gpt``, ``gpt5.2``, ``5.2``, ``5.2codex``, ``codex``), so that a
reader who leaves out a hyphen still finds them; ``HuggingFace`` is also ``hugging`` and ``face``.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING

import regex
import Stemmer

if TYPE_CHECKING:
    from collections.abc import Iterator

_RUNS = regex.compile(
    r"(?P<han>[\p{Han}〇々]+)|(?P<word>[\p{L}\p{N}--\p{Han}]+(?:[-.'’_/+][\p{L}\p{N}--\p{Han}]+)*\+*)", regex.V1
)
_PARTS = regex.compile(r"\d+(?:\.\d+)+|\d+|[^\W\d_]+")
_CAMEL = regex.compile(r"(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})")
MAJOR = "~"
_STEMMER = Stemmer.Stemmer("english", 0)  # what it would remember, ``stem`` does
_STEMMING = Lock()
"""The stemmer keeps the word that it works on, and threads learn words while readers ask."""

STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "being",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "done",
        "for",
        "from",
        "get",
        "gets",
        "got",
        "had",
        "has",
        "have",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "its",
        "just",
        "me",
        "my",
        "of",
        "on",
        "or",
        "our",
        "please",
        "s",
        "should",
        "so",
        "some",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "too",
        "us",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "的",
        "了",
        "是",
        "在",
        "和",
        "与",
        "有",
        "吗",
        "呢",
        "吧",
        "啊",
        "这",
        "那",
        "哪",
        "个",
        "什",
        "么",
        "怎",
        "样",
        "我",
        "你",
        "您",
        "它",
        "他",
        "她",
        "们",
        "请",
        "被",
        "把",
        "就",
        "都",
        "也",
        "还",
    ]
)
"""Words that say nothing about what is asked for; a query made of nothing else keeps them."""


def tokens(text: str) -> list[str]:
    """Return the tokens of ``text`` in reading order, repeated as often as they occur."""
    return list(_tokens(normalised(text)))


def normalised(text: str) -> str:
    """Return ``text`` with full-width and other compatibility characters as plain ones."""
    return unicodedata.normalize("NFKC", text)


@dataclass(frozen=True, slots=True)
class Unit:
    """A Chinese character, a stemmed word or a number of a text, with its place in it."""

    text: str
    start: int
    end: int
    han: bool = False
    capital: bool = False


def units(text: str) -> list[Unit]:
    """Return the units of a normalised text in reading order: what names and terms are compared by."""
    found: list[Unit] = []
    for match in _RUNS.finditer(text):
        if match["han"]:
            found += (Unit(char, at, at + 1, han=True) for at, char in enumerate(match.group(), match.start()))
            continue
        for part in _PARTS.finditer(match.group()):
            start, said = match.start() + part.start(), part.group()
            word = said if said[0].isdigit() else stem(said.casefold())
            found.append(Unit(word, start, start + len(said), capital=said[0].isupper()))
    return found


def query_tokens(text: str) -> list[str]:
    """Return the distinct tokens that a search for ``text`` looks for.

    Single Chinese characters count only where they stand alone, since their pairs say more.
    """
    found: dict[str, None] = {}
    for match in _RUNS.finditer(normalised(text)):
        run = match.group()
        found.update(dict.fromkeys(_pairs(run) if match["han"] else _plain(run)))
    said = [token for token in found if not _is_empty(token)]
    return said or list(found)


def _tokens(text: str) -> Iterator[str]:
    for match in _RUNS.finditer(text):
        run = match.group()
        if match["han"]:
            yield from run
            yield from (first + second for first, second in pairwise(run))
        else:
            yield from _word(run)


def _pairs(run: str) -> list[str]:
    return [first + second for first, second in pairwise(run)] or [run]


def _is_empty(token: str) -> bool:
    return token in STOP_WORDS or (len(token) > 1 and all(character in STOP_WORDS for character in token))


@lru_cache(maxsize=65536)
def _word(run: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    parts = _PARTS.findall(run.casefold())
    for part in parts:
        found[part if part[0].isdigit() else stem(part)] = None
    for first, second in pairwise(parts):
        if first[0].isdigit() != second[0].isdigit():
            found[first + second] = None
            if "." in second and not first[0].isdigit():
                found[major(first, second)] = None
    for word in _PARTS.findall(run):
        pieces = _CAMEL.split(word)
        if len(pieces) > 1:
            found.update(dict.fromkeys(stem(piece.casefold()) for piece in pieces))
    return tuple(found)


def major(name: str, version: str) -> str:
    """Return the token that every version of a name has whose number begins alike: ``gpt5~`` for GPT-5.2."""
    return f"{name}{version.partition('.')[0]}{MAJOR}"


def _plain(run: str) -> list[str]:
    return [token for token in _word(run) if not token.endswith(MAJOR)]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the stem of an English word in small letters; other words as they are."""
    if not word.isascii():
        return word
    with _STEMMING:
        return str(_STEMMER.stemWord(word))
