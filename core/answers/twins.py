"""The same story in the issue's other language.

It has the same address; a lesson or a pick is the only one of its issue; else names and numbers are alike in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.answers.passages import Passage

ONE_OF_EACH = frozenset({"lesson", "pick"})
LEAST_SHARED = 2
LEAST_ALIKE = 0.5
_SHARED = regex.compile(r"[a-z][a-z0-9.-]*[a-z0-9]|\d+(?:[.,]\d+)*")


def twin(passage: Passage, others: Iterable[Passage]) -> Passage | None:
    """Return the one of ``others``, an issue's passages, that tells the same, None if none surely does."""
    alike_in_kind = [other for other in others if other.what == passage.what]
    if passage.what in ONE_OF_EACH:
        return next(iter(alike_in_kind), None)
    if passage.url:
        return next((other for other in alike_in_kind if other.story == passage.story), None)
    own = _marks(passage)
    best, chosen = 0.0, None
    for other in alike_in_kind:
        if other.section != passage.section:
            continue
        marks = _marks(other)
        shared = len(own & marks)
        alike = shared / min(len(own), len(marks)) if shared >= LEAST_SHARED else 0.0
        if alike > max(best, LEAST_ALIKE):
            best, chosen = alike, other
    return chosen


def _marks(passage: Passage) -> frozenset[str]:
    return frozenset(_SHARED.findall(f"{passage.title} {passage.text}".casefold()))
