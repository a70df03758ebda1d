"""How likely the stories that were found answer a question, told by a few things that each have a weight. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from math import exp
from typing import TYPE_CHECKING, TypeAlias

from core.answers.pick import kind_of
from core.answers.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from core.answers.concepts import Concept
    from core.answers.passages import Passage
    from core.answers.pick import Kind
    from core.answers.question import Question

    _Shares: TypeAlias = Sequence[tuple["_Part", float]]

BASE = 1.1
"""The log-odds of an answer where nothing speaks for it or against it; what follows is added."""
SHARE = 1.75
"""All words of the question are told; of fewer words their share by rarity."""
MISSING = -3.6
"""A name, place or version is not told; half of it where only something near is, such as the company of a person."""
DETAIL = -2.9
"""The question asks for one fact and no word for it is told; words of a title only say what the story is about. Where a
fact of the kind stands, such as a price, its words may be missing."""
FACT = -1.5
"""No sentence has the kind of fact that is asked for, such as a price, beside one of those words."""
LONE = -3.75
"""Of several words only one is told, and it is a common one; what means the same as the question makes up for it, and
so does a time that is asked for: among the few stories of it chance finds little."""
RARE = 8.0
"""A single word that weighs so much is as good as several."""
UNLIKE, SAME = 0.15, 0.35
"""How alike in meaning those are that have nothing in common, and those that say the same."""
TOLD = 0.5
"""A word counts as told from here on; a name below it is only near."""
UNTOLD = 0.3
"""A word of which less is told is missing."""
MOST_MISSING = 2
WORTH, WORTH_NAME = 0.5, 0.7
"""A concept that weighs less says little about what is asked for; so does a name that only the prior question had."""


@dataclass(frozen=True, slots=True)
class _Part:
    concept: Concept
    weight: float
    covered: Mapping[int, float]
    needed: bool

    @property
    def named(self) -> bool:
        concept = self.concept
        if self.needed:
            return True
        known = concept.sort in {"name", "version"} and concept.weight >= WORTH_NAME
        return known or (concept.capital and concept.weight >= 1)


@dataclass(slots=True)
class Tally:
    """What passages, by number, say of a question: their scores, and how much of each concept they cover.

    Where a question ``explains``, a word that no passage has is a term that nobody explained.
    """

    explains: bool = False
    scores: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    named: set[int] = field(default_factory=set)
    total: float = 0
    _covered: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    _parts: list[_Part] = field(default_factory=list)

    def add(self, concept: Concept, weight: float, found: Mapping[int, float], covered: Mapping[int, float]) -> None:
        """Count a concept that weighs so much: what passages say of it, and how much of it they cover (0 to 1)."""
        for number, value in found.items():
            if not concept.aside or number in self.scores:
                self.scores[number] += weight * value
        if concept.aside:
            return
        self.total += weight
        if concept.sort in {"name", "version"}:
            self.named.update(found)  # near words too: who asks for the maker may mean the product
        for number, share in covered.items():
            self._covered[number] += weight * share
        needed = self.explains and not found and concept.sort != "pair" and concept.weight >= WORTH
        self._parts.append(_Part(concept, weight, covered, needed))

    def share(self, number: int) -> float:
        """Return the share of the question that a passage covers, from 0 to 1."""
        return self._covered[number] / self.total if self.total else 0.0

    def evidence(self, told: Mapping[int, Passage], question: Question, *, alike: float = 0) -> float:
        """Return how likely passages that tell one story answer the question, from 0 to 1.

        ``alike`` is how alike to the question they are in meaning, as far as that is known.
        """
        parts = [(one, max((one.covered.get(number, 0.0) for number in told), default=0.0)) for one in self._parts]
        found = sum(part.weight * share for part, share in parts)
        if not found and alike <= UNLIKE:
            return 0.0
        other = 1 - min(1.0, max(0.0, alike - UNLIKE) / (SAME - UNLIKE))
        odds = BASE + SHARE * found / (self.total or 1)
        odds += MISSING * _missing(parts, compares=question.compares)
        odds += 0 if question.when.bounded else LONE * _lone(parts, found) * other
        kind = kind_of(question.text)
        if question.fact or kind:
            asked = _asked(parts, {passage.title for passage in told.values()}, kind)
            if question.fact and not (kind and kind.sure and kind.stands(told.values(), [])):
                odds += DETAIL * _untold(asked)
            if kind and not kind.stands(told.values(), [part.concept for part, _share in asked]):
                odds += FACT
        return 1 / (1 + exp(-odds))


def _asked(parts: _Shares, titles: Iterable[str], kind: Kind | None) -> _Shares:
    """Return what is asked of the story: no name, no word of its titles, and not the word for the kind of fact."""
    said = {token for title in titles for token in tokens(title)}
    return [
        (part, share)
        for part, share in parts
        if part.concept.sort != "pair"
        and not part.named
        and not (kind and kind.asked.search(part.concept.said))
        and not any(weight >= TOLD and set(phrase) <= said for phrase, weight in part.concept.words)
    ]


def _untold(asked: _Shares) -> float:
    """Return how much of what is asked is not told, from 0 to 1; a word that says little counts little."""
    whole = sum(part.concept.weight for part, _share in asked)
    told = sum(part.concept.weight * share for part, share in asked)
    return (whole - told) / max(1.0, whole)


def _missing(parts: _Shares, *, compares: bool) -> float:
    """Return how many names are not told; of names that are compared a story need only tell one."""
    names = [share for part, share in parts if part.named]
    if compares:
        names = [max(names, default=1.0)]
    near = sum(0 < share < TOLD for share in names)
    return min(MOST_MISSING, names.count(0.0)) + min(MOST_MISSING, near) / 2


def _lone(parts: _Shares, found: float) -> float:
    """Return how little it says, from 0 to 1, that one word is told where others are not."""
    shares = [share for part, share in parts if part.concept.sort != "pair" and part.concept.weight >= WORTH]
    lone = sum(share >= TOLD for share in shares) < 2 and any(share < UNTOLD for share in shares)  # noqa: PLR2004  one is lone
    return max(0.0, 1 - found / RARE) if lone else 0.0
