"""Choosing where pages begin in a row of units: least pages first, then the best-liked cuts, then even pages."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from operator import sub
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.render.port import Cost

CANDIDATES = 16
"""How many cuts are weighed for each page."""


class Weight(Struct, frozen=True):
    """What a unit adds to a page.

    ``reopening`` comes on top if the unit is the first on its page. ``dislike`` weighs a cut before the unit;
    ``together`` forbids it as long as there is another way.
    """

    cost: Cost
    reopening: Cost
    dislike: int
    together: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaks:
    """The index of the first unit of each page, and how many of them divide what belongs together."""

    starts: tuple[int, ...]
    forced: int


def choose_breaks(weights: Sequence[Weight], budget: Cost, later: Cost) -> Breaks:
    """Divide the units into pages of at most ``budget``; every page but the first also carries ``later``."""
    pages = _Pages(weights, budget, later)
    filled = pages.forward()
    forced = sum(weights[start].together for start in filled[1:])
    earliest = pages.backward()
    if forced or len(earliest) != len(filled):
        return Breaks(starts=tuple(filled), forced=forced)
    return Breaks(starts=tuple(pages.best(earliest, filled)), forced=0)


_Score: TypeAlias = "tuple[int, float]"


class _Pages:
    def __init__(self, weights: Sequence[Weight], budget: Cost, later: Cost) -> None:
        self._weights = weights
        self._size = len(weights)
        self._budget = budget
        self._later = later
        self._room = tuple(map(sub, budget, later))
        self._sums = [
            list(accumulate((weight.cost[axis] for weight in weights), initial=0)) for axis in range(len(budget))
        ]
        self._furthest = [self._reach(start) for start in range(max(1, self._size))]

    def forward(self) -> list[int]:
        """Fill page after page; return their starts."""
        starts = [0]
        end = 0
        while True:
            start = starts[-1]
            end = max(end, start + 1, self._furthest[start])
            if end >= self._size:
                return starts
            starts.append(self._allowed_before(end, start))

    def backward(self) -> list[int]:
        """Fill page after page from the end; return their starts, in order."""
        starts: list[int] = []
        end = self._size
        while end > 0:
            start = end - 1
            while start > 0 and self._fits(start - 1, end):
                start -= 1
            while start < end - 1 and start and self._weights[start].together:
                start += 1
            if starts and start >= starts[-1]:
                return []
            starts.append(start)
            end = start
        return starts[::-1]

    def best(self, earliest: list[int], latest: list[int]) -> list[int]:
        """Return the starts between ``earliest`` and ``latest`` that score best."""
        reached: dict[int, tuple[_Score, tuple[int, ...]]] = {0: ((0, 0.0), (0,))}
        for number in range(1, len(latest)):
            following: dict[int, tuple[_Score, tuple[int, ...]]] = {}
            ideal = self._size_at_share(number / len(latest))
            for cut in self._candidates(earliest[number], latest[number], ideal):
                options = [
                    (self._score(score, start, cut), path)
                    for start, (score, path) in reached.items()
                    if start < cut and self._fits(start, cut)
                ]
                if options:
                    score, path = min(options)
                    following[cut] = score, (*path, cut)
            reached = following
        options = [
            (self._score(score, start, self._size), path)
            for start, (score, path) in reached.items()
            if self._fits(start, self._size)
        ]
        return list(min(options)[1]) if options else latest

    def _score(self, score: _Score, start: int, end: int) -> _Score:
        dislike = self._weights[end].dislike if end < self._size else 0
        return score[0] + dislike, score[1] + self._fill(start, end) ** 2

    def _candidates(self, earliest: int, latest: int, ideal: int) -> list[int]:
        allowed = [cut for cut in range(earliest, latest + 1) if not self._weights[cut].together]
        allowed.sort(key=lambda cut: (self._weights[cut].dislike, abs(cut - ideal)))
        return sorted({*allowed[:CANDIDATES], latest})

    def _size_at_share(self, share: float) -> int:
        return round(self._size * share)

    def _allowed_before(self, end: int, start: int) -> int:
        cut = end
        while cut > start + 1 and self._weights[cut].together:
            cut -= 1
        return end if self._weights[cut].together else cut

    def _fits(self, start: int, end: int) -> bool:
        return end <= self._furthest[start]

    def _reach(self, start: int) -> int:
        """Return where the page that begins at ``start`` ends at the latest: costs only grow on the way."""
        room = map(sub, self._room, self._weights[start].reopening) if start else self._budget
        return min([bisect_right(sums, sums[start] + most) for sums, most in zip(self._sums, room, strict=True)]) - 1

    def _fill(self, start: int, end: int) -> float:
        fill = 0.0
        for axis, limit in enumerate(self._budget):
            amount = self._sums[axis][end] - self._sums[axis][start]
            if start:
                amount += self._weights[start].reopening[axis] + self._later[axis]
            fill = max(fill, amount / limit)
        return fill
