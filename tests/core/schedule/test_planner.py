"""The tick over real tables: who gets what, once."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, insert, select
from structlog.testing import capture_logs

from clock import ManualClock
from core.digest.model import IssueRef
from core.digest.sections import Vocabulary
from core.errors import UsageError
from core.schedule.next_run import next_run
from core.schedule.planner import Planner, Tick
from core.schedule.push import PushNow
from core.storage.agenda import SqlAgenda
from core.storage.archive import SqlArchive
from core.storage.schema import deliveries, issues, runs
from core.storage.subscriptions import SqlSubscriptions
from core.subscriptions.model import Slot
from core.subscriptions.service import SubscriptionService, Wish
from core.target import Target

if TYPE_CHECKING:
    from core.storage.engine import Database

MORNING = Slot(time=time(8, 30), zone="Asia/Shanghai")
DUE = datetime(2026, 2, 19, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Paper:
    """A publication on real tables."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = ManualClock(DUE - HOUR)
        agenda = SqlAgenda(database)
        archive = SqlArchive(database, vocabulary=Vocabulary.bundled(), clock=self.clock)
        self.agenda = agenda
        self.planner = Planner(agenda, archive, self.clock)
        self.push = PushNow(agenda, archive, self.clock)
        self.service = SubscriptionService(SqlSubscriptions(database), self.clock, next_run)

    async def readers(self, *names: str, lang: str = "zh", edition: str = "daily", slot: Slot = MORNING) -> None:
        for name in names:
            await self.service.subscribe(target(name), edition, slot=slot, lang=lang)

    async def issue(self, day: str, lang: str = "zh", edition: str = "daily") -> None:
        row = {
            "edition": edition, "date": f"2026-{day}", "lang": lang, "revision": day, "title": "Title", "stories": 1,
            "draft": False, "source": "# Title", "keys": {}, "origin": "",
            "added_at": self.clock.now(), "updated_at": self.clock.now(),
        }  # fmt: skip
        async with self.database.write() as connection:
            await connection.execute(insert(issues).values(row))

    async def at(self, instant: datetime) -> Tick:
        self.clock.at = instant
        return await self.planner.tick()

    async def ledger(self) -> list[str]:
        """Write each delivery as ``reader lang date kind state``."""
        query = (
            select(deliveries.c.target, issues.c.lang, issues.c.date, runs.c.kind, deliveries.c.state)
            .join_from(deliveries, issues, deliveries.c.issue_id == issues.c.id)
            .join(runs, deliveries.c.run_id == runs.c.id)
            .order_by(deliveries.c.id)
        )
        async with self.database.read() as connection:
            return [
                f"{Target.from_key(row.target).chat} {row.lang} {row.date[5:]} {row.kind} {row.state}"
                for row in await connection.execute(query)
            ]


@pytest.fixture
def paper(database: Database) -> Paper:
    return Paper(database)


def target(name: str) -> Target:
    return Target(platform="desk", account="a", chat=name)


async def test_a_due_round_becomes_one_run(paper: Paper) -> None:
    await paper.readers("ada", "bob")
    await paper.issue("02-19")
    with capture_logs() as logged:
        tick = await paper.at(DUE)
    assert (len(tick.runs), tick.planned, tick.skipped, tick.waiting) == (1, 2, 0, 0)
    assert [(one["event"], one["run"], one["deliveries"]) for one in logged] == [("a run begins", *tick.runs, 2)]
    assert await paper.ledger() == ["ada zh 02-19 regular planned", "bob zh 02-19 regular planned"]


async def test_nothing_happens_before_the_hour_and_nothing_twice(paper: Paper) -> None:
    await paper.readers("ada")
    await paper.issue("02-19")
    assert await paper.at(DUE - timedelta(seconds=1)) == Tick()
    await paper.at(DUE)
    assert await paper.at(DUE) == Tick()
    assert await paper.at(DUE + HOUR) == Tick()
    assert await paper.ledger() == ["ada zh 02-19 regular planned"]


