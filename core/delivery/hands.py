"""Handing things to whoever is idle, as few as are needed: a task for each thing costs more than the thing."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

_Thing = TypeVar("_Thing")


class Hands(Generic[_Thing]):
    """A queue that wakes one taker at a time, who wakes the next only if it has to wait for something itself.

    ``asyncio.Queue`` wakes a taker for each thing, even where the first of them takes everything without waiting.
    """

    def __init__(self) -> None:
        self._things: deque[_Thing] = deque()
        self._idle: list[asyncio.Future[None]] = []
        self._is_waking = False

    def give(self, thing: _Thing) -> None:
        """Put a thing into the queue."""
        self._things.append(thing)
        self._wake()

    async def take(self) -> _Thing:
        """Return the next thing, once there is one."""
        while not self._things:
            idle: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._idle.append(idle)
            await idle
            self._is_waking = False
        thing = self._things.popleft()
        if self._things:
            self._wake()
        return thing

    def _wake(self) -> None:
        if self._idle and not self._is_waking:
            self._is_waking = True
            self._idle.pop().set_result(None)
