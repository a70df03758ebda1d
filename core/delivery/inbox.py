"""Where pages wait for readers who fetch them, instead of having them pushed into a chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A page that arrived, changed or was taken back (``content`` None). ``id`` grows with every arrival."""

    id: int
    page: str
    content: Mapping[str, Any] | None
    at: datetime


class Inbox(Protocol):
    """Keeps the newest state of each page, for the target that it was sent to."""

    async def put(self, target: Target, page: str, content: Mapping[str, Any] | None) -> int:
        """Keep the JSON-ready content as the page's newest state; return the id of this arrival.

        A page put again replaces what was kept of it. Equal content changes nothing and returns the id it has.
        """
        ...

    async def after(self, target: Target, id: int, *, limit: int = 20) -> Sequence[Arrival]:  # noqa: A002  the word fits
        """Return the newest ``limit`` arrivals after ``id``, oldest first."""
        ...