async def test_a_slot_waits_and_delivers_when_the_issue_appears(paper: Paper) -> None:
    await paper.readers("ada")
    assert (await paper.at(DUE)).waiting == 1
    paper.clock.at = DUE + 2 * HOUR
    assert await paper.planner.late() == 2 * HOUR
    await paper.issue("02-19")
    assert (await paper.at(DUE + 2 * HOUR)).planned == 1
    assert not await paper.planner.late()
    assert await paper.ledger() == ["ada zh 02-19 regular planned"]


async def test_the_next_day_follows_after_a_day_without_an_issue(paper: Paper) -> None:
    await paper.readers("ada")
    await paper.at(DUE)
    assert await paper.at(DUE + 6 * HOUR) == Tick()
    await paper.issue("02-20")
    assert (await paper.at(DUE + DAY)).planned == 1


async def test_each_language_and_edition_is_a_round_of_its_own(paper: Paper) -> None:
    await paper.readers("ada")
    await paper.readers("eve", lang="en")
    await paper.readers("wim", edition="weekly", lang="en")
    paper.clock.at = DUE - DAY
    await paper.issue("02-18", lang="en")
    await paper.issue("02-19")
    await paper.issue("02-16", lang="en", edition="weekly")
    tick = await paper.at(DUE)
    assert (tick.planned, tick.waiting) == (2, 1)
    await paper.issue("02-19", lang="en")
    await paper.at(DUE + timedelta(minutes=5))
    assert sorted(await paper.ledger()) == [
        "ada zh 02-19 regular planned",
        "eve en 02-19 regular planned",
        "wim en 02-16 regular planned",
    ]


async def test_paused_readers_are_skipped_and_resume_by_themselves(paper: Paper) -> None:
    await paper.readers("ada", "bob")
    await paper.service.pause(target("bob"), "daily", 1)
    await paper.issue("02-19")
    tick = await paper.at(DUE)
    assert (tick.planned, tick.skipped) == (1, 1)
    await paper.issue("02-20")
    await paper.at(DUE + DAY)
    assert await paper.ledger() == [
        "ada zh 02-19 regular planned",
        "bob zh 02-19 regular skipped",
        "ada zh 02-20 regular planned",
        "bob zh 02-20 regular planned",
    ]


async def test_who_unsubscribed_gets_nothing(paper: Paper) -> None:
    await paper.readers("ada", "bob")
    await paper.service.unsubscribe(target("ada"), "daily")
    await paper.issue("02-19")
    await paper.at(DUE)
    assert await paper.ledger() == ["bob zh 02-19 regular planned"]


async def test_a_reader_who_changes_the_hour_gets_the_issue_once(paper: Paper) -> None:
    await paper.readers("ada")
    await paper.issue("02-19")
    await paper.at(DUE)
    await paper.service.change(target("ada"), "daily", Wish(slot=replace(MORNING, time=time(20))))
    await paper.at(DUE + 12 * HOUR)
    assert await paper.ledger() == ["ada zh 02-19 regular planned"]


async def test_a_late_post_says_so(paper: Paper) -> None:
    await paper.readers("ada")
    await paper.issue("02-19")
    await paper.at(DUE + 5 * HOUR)
    assert await paper.ledger() == ["ada zh 02-19 late planned"]


async def test_days_of_downtime_become_one_post(paper: Paper) -> None:
    await paper.readers("ada", "bob")
    for day in ("02-19", "02-20", "02-21"):
        await paper.issue(day)
    tick = await paper.at(DUE + 2 * DAY + 7 * HOUR)
    assert (len(tick.runs), tick.planned) == (1, 2)
    assert await paper.ledger() == ["ada zh 02-21 catch-up planned", "bob zh 02-21 catch-up planned"]
    async with paper.database.read() as connection:
        assert (await connection.execute(select(runs.c.missed))).scalar_one() == ["2026-02-19", "2026-02-20"]
    await paper.issue("02-22")
    await paper.at(DUE + 3 * DAY)
    assert (await paper.ledger())[2:] == ["ada zh 02-22 regular planned", "bob zh 02-22 regular planned"]


async def test_a_withdrawn_issue_is_not_planned(paper: Paper) -> None:
    await paper.readers("ada")
    await paper.issue("02-19")
    archive = SqlArchive(paper.database, vocabulary=Vocabulary.bundled(), clock=paper.clock)
    await archive.withdraw(IssueRef(edition="daily", date=date(2026, 2, 19), lang="zh"))
    assert (await paper.at(DUE)).waiting == 1


