"""How likely the stories that were found answer a question, told by which of its words they say. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.answers.concepts import Concept

NO_NAME, NEAR_NAME = 0.3, 0.65
"""What is left of the evidence where a name of the question is missing, a story about something else; and where only
what is near to it is told, such as the company of a person."""
NAME_ONLY = 0.5
"""What is left where only the names are told: a story about it, which does not say what was asked for."""
TOLD = 0.5
"""A name counts as told from here on; below, only something near is."""
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

    def evidence(self, told: Sequence[int], *, compares: bool = False) -> float:
        """Return how likely passages that tell one story answer the question, from 0 to 1.

        The words that they say count by their rarity. A name that none of them says, or nothing but names, makes it
        less likely: near misses share what a question is about, and lack what it asks for. Of names that are compared
        a story need only tell one.
        """
        covered = [(part, max((part.covered.get(number, 0.0) for number in told), default=0.0)) for part in self._parts]
        found = sum(part.weight * share for part, share in covered) / self.total if self.total else 0.0
        names = [share for part, share in covered if part.named]
        for share in [max(names, default=1.0)] if compares else names:
            if share < TOLD:
                found *= NEAR_NAME if share else NO_NAME
        return found * (_asked(covered) if names else 1.0)


def _asked(covered: Sequence[tuple[_Part, float]]) -> float:
    """Return the factor for what is asked of the names."""
    asked = [
        (part.weight, share)
        for part, share in covered
        if not part.named and part.concept.weight >= WORTH and part.concept.sort != "pair"
    ]
    whole = sum(weight for weight, _share in asked)
    told = sum(weight * share for weight, share in asked) / whole if whole else 1.0
    return NAME_ONLY + (1 - NAME_ONLY) * told
