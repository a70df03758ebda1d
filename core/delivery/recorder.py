"""One writer for everything that couriers of a process find out, so that many small facts share a commit."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

import structlog

from core.clock import SystemClock
from core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.clock import Clock
    from core.delivery.port import Entry, Ledger

PATIENCE = timedelta(seconds=15)
"""Shorter than a lease: after it somebody else may have the deliveries."""
PAUSE = timedelta(milliseconds=500)

_Waiting: TypeAlias = "tuple[Sequence[Entry], asyncio.Future[Sequence[bool]]]"

log = structlog.get_logger(__name__)


class Recorder:
    """Commits entries in groups: whatever came while the last commit was under way goes into the next.

    ``run`` must be running while couriers work, and they must end when it ends: nobody may send on while nothing is
    written down. A group that has ``most`` entries takes no more. A database that is away is waited for, for as long
    as ``patience``.
    """

    def __init__(
        self, ledger: Ledger, *, most: int = 1000, patience: timedelta = PATIENCE, clock: Clock | None = None
    ) -> None:
        self._ledger = ledger
        self._most = most
        self._patience = patience
        self._clock = clock or SystemClock()
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._ended = False

    def put(self, entries: Sequence[Entry]) -> asyncio.Future[Sequence[bool]]:
        """Give, once they are durable, for each entry whether it was written; it is not when its lease is lost.

        They are written in one commit, after all that was put before.

        Raises StorageError if the database failed, or had failed before.
        """
        if self._ended:
            raise StorageError("the recorder has ended")
        written: asyncio.Future[Sequence[bool]] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((entries, written))
        return written

    async def run(self) -> None:
        """Commit until cancelled. Raises StorageError, as every waiting ``put`` does, when the database fails."""
        group: list[_Waiting] = []
        try:
            while True:
                group = [await self._queue.get()]
                await self._commit(group)
        except BaseException as error:
            self._fail(group, error)
            raise

    async def _commit(self, group: list[_Waiting]) -> None:
        entries = list(group[0][0])
        while len(entries) < self._most and not self._queue.empty():
            group.append(self._queue.get_nowait())
            entries += group[-1][0]
        kept = iter(await self._write(entries))
        for some, written in group:
            theirs = list(islice(kept, len(some)))
            if not written.done():
                written.set_result(theirs)

    async def _write(self, entries: Sequence[Entry]) -> Sequence[bool]:
        """Write the group, again and again while the database is away: nothing is sent meanwhile.

        Entries say how things are: writing them twice, after a commit whose answer was lost, changes no delivery.
        """
        until = self._clock.now() + self._patience
        tries = 0
        while True:
            try:
                kept = await self._ledger.record(entries)
            except StorageError as error:
                if self._clock.now() >= until:
                    raise
                if not tries:
                    log.warning("the database does not take what was sent", reason=str(error), entries=len(entries))
                tries += 1
                await self._clock.sleep(PAUSE)
            else:
                if tries:
                    log.info("the database takes what was sent again", entries=len(entries))
                return kept

    def _fail(self, group: list[_Waiting], error: BaseException) -> None:
        self._ended = True
        while not self._queue.empty():
            group.append(self._queue.get_nowait())
        for _, written in group:
            if written.done():
                continue
            if isinstance(error, Exception):
                written.set_exception(error)
            else:
                written.cancel()