async def test_a_planner_that_dies_between_planning_and_advancing_plans_nothing_twice(paper: Paper) -> None:
    await paper.readers("ada")
    await paper.issue("02-19")
    [before] = await paper.agenda.rounds(DUE)
    await paper.at(DUE)
    [after] = await paper.agenda.rounds(DUE + DAY)
    assert await paper.agenda.advance(after, before)
    assert await paper.at(DUE) == Tick()
    assert await paper.ledger() == ["ada zh 02-19 regular planned"]
    assert await paper.agenda.rounds(DUE) == []


async def test_planners_that_overlap_plan_nothing_twice(paper: Paper) -> None:
    await paper.readers("ada", "bob")
    await paper.issue("02-19")
    paper.clock.at = DUE
    await asyncio.gather(*(paper.planner.tick() for _ in range(3)))
    assert Counter(await paper.ledger()) == {"ada zh 02-19 regular planned": 1, "bob zh 02-19 regular planned": 1}


async def test_a_tick_with_nothing_due_costs_two_queries(paper: Paper) -> None:
    await paper.readers("ada")
    await paper.issue("02-19")
    paper.clock.at = DUE - HOUR
    await paper.planner.tick()
    asked: list[str] = []
    engine = paper.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    await paper.planner.tick()
    assert len([query for query in asked if query.startswith("SELECT")]) == 2


async def test_rounds_follow_when_the_rules_of_their_zone_change(paper: Paper) -> None:
    await paper.readers("ada", "bob")
    [right] = await paper.agenda.rounds(DUE)
    await paper.agenda.advance(right, replace(right, due=DUE + HOUR))
    assert await paper.planner.realign() == 1
    assert await paper.agenda.rounds(DUE) == [right]
    assert await paper.planner.realign() == 0


async def test_what_is_due_stays_due_when_rules_change(paper: Paper) -> None:
    await paper.readers("ada")
    [right] = await paper.agenda.rounds(DUE)
    await paper.agenda.advance(right, replace(right, due=DUE - HOUR))
    paper.clock.at = DUE - HOUR
    assert await paper.planner.realign() == 0
    assert len(await paper.agenda.rounds(DUE - HOUR)) == 1


async def test_a_push_reaches_every_slot_and_language_once(paper: Paper) -> None:
    await paper.readers("ada", slot=replace(MORNING, time=time(23)))
    await paper.readers("eve", lang="en")
    await paper.readers("wim", edition="weekly")
    await paper.issue("02-18")
    await paper.issue("02-19")
    dry = await paper.push.push("daily", dry_run=True)
    assert [(each.issue.lang, each.outcome.planned, each.outcome.run) for each in dry] == [("zh", 2, None)]
    assert await paper.ledger() == []
    await paper.push.push("daily")
    assert sorted(await paper.ledger()) == ["ada zh 02-19 push planned", "eve zh 02-19 push planned"]
    again = await paper.push.push("daily", date(2026, 2, 19))
    assert [each.outcome.planned for each in again] == [0]


async def test_a_push_gives_each_reader_the_own_language(paper: Paper) -> None:
    await paper.readers("ada")
    await paper.readers("eve", lang="en")
    for lang in ("zh", "en"):
        await paper.issue("02-19", lang=lang)
    await paper.push.push("daily", date(2026, 2, 19))
    assert sorted(await paper.ledger()) == ["ada zh 02-19 push planned", "eve en 02-19 push planned"]


async def test_a_push_sends_no_issue_of_a_date_that_has_begun_nowhere(paper: Paper) -> None:
    await paper.readers("ada")
    for day in ("02-18", "02-19", "02-21"):
        await paper.issue(day)
    await paper.push.push("daily")
    assert await paper.ledger() == ["ada zh 02-19 push planned"]
    await paper.push.push("daily", date(2026, 2, 21))
    assert (await paper.ledger())[1:] == ["ada zh 02-21 push planned"]


async def test_a_push_without_an_issue_is_refused(paper: Paper) -> None:
    with pytest.raises(UsageError, match="daily"):
        await paper.push.push("daily", date(2026, 2, 19))
