"""Tells waiting connections that something arrived for their reader."""

from __future__ import annotations

import asyncio
from collections import defaultdict


class Bell:
    """Rings within this process only; arrivals of other processes are found by looking from time to time."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether the program is about to stop, so that nobody should wait any more."""
        return self._closed

    def ring(self, conversation: str) -> None:
        """Wake everybody who waits for this conversation."""
        for event in self._waiting.get(conversation, ()):
            event.set()

    async def wait(self, conversation: str, seconds: float) -> None:
        """Return when it rings, or after ``seconds``."""
        event = asyncio.Event()
        self._waiting[conversation].add(event)
        try:
            async with asyncio.timeout(0 if self._closed else seconds):
                await event.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting[conversation].discard(event)
            if not self._waiting[conversation]:
                del self._waiting[conversation]

    def close(self) -> None:
        """Wake everybody for good."""
        self._closed = True
        for conversation in list(self._waiting):
            self.ring(conversation)
