"""The archive's passages in memory, found by their tokens."""

from __future__ import annotations

from array import array
from math import log
from typing import TYPE_CHECKING

from core.answers.segment import FULL, IMPACT, PLACE_BITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from core.answers.passages import Passage
    from core.answers.segment import Segment
    from core.digest.model import IssueRef

DEAD_SHARE = 0.2


class Index:
    """Passages by number. A replaced issue's numbers stay unused until there are so many that it is built anew."""

    def __init__(self) -> None:
        self.passages: list[Passage | None] = []
        self._postings: dict[str, array[int]] = {}
        self._issues: dict[IssueRef, range] = {}
        self._dead = 0
        self.changes = 0
        """How often an issue was put in or taken out."""

    def __len__(self) -> int:
        return len(self.passages) - self._dead

    @property
    def worn(self) -> bool:
        """Whether so much was replaced that building it anew pays."""
        return self._dead > DEAD_SHARE * max(1000, len(self.passages))

    def put(self, segment: Segment) -> None:
        """Take the issue in, in place of its earlier form; one without passages is only forgotten."""
        self.changes += 1
        for number in self._issues.pop(segment.ref, ()):
            self.passages[number] = None
            self._dead += 1
        first = len(self.passages)
        if not segment.passages:
            return
        self.passages += segment.passages
        self._issues[segment.ref] = range(first, len(self.passages))
        shift, postings, at = first << PLACE_BITS, self._postings, 0
        for token, count in zip(segment.tokens, segment.counts, strict=True):
            kept = postings.get(token)
            if kept is None:
                kept = postings[token] = array("Q")
            kept.extend([posting + shift for posting in segment.postings[at : at + count]])
            at += count

    def issues(self) -> Iterable[IssueRef]:
        """Return the issues that are in the index."""
        return self._issues.keys()

    def of(self, ref: IssueRef) -> range:
        """Return the numbers of an issue's passages."""
        return self._issues.get(ref, range(0))

    def frequency(self, token: str) -> int:
        """Return how many passages contain the token (replaced ones may be counted too)."""
        return len(self._postings.get(token, ()))

    def all_of(self, phrase: tuple[str, ...]) -> Mapping[int, float]:
        """Return the passages that contain all tokens, each with the least that one of them says, from 0 to 1."""
        if any(token not in self._postings for token in phrase):
            return {}
        rarest = sorted(phrase, key=self.frequency)
        found = {posting >> PLACE_BITS: (posting & IMPACT) / FULL for posting in self._postings[rarest[0]]}
        for token in rarest[1:]:
            found = {
                number: min(found[number], (posting & IMPACT) / FULL)
                for posting in self._postings[token]
                if (number := posting >> PLACE_BITS) in found
            }
        return found

    def rarity(self, frequency: int) -> float:
        """Return how much it says that a passage has what ``frequency`` passages have; never negative."""
        return log(1 + (len(self.passages) - min(frequency, len(self.passages)) + 0.5) / (frequency + 0.5))

    def living(self) -> Iterator[tuple[int, Passage]]:
        """Yield every passage with its number."""
        return ((number, passage) for number, passage in enumerate(self.passages) if passage is not None)
