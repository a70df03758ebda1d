"""One writer for everything that couriers of a process find out, so that many small facts share a commit."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.errors import StorageError

if TYPE_CHECKING:
    from core.delivery.port import Entry, Ledger


@dataclass(slots=True)
class _Waiting:
    entry: Entry
    held: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Recorder:
    """Commits entries in groups: whatever came while the last commit was under way goes into the next.

    ``run`` must be running while couriers work, and the process must end when it ends: nobody may send on while
    nothing is written down. ``most`` bounds a group.
    """

    def __init__(self, ledger: Ledger, *, most: int = 500) -> None:
        self._ledger = ledger
        self._most = most
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._ended = False

    async def put(self, entry: Entry) -> bool:
        """Return once the entry is durable; False says that its lease is lost and nothing was written.

        Raises StorageError if the database failed, or had failed before.
        """
        if self._ended:
            raise StorageError("the recorder has ended")
        waiting = _Waiting(entry)
        self._queue.put_nowait(waiting)
        return await waiting.held

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
        while len(group) < self._most and not self._queue.empty():
            group.append(self._queue.get_nowait())
        lost = await self._ledger.record([waiting.entry for waiting in group])
        for waiting in group:
            if not waiting.held.done():
                waiting.held.set_result(waiting.entry.lease not in lost)

    def _fail(self, group: list[_Waiting], error: BaseException) -> None:
        self._ended = True
        while not self._queue.empty():
            group.append(self._queue.get_nowait())
        for waiting in group:
            if waiting.held.done():
                continue
            if isinstance(error, Exception):
                waiting.held.set_exception(error)
            else:
                waiting.held.cancel()
