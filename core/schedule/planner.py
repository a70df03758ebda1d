"""The tick: rounds that are due become runs of deliveries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

import structlog

from core.schedule.decide import decide
from core.schedule.next_run import next_run

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from core.clock import Clock
    from core.digest.port import Archive
    from core.schedule.port import Agenda, Order, Planned

HEADS_LOOKED_AT = 200
FURTHEST_RUN = timedelta(days=15)
"""A slot comes at least weekly, except over a date that its zone leaves out."""
SETTLED = timedelta(minutes=1)
"""How long an issue must have stood as it is before posts are brought up to date: until then a change can be undone."""
LARGEST_SHIFT = timedelta(hours=12)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What a tick did: the runs it made, their deliveries, how many rounds wait for an issue, and corrections."""

    runs: tuple[int, ...] = ()
    planned: int = 0
    skipped: int = 0
    waiting: int = 0
    amended: int = 0


class Planner:
    """Plans what is due. Ticks may be repeated, overlap, or die half-way: nothing is planned twice or lost."""

    def __init__(self, agenda: Agenda, archive: Archive, clock: Clock) -> None:
        self._agenda = agenda
        self._archive = archive
        self._clock = clock

    async def tick(self) -> Tick:
        """Plan every round that is due, and corrections of what went out; costs two queries when nothing is due."""
        now = self._clock.now()
        due = await self._agenda.rounds(now)
        outcomes: list[Planned] = []
        waiting = 0
        for edition, group in groupby(sorted(due, key=attrgetter("edition", "due")), key=attrgetter("edition")):
            heads = await self._archive.heads(edition=edition, limit=HEADS_LOOKED_AT)
            for due_round in group:
                decision = decide(due_round, heads, now)
                if decision.order:
                    outcomes.append(await self._plan(decision.order, now))
                if decision.after != due_round:
                    await self._agenda.advance(due_round, decision.after)
                waiting += decision.after.due <= now
        amended = await self._agenda.amend(now, settled=now - SETTLED)
        if amended:
            log.info("posts are brought up to date", deliveries=amended)
        return replace(_tick(outcomes, waiting), amended=amended)

    async def late(self) -> timedelta:
        """Return for how long the readers wait whose hour came first of those that have no issue for it yet."""
        now = self._clock.now()
        waiting = [found.due for found in await self._agenda.rounds(now) if found.planned is None]
        return now - min(waiting, default=now)

    async def _plan(self, order: Order, now: datetime) -> Planned:
        outcome = await self._agenda.plan(order, now)
        if outcome.run is not None:
            about = {"run": outcome.run, "issue": str(order.issue), "kind": order.kind}
            log.info("a run begins", **about, deliveries=outcome.planned, skipped=outcome.skipped)
        return outcome

    async def realign(self) -> int:
        """Correct the next instants of all rounds after the rules of their zones changed; return how many moved.

        To be called once at the start, since rules come with the program. Rounds that are due stay due.
        """
        now = self._clock.now()
        moved = 0
        for due_round in await self._agenda.rounds(now + FURTHEST_RUN):
            right = next_run(due_round.slot, due_round.due - LARGEST_SHIFT)
            if due_round.due > now and right != due_round.due:
                moved += await self._agenda.advance(due_round, replace(due_round, due=right, planned=None))
        return moved


def _tick(outcomes: Iterable[Planned], waiting: int) -> Tick:
    made = [outcome for outcome in outcomes if outcome.run is not None]
    return Tick(
        runs=tuple(outcome.run for outcome in made if outcome.run is not None),
        planned=sum(outcome.planned for outcome in made),
        skipped=sum(outcome.skipped for outcome in made),
        waiting=waiting,
    )
