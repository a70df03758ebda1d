"""A day of many subscribers in virtual time: ``make simulate``, or ``python -m bench.simulate --help``.

The planner's decisions, the pacers and the retry decisions are the program's own; the platforms are a model that
counts strictly, is slow, refuses, fails and breaks down. Subscribers are counted, not kept: a round is a number of
readers, and only deliveries that are tried again, or go on with another page, stand in a queue one by one.
"""

from __future__ import annotations

import argparse
import random
from array import array
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import ceil
from typing import TYPE_CHECKING, Literal, NamedTuple

from bench.limits import LIMITS, Strict
from core.delivery.model import PRIVATE, SHARED
from core.delivery.pacing import Pace, Pacer
from core.delivery.retry import Policy, Trouble
from core.delivery.retry import decide as after_trouble
from core.digest.model import IssueRef
from core.digest.port import IssueHead
from core.schedule.decide import decide as plan
from core.schedule.next_run import next_run
from core.schedule.port import Round
from core.subscriptions.model import Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.delivery.model import ErrorClass
    from core.delivery.pacing import Passage

    Outcome = ErrorClass | Literal["taken"]

START = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
"""Midnight in Shanghai, where the day begins."""
DAY = timedelta(hours=24)
TICK = 2.0
LEASE = 18.0
OUTAGE_SECONDS = 120.0
PER_CORE = 4000
"""Deliveries a second that one core makes with everything that belongs to them (``make bench``: drain and posts)."""
CORES_PER_HOST = 2
LONGEST = 4 * 86_400

ZONES = {
    "Asia/Shanghai": 40, "Asia/Tokyo": 6, "Asia/Kolkata": 7, "Europe/Berlin": 10, "Europe/London": 8,
    "America/New_York": 15, "America/Los_Angeles": 9, "America/Sao_Paulo": 5,
}  # fmt: skip
USUAL_HOURS = {7: 20, 8: 34, 9: 20, 12: 8, 18: 8, 21: 6, 22: 4}
ANY_HOUR = dict.fromkeys(range(24), 1)
FAILURES: Sequence[tuple[float, ErrorClass]] = ((0.01, "gone"), (0.003, "transient"), (0.0005, "unknown"))
"""How often a page meets with each class of trouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is simulated: ``pages`` to a post, ``bots`` that may send ``rate`` pages a second each."""

    subscribers: int
    bots: int = 4
    rate: int = 30
    pages: int = 1
    spread: bool = False
    shared: float = 0.01
    latency: float = 0.08
    limit: str = "sliding window"
    troubles: bool = True
    seed: int = 20260219


class Trip(NamedTuple):
    """A delivery on its way: its bot's most urgent and oldest first."""

    priority: int
    due: float
    number: int
    page: int = 0
    attempts: int = 0


class Event(NamedTuple):
    """Something that happens to a page at an instant: it is counted (``outcome`` None), or answered."""

    at: float
    number: int
    trip: Trip
    passage: Passage
    outcome: Outcome | None = None


