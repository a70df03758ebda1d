"""Words of a text as the index sees them, for Chinese and English alike.

Chinese is cut into single characters and pairs of neighbours; English words are stemmed; names with numbers are
kept whole and in parts (``GPT-5.2-Codex`` gives ``gpt``, ``gpt5.2``, ``5.2``, ``5.2codex``, ``codex``), so that a
reader who leaves out a hyphen still finds them; ``HuggingFace`` is also ``hugging`` and ``face``.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import regex
import snowballstemmer

if TYPE_CHECKING:
    from collections.abc import Iterator

_RUNS = regex.compile(
    r"(?P<han>[\p{Han}〇々]+)|(?P<word>[\p{L}\p{N}--\p{Han}]+(?:[-.'’_/+][\p{L}\p{N}--\p{Han}]+)*\+*)", regex.V1
)
_PARTS = regex.compile(r"\d+(?:\.\d+)+|\d+|[^\W\d_]+")
_CAMEL = regex.compile(r"(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})")
_STEMMER = snowballstemmer.stemmer("english")

STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "how",
        "i",
        "in",
        "is",
        "it",
        "its",
        "me",
        "my",
        "of",
        "on",
        "or",
        "our",
        "so",
        "that",
        "the",
        "their",
        "them",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
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
    return list(_tokens(unicodedata.normalize("NFKC", text)))


def query_tokens(text: str) -> list[str]:
    """Return the distinct tokens that a search for ``text`` looks for.

    Single Chinese characters count only where they stand alone, since their pairs say more.
    """
    found: dict[str, None] = {}
    for match in _RUNS.finditer(unicodedata.normalize("NFKC", text)):
        run = match.group()
        found.update(dict.fromkeys(_pairs(run) if match["han"] else _word(run)))
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
        found[part if part[0].isdigit() else _stem(part)] = None
    for first, second in pairwise(parts):
        if first[0].isdigit() != second[0].isdigit():
            found[first + second] = None
    for word in _PARTS.findall(run):
        pieces = _CAMEL.split(word)
        if len(pieces) > 1:
            found.update(dict.fromkeys(_stem(piece.casefold()) for piece in pieces))
    return tuple(found)


def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word)) if word.isascii() else word
