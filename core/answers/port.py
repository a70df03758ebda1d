"""What commands and platforms ask the archive: find stories by words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from core.answers.passages import Passage
    from core.digest.model import Issue, IssueRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A story, lesson or pick that was found. ``quote`` is the passage of its text that fits the words best.

    ``section`` is the section's kind, or "lesson" or "pick". ``score`` compares hits of one search only.
    """

    ref: IssueRef
    what: Literal["story", "lesson", "pick"]
    section: str
    key: str
    title: str
    quote: str
    url: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of hits, best first, and how many there are in all."""

    hits: tuple[Hit, ...]
    total: int


class Search(Protocol):
    """Finds stories, lessons and picks of the archive."""

    async def search(
        self, words: str, *, edition: str | None = None, lang: str | None = None, limit: int = 5, offset: int = 0
    ) -> Found:
        """Return what fits ``words``, best first; hits in ``lang`` are preferred, not required."""
        ...

    async def lessons(self, term: str, *, lang: str | None = None, limit: int = 3) -> Sequence[Hit]:
        """Return the lessons whose term is ``term``, or names it, best first."""
        ...

    async def terms(self, *, lang: str | None = None, limit: int = 200) -> Sequence[str]:
        """Return the terms that lessons explain, newest first, those in ``lang`` before others, each once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where to look. None and empty mean everywhere; dates are inclusive, ``sections`` as in ``Passage.section``."""

    edition: str | None = None
    lang: str | None = None
    since: date | None = None
    until: date | None = None
    sections: frozenset[str] = frozenset()


class Passages(Protocol):
    """Keeps the passages of issues with the impacts of their tokens. One scorer serves every database."""

    async def replace(self, ref: IssueRef, entries: Sequence[tuple[Passage, Mapping[str, float]]]) -> None:
        """Keep these passages for the issue and forget the earlier ones; none forgets the issue."""
        ...

    async def frequencies(self, tokens: Iterable[str]) -> tuple[int, Mapping[str, int]]:
        """Return how many passages there are, and how many of them contain each token (left out where none)."""
        ...

    async def best(self, weights: Mapping[str, float], scope: Scope, *, limit: int) -> Sequence[tuple[Passage, float]]:
        """Return the passages with the highest sums of weight times impact; among equals the newer one first."""
        ...

    async def titles(self, scope: Scope, *, limit: int) -> Sequence[Passage]:
        """Return the passages in the scope, newest first."""
        ...


class Index(Protocol):
    """Keeps the archive findable."""

    async def add(self, issue: Issue) -> None:
        """Index the issue; an earlier revision is replaced."""
        ...

    async def remove(self, ref: IssueRef) -> None:
        """Forget the issue."""
        ...