@dataclass(slots=True)
class Day:
    """What came of it for one bot. ``late`` counts posts by priority and by seconds after their hour."""

    late: dict[int, array[int]] = field(
        default_factory=lambda: {priority: array("I", bytes(4 * LONGEST)) for priority in (SHARED, PRIVATE)}
    )
    minutes: array[int] = field(default_factory=lambda: array("I", bytes(4 * LONGEST // 60)))
    outcomes: Counter[str] = field(default_factory=Counter)
    planned: int = 0
    refused: int = 0
    resent: int = 0


def rounds(scenario: Scenario) -> Iterator[tuple[Round, int, int]]:
    """Give the rounds with their readers at one bot: (round, priority, readers)."""
    hours = ANY_HOUR if scenario.spread else USUAL_HOURS
    share = scenario.subscribers / scenario.bots / sum(ZONES.values()) / sum(hours.values())
    numbers = count(1)
    for zone, readers in ZONES.items():
        for hour, weight in hours.items():
            slot = Slot(time=time(hour), zone=zone)
            here = Round(id=next(numbers), slot=slot, edition="daily", lang="en", due=next_run(slot, START))
            everybody = share * readers * weight
            yield here, SHARED, round(everybody * scenario.shared)
            yield here, PRIVATE, round(everybody * (1 - scenario.shared))


def heads() -> list[IssueHead]:
    """Return the issues, newest first: each is there four hours before its day begins in Shanghai."""
    days = [date(2026, 3, day) for day in (3, 2, 1)] + [date(2026, 2, 28)]
    return [
        IssueHead(
            ref=IssueRef(edition="daily", lang="en", date=day),
            title="Title",
            revision="1",
            stories=20,
            added=(there := datetime.combine(day, time(12), UTC) - timedelta(days=1)),
            updated=there,
        )
        for day in days
    ]


class Bot:
    """One account: what waits for it, the courier's pacer, the platform's count."""

    def __init__(self, scenario: Scenario, index: int) -> None:
        self._scenario = scenario
        self._dice = random.Random(scenario.seed + index)  # noqa: S311  a repeatable day
        self._pace = Pace(
            per_second=scenario.rate, chat_gap=timedelta(seconds=1), in_flight=max(32, scenario.rate // 2)
        )
        self._pacer = Pacer(self._pace)
        self._platform = Strict(LIMITS[scenario.limit](scenario.rate))
        self._policy = Policy()
        self._now = 0.0
        self._numbers = count(1)
        self._waiting: list[tuple[int, float, int, list[int]]] = []
        self._ready: list[Trip] = []
        self._later: list[tuple[float, Trip]] = []
        self._under_way: list[Event] = []
        self._in_flight = 0
        self._down_until = 0.0
        self._outages = [(at, at + OUTAGE_SECONDS) for at in self._moments(1)]
        self._deaths = sorted(self._moments(3))
        self._rounds = sorted(rounds(scenario), key=lambda one: one[0].due, reverse=True)
        self._heads = heads()
        self.day = Day()

    def _moments(self, number: int) -> list[float]:
        hours = DAY.total_seconds() / 3600
        return [self._dice.uniform(6, hours - 6) * 3600 for _ in range(number)] if self._scenario.troubles else []

    def run(self) -> Day:
        """Live through the day, and on until the last post is out."""
        while self._rounds or self._waiting or self._ready or self._later or self._under_way:
            self._plan()
            while self._later and self._later[0][0] <= self._now:
                heappush(self._ready, heappop(self._later)[1])
            wait = self._wait()
            if not wait:
                self._leave()
                continue
            self._pass(self._now + wait)
        self.day.refused = self._platform.refused
        return self.day

    def _plan(self) -> None:
        """Decide, at the planner's tick, about rounds that are due."""
        while self._rounds and _tick_after(self._rounds[-1][0].due) <= self._now:
            one, priority, readers = self._rounds.pop()
            decision = plan(one, self._heads, _instant(self._now))
            if decision.order and readers:
                self.day.planned += readers
                heappush(self._waiting, (priority, _seconds(one.due), next(self._numbers), [readers]))

    def _wait(self) -> float:
        if not (self._ready or self._waiting) or self._in_flight >= self._pace.in_flight:
            return LONGEST
        return max(self._down_until - self._now, self._pacer.wait(_instant(self._now)).total_seconds())

    def _pass(self, until: float) -> None:
        """Let time pass until ``until`` at most, or until something happens."""
        if self._rounds:
            until = min(until, _tick_after(self._rounds[-1][0].due))
        if self._later:
            until = min(until, self._later[0][0])
        if self._deaths and self._deaths[-1] <= min(until, self._under_way[0].at if self._under_way else until):
            self._now = max(self._now, self._deaths.pop())
            self._die()
        elif self._under_way and self._under_way[0].at <= until:
            event = heappop(self._under_way)
            self._now = event.at
            self._count(event) if event.outcome is None else self._answered(event)
        else:
            self._now = max(self._now, until)

    def _leave(self) -> None:
        trip = self._next()
        passage = self._pacer.leave(str(trip.number), _instant(self._now))
        self._in_flight += 1
        self.day.minutes[int(self._now / 60)] += 1
        heappush(self._under_way, Event(self._now + self._way(), trip.number, trip, passage))

    def _next(self) -> Trip:
        if self._ready and (not self._waiting or self._ready[0][:2] <= self._waiting[0][:2]):
            return heappop(self._ready)
        priority, due, _, left = self._waiting[0]
        left[0] -= 1
        if not left[0]:
            heappop(self._waiting)
        return Trip(priority, due, next(self._numbers))

    def _way(self) -> float:
        return self._scenario.latency * (0.4 + 0.2 * self._dice.random())

    def _count(self, event: Event) -> None:
        outcome: Outcome = "taken"
        if not self._platform.takes(self._now):
            outcome = "wait"
        elif any(start <= self._now < end for start, end in self._outages):
            outcome = "transient"
        elif self._scenario.troubles:
            outcome = self._trouble()
        heappush(self._under_way, event._replace(at=self._now + self._way(), outcome=outcome))

    def _trouble(self) -> Outcome:
        dice = self._dice.random()
        for often, kind in FAILURES:
            if dice < often:
                return kind
            dice -= often
        return "taken"

    def _answered(self, event: Event) -> None:
        self._in_flight -= 1
        trip, now = event.trip, _instant(self._now)
        self._pacer.arrive(event.passage, now)
        if event.outcome != "taken":
            self._follow(trip, event.outcome or "unknown")
        elif trip.page + 1 < self._scenario.pages:
            rest = self._pacer.own_wait(str(trip.number), now).total_seconds()
            heappush(self._later, (self._now + rest, trip._replace(page=trip.page + 1)))
        else:
            self.day.outcomes["sent"] += 1
            self.day.late[trip.priority][int(self._now - trip.due)] += 1

    def _follow(self, trip: Trip, kind: ErrorClass) -> None:
        """Do what the program decides to do."""
        retry_after = timedelta(seconds=3) if kind == "wait" else None
        trouble = Trouble(
            kind=kind, name=str(trip.number), attempts=trip.attempts, priority=trip.priority, retry_after=retry_after
        )
        decision = after_trouble(trouble, self._policy)
        wait = decision.wait.total_seconds()
        if decision.hold:
            self._pacer.hold(_instant(self._now + wait))
        if decision.outcome == "again":
            self.day.resent += kind == "unknown"
            heappush(self._later, (self._now + wait, trip._replace(attempts=trip.attempts + decision.counts)))
        else:
            self.day.outcomes[f"{decision.outcome}: {kind}"] += 1

    def _die(self) -> None:
        """Lose the courier: its lease runs out, another takes over, and nobody knows what became of these pages."""
        lost, self._under_way, self._in_flight = self._under_way, [], 0
        self._down_until = self._now + LEASE
        self._now = self._down_until
        self._pacer = Pacer(self._pace)
        for event in lost:
            self._follow(event.trip, "unknown")


def _seconds(at: datetime) -> float:
    return (at - START).total_seconds()


def _instant(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def _tick_after(due: datetime) -> float:
    return ceil(_seconds(due) / TICK) * TICK


def simulate(scenario: Scenario) -> Day:
    """Return what came of the day for all bots together."""
    with ProcessPoolExecutor() as pool:
        return together(list(pool.map(partial(bots_day, scenario), range(scenario.bots))))


def bots_day(scenario: Scenario, index: int) -> Day:
    """Return what came of the day for one bot."""
    return Bot(scenario, index).run()


def together(days: Sequence[Day]) -> Day:
    """Add up the bots' days."""
    both = Day()
    for day in days:
        both.planned += day.planned
        both.refused += day.refused
        both.resent += day.resent
        both.outcomes += day.outcomes
        for priority, late in day.late.items():
            both.late[priority] = array("I", map(int.__add__, both.late[priority], late))
        both.minutes = array("I", map(int.__add__, both.minutes, day.minutes))
    return both


def quantile(late: array[int], share: float) -> int:
    """Return after how many seconds so many of the posts were out."""
    wanted, seen = share * sum(late), 0
    for seconds, amount in enumerate(late):
        seen += amount
        if seen and seen >= wanted:
            return seconds
    return 0


SCENARIOS = (
    Scenario(subscribers=10_000, bots=1, pages=4),
    Scenario(subscribers=10_000, bots=1),
    Scenario(subscribers=100_000, bots=1, pages=4),
    Scenario(subscribers=100_000, bots=1),
    Scenario(subscribers=1_000_000, bots=1),
    Scenario(subscribers=1_000_000, bots=4),
    Scenario(subscribers=1_000_000, bots=1, rate=1000),
    Scenario(subscribers=10_000_000, bots=4),
    Scenario(subscribers=10_000_000, bots=4, spread=True),
    Scenario(subscribers=10_000_000, bots=4, rate=1000),
)


def main() -> None:
    """Simulate the scenarios, or one that is described, and print a line for each."""
    parser = argparse.ArgumentParser(description="A day of many subscribers in virtual time.")
    parser.add_argument("--subscribers", type=int)
    for name, usual in (("bots", 4), ("rate", 30), ("pages", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--spread", action="store_true", help="subscribers at every hour alike")
    asked = parser.parse_args()
    own = Scenario(
        subscribers=asked.subscribers or 0, bots=asked.bots, rate=asked.rate, pages=asked.pages, spread=asked.spread
    )
    print("| " + " | ".join(COLUMNS) + " |")
    print("|" + "---|" * len(COLUMNS))
    for scenario in [own] if own.subscribers else SCENARIOS:
        print("| " + " | ".join(line(scenario, simulate(scenario))) + " |", flush=True)


COLUMNS = (
    "subscribers", "bots", "pages/s each", "pages", "hours", "half after", "99 % after", "last after",
    "channels: 99 % after", "429s", "sent", "gone or failed", "unknown", "twice", "cores", "hosts",
)  # fmt: skip


def line(scenario: Scenario, day: Day) -> list[str]:
    """Return the line of the table."""
    private, shared = day.late[PRIVATE], day.late[SHARED]
    cores = max(day.minutes) / 60 / PER_CORE
    failed = sum(amount for name, amount in day.outcomes.items() if name.startswith("failed"))
    return [
        f"{scenario.subscribers:,}",
        str(scenario.bots),
        f"{scenario.rate:,}",
        str(scenario.pages),
        "spread" if scenario.spread else "usual",
        _span(quantile(private, 0.5)),
        _span(quantile(private, 0.99)),
        _span(quantile(private, 1)),
        _span(quantile(shared, 0.99)),
        f"{day.refused:,}",
        f"{day.outcomes['sent']:,}",
        f"{failed:,}",
        f"{day.outcomes['unknown: unknown']:,}",
        f"{day.resent:,}",
        f"{cores:.2f}",
        str(max(1, ceil(cores / CORES_PER_HOST))),
    ]


def _span(seconds: int) -> str:
    if seconds < 60:  # noqa: PLR2004  seconds in a minute
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h {seconds % 3600 // 60} min"  # noqa: PLR2004


if __name__ == "__main__":
    main()
