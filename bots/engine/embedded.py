"""Chunks carried inside one process; APScheduler keeps the periods."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bots.engine.attempts import Attempts
from core.delivery.engine import Lane

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.delivery.engine import Periodic, Room, Work
    from core.delivery.port import Chunk

LOOK_AGAIN_SECONDS = 0.2
"""Room also comes about without anybody saying so: a courier got its budget."""

log = structlog.get_logger(__name__)


class EmbeddedEngine:
    """Satisfies ``core.delivery.engine.Engine`` for one process."""

    def __init__(self) -> None:
        self._lanes: dict[Lane, deque[Chunk]] = defaultdict(deque)
        self._known: set[int] = set()
        self._changed = asyncio.Event()

    async def offer(self, chunks: Sequence[Chunk]) -> None:
        """Put chunks into their lanes; one that waits there, or is worked on, is not put there again."""
        for chunk in chunks:
            if chunk.id not in self._known:
                self._known.add(chunk.id)
                self._lanes[Lane(account=chunk.account, priority=chunk.priority)].append(chunk)
        self._changed.set()

    async def carry(self, work: Work, room: Room, stop: asyncio.Event) -> None:
        """Call ``work`` for offered chunks of lanes with room, until ``stop``."""
        async with asyncio.TaskGroup() as tasks:
            stopping = tasks.create_task(stop.wait())
            while not stop.is_set():
                self._changed.clear()
                for chunk in self._next(room):
                    tasks.create_task(self._work(work, chunk))
                    await asyncio.sleep(0)  # lets it take its room
                changed = tasks.create_task(self._changed.wait())
                await asyncio.wait({changed, stopping}, timeout=LOOK_AGAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()

    async def every(self, tasks: Sequence[Periodic], stop: asyncio.Event) -> None:
        """Do each task once a period until ``stop``."""
        scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
        attempts = Attempts()
        for task in tasks:
            if task.hour is None:
                scheduler.add_job(_done, "interval", [attempts, task], seconds=task.period.total_seconds())
            else:
                scheduler.add_job(_done, "cron", [attempts, task], hour=task.hour)
        scheduler.start()
        try:
            await stop.wait()
        finally:
            scheduler.shutdown(wait=False)

    async def close(self) -> None:
        """Do nothing: nothing is open."""

    def _next(self, room: Room) -> Iterator[Chunk]:
        """Give chunks as long as there is room; which lanes have some is asked again for each."""
        while chunk := self._first(room):
            yield chunk

    def _first(self, room: Room) -> Chunk | None:
        for lane in room():
            if waiting := self._lanes.get(lane):
                return waiting.popleft()
        return None

    async def _work(self, work: Work, chunk: Chunk) -> None:
        try:
            await work(chunk)
        except Exception:  # whatever it was, the chunk is offered again while it is due
            log.exception("a chunk was not carried", chunk=chunk.id)
        finally:
            self._known.discard(chunk.id)
            self._changed.set()


async def _done(attempts: Attempts, task: Periodic) -> None:
    with suppress(asyncio.CancelledError):
        await attempts.do(task)
