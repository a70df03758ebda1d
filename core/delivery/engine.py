"""What carries chunks to couriers, and runs what is periodic: in this process, or a queue that many processes share.

An engine only says what to work on next. The ledger decides: a chunk that is carried twice, or that somebody has, is
not made twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from datetime import timedelta

    from core.delivery.port import Account, Chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Where chunks wait in line: those of one account and priority."""

    account: Account
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic:
    """Something to do again and again. ``name`` is the same in every process that may do it.

    ``hour`` is the hour in UTC of what is done once a day.
    """

    name: str
    period: timedelta
    do: Callable[[], Awaitable[object]]
    hour: int | None = None


Work: TypeAlias = "Callable[[Chunk], Awaitable[None]]"
Room: TypeAlias = "Callable[[], Iterable[Lane]]"


class Engine(Protocol):
    """Carries chunks from whoever finds them due to whoever has room for them."""

    async def offer(self, chunks: Sequence[Chunk]) -> None:
        """Put chunks into their lanes; one that waits there already is not put there again."""
        ...

    async def carry(self, work: Work, room: Room, stop: asyncio.Event) -> None:
        """Call ``work`` for offered chunks, of the lanes that ``room`` gives at that moment, until ``stop``.

        A chunk whose ``work`` raised, or died, can be offered again. Returns, or ends when it is cancelled, once all
        work under way has ended.
        """
        ...

    async def every(self, tasks: Sequence[Periodic], stop: asyncio.Event) -> None:
        """Do each task once a period until ``stop``: in one of the processes that ask for it, never twice at a time.

        A task that raises is logged and done again the next time.
        """
        ...

    async def close(self) -> None:
        """Close whatever is open."""
        ...
