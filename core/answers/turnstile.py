"""Lets a few in at once, each reader one question at a time; who had a turn goes to the end of the line."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Turnstile:
    """A reader who asks ten things waits for their own answers; the others pass in between."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._inside: set[str] = set()
        self._waiting: deque[tuple[str, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def turn(self, reader: str) -> AsyncIterator[None]:
        """Wait for a place, and hold it while the block runs."""
        mine = asyncio.get_running_loop().create_future()
        self._waiting.append((reader, mine))
        self._admit()
        try:
            await mine
            yield
        finally:
            if mine.done() and not mine.cancelled():
                self._inside.discard(reader)
                self._free += 1
                self._waiting = deque(sorted(self._waiting, key=lambda entry: entry[0] == reader))
            self._admit()

    def _admit(self) -> None:
        for entry in list(self._waiting):
            reader, place = entry
            if place.done():
                self._waiting.remove(entry)
            elif self._free and reader not in self._inside:
                self._waiting.remove(entry)
                self._inside.add(reader)
                self._free -= 1
                place.set_result(None)
