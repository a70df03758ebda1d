"""Words that mean the same, learnt from stories that are told in both languages."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

from core.answers.tokens import STOP_WORDS, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.answers.passages import Passage

Mined: TypeAlias = "Mapping[str, tuple[tuple[str, float], ...]]"
"""For each token of one language the tokens of the other one, and how often they go together, from 0 to 1."""

LEAST_TOGETHER = 3
LEAST_ALIKE = 0.45
KEPT = 2
"""A word that goes with more others as well as with these is part of a phrase that is always printed."""
AS_WELL = 0.9
PAIR = 2


def mine(passages: Iterable[Passage]) -> Mined:
    """Return what the passages that stand in both languages teach: each the other's nearest."""
    zh, en, both = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for chinese, english in _twins(passages):
        zh.update(chinese)
        en.update(english)
        both.update(product(chinese, english))
    near: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for (one, other), count in both.items():
        alike = 2 * count / (zh[one] + en[other])
        if count >= LEAST_TOGETHER and alike >= LEAST_ALIKE:
            near[one].append((alike, other))
            near[other].append((alike, one))
    best = {word: _best(found) for word, found in near.items()}
    return {
        word: mutual
        for word, found in best.items()
        if (mutual := tuple((other, alike) for other, alike in found.items() if word in best[other]))
    }


def _best(found: list[tuple[float, str]]) -> dict[str, float]:
    ranked = sorted(found, reverse=True)
    top = [(alike, other) for alike, other in ranked if alike >= AS_WELL * ranked[0][0]]
    return {other: round(alike, 2) for alike, other in top} if len(top) <= KEPT else {}


def _twins(passages: Iterable[Passage]) -> Iterable[tuple[set[str], set[str]]]:
    stories: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for passage in passages:
        if passage.url:
            stories[passage.story].setdefault(passage.ref.lang, set()).update(tokens(f"{passage.title} {passage.text}"))
    for told in stories.values():
        if {"zh", "en"} <= told.keys():
            yield (
                {word for word in told["zh"] - told["en"] if _is_pair(word)},
                {
                    word
                    for word in told["en"] - told["zh"]
                    if word.isascii() and word.isalpha() and word not in STOP_WORDS
                },
            )


def _is_pair(word: str) -> bool:
    return len(word) == PAIR and not word.isascii()
