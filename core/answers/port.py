"""What commands and platforms ask the archive: find stories by words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.answers.segment import Stored
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
    also: tuple[IssueRef, ...] = ()
    """Other issues that have the same story, newest first."""


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


class Segments(Protocol):
    """Keeps the searchable form of issues where every process can follow it. Versions grow with each write."""

    async def replace(self, ref: IssueRef, stored: Stored) -> None:
        """Keep this segment for the issue in place of the earlier one."""
        ...

    async def version(self) -> int:
        """Return the newest version, 0 when nothing was ever kept."""
        ...

    async def since(self, version: int) -> Sequence[tuple[int, IssueRef, Stored]]:
        """Return what was written after ``version``, in the order of writing, each with its version."""
        ...


class Index(Protocol):
    """Keeps the archive findable."""

    async def add(self, issue: Issue) -> None:
        """Index the issue; an earlier revision is replaced."""
        ...

    async def remove(self, ref: IssueRef) -> None:
        """Forget the issue."""
        ...
