"""Platforms that count strictly, and a run against one of them in virtual time."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from core.delivery.pacing import Pacer

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.delivery.pacing import Pace, Passage

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
BLOCKED_SECONDS = 3.0


class SlidingWindow:
    """Takes at most ``rate`` in any second."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._taken: deque[float] = deque()

    def takes(self, now: float) -> bool:
        """Return whether a page at ``now`` is taken."""
        while self._taken and self._taken[0] <= now - 1:
            self._taken.popleft()
        if len(self._taken) >= self._rate:
            return False
        self._taken.append(now)
        return True


class Bucket:
    """Holds ``size`` tokens and gains ``rate`` of them in a second."""

    def __init__(self, rate: int, size: int) -> None:
        self._rate, self._size = rate, size
        self._tokens, self._at = float(size), 0.0

    def takes(self, now: float) -> bool:
        """Return whether a page at ``now`` is taken."""
        self._tokens = min(self._size, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


LIMITS: dict[str, Callable[[int], SlidingWindow | Bucket]] = {
    "sliding window": SlidingWindow,
    "bucket": lambda rate: Bucket(rate, rate),
    "lenient bucket": lambda rate: Bucket(rate, 2 * rate),
}


class Strict:
    """Counts by a model, and takes nothing for three seconds after a breach."""

    def __init__(self, model: SlidingWindow | Bucket) -> None:
        self._model = model
        self._blocked = 0.0
        self.taken = 0
        self.refused = 0

    def takes(self, now: float) -> bool:
        """Return whether a page that arrives at ``now`` (seconds, never less than before) is taken."""
        if now >= self._blocked and self._model.takes(now):
            self.taken += 1
            return True
        self._blocked = max(self._blocked, now + BLOCKED_SECONDS)
        self.refused += 1
        return False


@dataclass(order=True)
class _Event:
    at: float
    number: int
    passage: Passage
    arrives: bool


def simulate(  # facts of one experiment
    pace: Pace, limit: str, *, latency: int, jitter: int, seconds: int, permitted: int | None = None
) -> Strict:
    """Send to chats of their own for ``seconds``, through a network of ``latency`` + 0…``jitter`` ms a round trip."""
    dice = random.Random(20260219)  # noqa: S311  # a repeatable network
    server = Strict(LIMITS[limit](permitted or int(pace.per_second or 0)))
    pacer = Pacer(pace)
    events: list[_Event] = []
    now, number, in_flight = 0.0, 0, 0

    def way() -> float:
        return (latency + dice.uniform(0, jitter)) / 2000

    while now < seconds:
        instant = START + timedelta(seconds=now)
        wait = pacer.wait(instant).total_seconds() if in_flight < pace.in_flight else float("inf")
        if not wait:
            number, in_flight = number + 1, in_flight + 1
            heappush(events, _Event(now + way(), number, pacer.leave(str(number), instant), arrives=True))
            continue
        if not events or now + wait < events[0].at:
            now += wait
            continue
        event = heappop(events)
        now = event.at
        if event.arrives:
            if not server.takes(now):
                pacer.hold(START + timedelta(seconds=now + BLOCKED_SECONDS))
            heappush(events, _Event(now + way(), event.number, event.passage, arrives=False))
        else:
            in_flight -= 1
            pacer.arrive(event.passage, START + timedelta(seconds=now))
    return server
