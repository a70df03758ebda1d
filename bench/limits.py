"""Platforms that count strictly, and a run against one of them in virtual time."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Literal, TypeAlias

from core.delivery.deliver import AHEAD
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


Stage: TypeAlias = Literal["ready", "arrives", "answered"]


@dataclass(order=True)
class _Event:
    at: float
    number: int
    passage: Passage
    stage: Stage


class _Network:
    """What lies between a pacer and a server: pages on their way, of which each takes its time."""

    def __init__(self, pacer: Pacer, server: Strict, latency: int, jitter: int) -> None:
        self._pacer = pacer
        self._server = server
        self._latency = latency
        self._jitter = jitter
        self.dice = random.Random(20260219)  # noqa: S311  # a repeatable network
        self.events: list[_Event] = []
        self.on_the_way = 0

    def add(self, number: int, at: float, passage: Passage) -> None:
        self.on_the_way += 1
        heappush(self.events, _Event(at, number, passage, "ready"))

    def step(self) -> float:
        """Let happen what is next; return when it did."""
        event = heappop(self.events)
        instant = START + timedelta(seconds=event.at)
        match event.stage:
            case "ready":
                if late := self._pacer.late_wait(event.passage, instant):
                    self._then(event, late.total_seconds(), "ready")
                else:
                    self._pacer.made(event.passage, instant)
                    self._then(event, self._way(), "arrives")
            case "arrives":
                if not self._server.takes(event.at):
                    self._pacer.hold(instant + timedelta(seconds=BLOCKED_SECONDS))
                self._then(event, self._way(), "answered")
            case "answered":
                self.on_the_way -= 1
                self._pacer.arrive(event.passage, instant)
        return event.at

    def _then(self, event: _Event, after: float, stage: Stage) -> None:
        heappush(self.events, _Event(event.at + after, event.number, event.passage, stage))

    def _way(self) -> float:
        return (self._latency + self.dice.uniform(0, self._jitter)) / 2000


def simulate(  # facts of one experiment
    pace: Pace,
    limit: str,
    *,
    latency: int,
    jitter: int,
    seconds: int,
    permitted: int | None = None,
    preparing: int = 0,
) -> Strict:
    """Send to chats of their own for ``seconds``, through a network of ``latency`` + 0…``jitter`` ms a round trip.

    Pages are let leave as far ahead as a courier does it; each request is made 0…``preparing`` ms later or more.
    """
    server = Strict(LIMITS[limit](permitted or int(pace.per_second or 0)))
    pacer = Pacer(pace, ahead=AHEAD)
    network = _Network(pacer, server, latency, jitter)
    now, number = 0.0, 0
    while now < seconds:
        instant = START + timedelta(seconds=now)
        wait = pacer.wait(instant).total_seconds() if network.on_the_way < pace.in_flight else float("inf")
        if not wait:
            number += 1
            prepared = now + network.dice.uniform(0, preparing) / 1000
            network.add(number, prepared, pacer.leave(str(number), instant))
        elif network.events and now + wait >= network.events[0].at:
            now = network.step()
        else:
            now += wait
    return server
