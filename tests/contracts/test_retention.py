"""Old receipts are erased: what they told stays counted, and nobody gets an issue a second time for it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import cycle
from random import Random
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, insert, select, update

from clock import ManualClock
from core.delivery.model import Counts, Doubts, PageReceipt
from core.delivery.port import Entry, Settled
from core.digest.model import IssueRef
from core.digest.sections import Vocabulary
from core.schedule.next_run import next_run
from core.schedule.planner import Planner
from core.schedule.port import Order
from core.storage import chunks as pieces
from core.storage.agenda import SqlAgenda
from core.storage.archive import SqlArchive
from core.storage.engine import open_database
from core.storage.ledger import SqlLedger
from core.storage.receipts import SqlReceipts
from core.storage.retention import AT_MOST, SqlRetention
from core.storage.runs import SqlRuns
from core.storage.schema import chunks, deliveries, erased, issues, pages
from core.storage.subscriptions import SqlSubscriptions
from core.storage.transfer import backup, forget, restore
from core.subscriptions.model import Slot
from core.subscriptions.service import SubscriptionService
from core.target import Target
from newsroom import ACCOUNT, NOW, REF, add_issue, add_many, add_readers, plan, reader

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path
    from typing import Literal

    from core.delivery.model import Run
    from core.delivery.port import Work
    from core.storage.engine import Database

    State = Literal["sent", "unknown", "failed", "skipped"]

KEEP = timedelta(days=90)
LATER = NOW + KEEP
ORDER = Order(issue=REF, kind="push", langs=frozenset({"en", "zh"}))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def there(chat: str) -> Target:
    return Target(platform="fake", account="bot", chat=chat)


class Press:
    """Delivers on real tables: whatever is claimed gets one page, and ends in one of the states, in turn."""

    def __init__(self, database: Database, clock: ManualClock | None = None) -> None:
        self.database = database
        self.clock = clock or ManualClock(NOW)
        self.ledger = SqlLedger(database)
        self.runs = SqlRuns(database)
        self.agenda = SqlAgenda(database)
        self.retention = SqlRetention(database, self.clock)
        self.posts: list[Work] = []

    async def claim(self) -> Sequence[Work]:
        now = self.clock.now()
        waiting = await self.ledger.waiting(now=now)
        if not waiting:
            return ()
        await self.ledger.hold(ACCOUNT, "me", now=now, until=now + HOUR, on_unknown=Doubts.always("ask"))
        return await self.ledger.claim(waiting[0].id, "me", now=now)

    async def deliver(self, *states: State) -> None:
        while works := await self.claim():
            ends = cycle(states or ("sent",))
            await self.ledger.record([self.settled(work, next(ends)) for work in works])
            await self.ledger.release("me", now=self.clock.now(), on_unknown=Doubts.always("ask"))

    def settled(self, work: Work, state: State) -> Entry:
        if work.skip:
            state = "skipped"
        elif state == "sent" and not work.amends:
            self.posts.append(work)
        now, is_sent = self.clock.now(), state == "sent"
        kind: Literal["", "config"] = "config" if state == "failed" else ""
        settled = Settled(state=state, next_page=int(is_sent), attempts=0, kind=kind, reason=kind)
        page = PageReceipt(page=0, state="sent", at=now, message_id="m") if is_sent else None
        revision = work.content.revision
        return Entry(work.lease, work.delivery.id, now, page=page, revision=revision, settled=settled)

    async def erase(self, keep: timedelta = KEEP) -> int:
        return await self.retention.erase(keep)

    async def run(self) -> Run:
        return (await self.runs.newest())[0]

    async def rows(self) -> tuple[int, int]:
        async with self.database.read() as connection:
            counts = [await connection.scalar(select(func.count()).select_from(one)) for one in (deliveries, pages)]
        return counts[0] or 0, counts[1] or 0

    async def push(self, ref: IssueRef = REF) -> int:
        """Send it to everybody who is without it; return how many were planned, as was foretold."""
        order = replace(ORDER, issue=ref)
        foretold = await self.agenda.count(order, self.clock.now())
        planned = await self.agenda.plan(order, self.clock.now())
        assert (foretold.planned, foretold.skipped) == (planned.planned, planned.skipped)
        return planned.planned


@pytest.fixture
async def press(database: Database) -> Press:
    await add_issue(database)
    return Press(database)


async def test_what_became_of_a_run_is_told_after_its_receipts_are_erased(press: Press) -> None:
    await add_many(press.database, 1100)
    await add_readers(press.database, 1, target=there("paused"), paused_until=NOW + DAY)
    run = await plan(press.database)
    await press.deliver("sent", "unknown", "failed", "skipped")
    press.clock.advance(HOUR)
    assert await press.runs.retry(run, states=["unknown"], reason="", now=press.clock.now()) == 275
    await press.deliver("sent")
    before = await press.run()
    assert (before.state, before.counts) == ("done", Counts(sent=550, failed=275, skipped=276))
    press.clock.at = LATER
    assert (await press.erase(), await press.run()) == (0, before)
    press.clock.advance(HOUR)
    assert await press.erase() == 1101
    assert await press.rows() == (0, 0)
    assert await press.run() == replace(before, erased=before.counts)
    assert await SqlReceipts(press.database).of_run(run) == []
    assert await press.erase() == 0


async def waits(press: Press) -> None:
    await plan(press.database)


async def is_leased(press: Press) -> None:
    await plan(press.database)
    await press.claim()


async def is_paused(press: Press) -> None:
    run = await plan(press.database)
    (first, *_rest) = await press.claim()
    await press.ledger.record([press.settled(first, "sent")])
    await press.runs.change(run, states=["running"], to="paused", note="", now=NOW)
    await press.ledger.release("me", now=NOW, on_unknown=Doubts())


async def is_cancelled_while_a_page_is_under_way(press: Press) -> None:
    run = await plan(press.database)
    (first, *_rest) = await press.claim()
    begun = PageReceipt(page=0, state="sending", at=NOW)
    await press.ledger.record([Entry(first.lease, first.delivery.id, NOW, page=begun)])
    await press.runs.change(run, states=["running"], to="cancelled", note="", now=NOW)


async def is_in_doubt(press: Press) -> None:
    await plan(press.database)
    await press.deliver("unknown")


async def was_retried_lately(press: Press) -> None:
    run = await plan(press.database)
    await press.deliver("failed")
    press.clock.at = LATER
    await press.runs.retry(run, states=["failed"], reason="", now=LATER)
    await press.deliver("failed")


async def was_corrected_lately(press: Press) -> None:
    await plan(press.database)
    await press.deliver()
    press.clock.at = LATER
    await revise(press, "r2")
    assert await press.agenda.amend(LATER, settled=LATER) == 3
    await press.deliver()


@pytest.mark.parametrize(
    "comes_about",
    [
        waits,
        is_leased,
        is_paused,
        is_cancelled_while_a_page_is_under_way,
        is_in_doubt,
        was_retried_lately,
        was_corrected_lately,
    ],
)
async def test_nothing_is_erased_of_what(press: Press, comes_about: Callable[[Press], Awaitable[None]]) -> None:
    await add_readers(press.database, 3)
    await comes_about(press)
    before = await press.rows()
    press.clock.at = LATER + HOUR
    assert await press.erase() == 0
    assert await press.rows() == before
    assert (await press.run()).erased == Counts()


async def test_what_is_in_doubt_outlives_what_is_settled_beside_it_until_somebody_decides(press: Press) -> None:
    await add_readers(press.database, 4)
    run = await plan(press.database)
    await press.deliver("sent", "unknown", "failed", "sent")
    press.clock.at = LATER + HOUR
    assert await press.erase() == 3
    [left] = await SqlReceipts(press.database).of_run(run)
    assert left.delivery.state == "unknown"
    assert await press.runs.retry(run, states=["unknown", "failed"], reason="", now=press.clock.now()) == 1
    assert (await press.run()).counts == Counts(planned=1, sent=2, failed=1)
    await press.deliver()
    whole = await press.run()
    assert (whole.state, whole.counts) == ("done", Counts(sent=3, failed=1))
    press.clock.advance(KEEP + HOUR)
    assert await press.erase() == 1
    assert await press.run() == replace(whole, erased=whole.counts)


async def test_a_cancelled_run_cannot_be_sent_after_all_once_its_receipts_are_erased(press: Press) -> None:
    await add_readers(press.database, 3)
    run = await plan(press.database)
    await press.runs.change(run, states=["running"], to="cancelled", note="", now=NOW)
    press.clock.at = LATER + HOUR
    assert await press.erase() == 3
    for states in (["cancelled"], ["failed", "unknown"]):
        assert await press.runs.retry(run, states=states, reason="", now=press.clock.now()) == 0  # type: ignore[arg-type]  # all of them are states
    assert ((await press.run()).state, (await press.run()).counts) == ("cancelled", Counts(skipped=3))


async def test_an_issue_whose_receipts_are_erased_goes_only_to_who_came_since(press: Press) -> None:
    await add_readers(press.database, 2)
    await plan(press.database)
    await press.deliver()
    press.clock.at = LATER + HOUR
    assert await press.push() == 0
    await press.erase()
    assert await press.push() == 0
    new = there("new")
    await add_readers(press.database, 1, target=new, created_at=press.clock.now())
    assert await press.push() == 1
    await press.deliver()
    assert press.posts[-1].delivery.target == new
    assert await press.push() == 0
    press.clock.advance(KEEP + HOUR)
    assert await press.erase() == 1
    assert await press.push() == 0


async def test_a_longer_time_for_receipts_makes_nobody_new(press: Press) -> None:
    run = await plan_for(press, 2)
    await press.deliver("sent", "unknown")
    press.clock.at = LATER + HOUR
    await add_readers(press.database, 1, target=there("between"), created_at=NOW + 40 * DAY)
    await press.push()
    await press.deliver()
    assert await press.erase(31 * DAY) == 1
    await press.runs.retry(run, states=["unknown"], reason="", now=NOW + DAY)
    await press.deliver()
    press.clock.advance(KEEP)
    assert await press.erase(KEEP + 80 * DAY) == 0
    assert await press.erase(KEEP) == 2
    assert await press.push() == 0


async def plan_for(press: Press, count: int) -> int:
    await add_readers(press.database, count)
    return await plan(press.database)


async def revise(press: Press, revision: str, **values: object) -> None:
    async with press.database.write() as connection:
        changed = {"revision": revision, "updated_at": press.clock.now()} | values
        await connection.execute(update(issues).values(changed))


@pytest.mark.parametrize("withdrawn", [False, True])
async def test_a_correction_of_an_issue_whose_receipts_are_erased_changes_and_sends_nothing(
    press: Press, *, withdrawn: bool
) -> None:
    await plan_for(press, 3)
    await press.deliver()
    press.clock.at = LATER + HOUR
    await press.erase()
    before = await press.run()
    await revise(press, "r2", **{"withdrawn_at": press.clock.now()} if withdrawn else {})
    for _tick in range(2):
        assert await press.agenda.amend(press.clock.now(), settled=press.clock.now()) == 0
    await revise(press, "r3", withdrawn_at=None)
    assert await press.agenda.amend(press.clock.now(), settled=press.clock.now()) == 0
    assert await press.claim() == ()
    assert await press.run() == before


async def test_who_has_everything_erased_is_still_counted_and_nobodys_receipt_is_left(press: Press) -> None:
    await plan_for(press, 2)
    await press.deliver()
    press.clock.at = LATER + HOUR
    await press.erase()
    here = reader(1).target
    assert await SqlReceipts(press.database).last(here) is None
    gone = await forget(press.database, here)
    assert (gone["deliveries"], gone["subscriptions"]) == (0, 1)
    assert (await press.run()).counts == Counts(sent=2)


async def test_a_copy_knows_what_was_erased(press: Press, tmp_path: Path) -> None:
    await plan_for(press, 2)
    await press.deliver()
    press.clock.at = LATER + HOUR
    await press.erase()
    assert (await backup(press.database, tmp_path / "backup.db"))["erased"] == 1
    fresh = open_database(f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}")
    await restore(fresh, tmp_path / "backup.db")
    copy = Press(fresh, press.clock)
    assert await copy.run() == await press.run()
    assert await copy.push() == 0
    await fresh.close()


class Hurried(ManualClock):
    """Its pauses take as long as erasing may."""

    async def sleep(self, duration: timedelta) -> None:
        await super().sleep(duration + AT_MOST)


async def test_much_is_erased_bit_by_bit_and_the_rest_the_next_time(press: Press) -> None:
    await add_many(press.database, 4100)
    run = await plan(press.database)
    async with press.database.write() as connection:
        await connection.execute(update(deliveries).values(state="sent"))
        which = await connection.run_sync(pieces.of_run, run)
        await connection.run_sync(pieces.tally, which, NOW)
        await connection.run_sync(pieces.finish, which)
    before = await press.run()
    retention = SqlRetention(press.database, Hurried(LATER + HOUR))
    assert await retention.erase(KEEP) == 2000 + 2000
    assert (await press.run()).counts == before.counts == Counts(sent=4100)
    assert await retention.erase(KEEP) == 100
    assert (await press.run()).counts == before.counts
    async with press.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(chunks)) == 0


async def test_who_erase_plan_and_retry_at_once_lose_and_repeat_nothing(press: Press, upgraded_url: str) -> None:
    run = await plan_for(press, 6)
    await press.deliver("sent", "failed", "unknown")
    others = [Press(open_database(upgraded_url), ManualClock(LATER + HOUR)) for _ in range(3)]
    press.clock.at = LATER + HOUR
    first, second, third = others
    now = press.clock.now()
    one, two, pushed, again = await asyncio.gather(
        press.erase(), first.erase(), second.push(), third.runs.retry(run, states=["failed"], reason="", now=now)
    )
    assert (one + two, pushed) in {(4, 0), (0, 0)}
    assert again == (0 if one + two else 2)
    after = (await press.runs.newest(ids=[run]))[0].counts
    assert after == (Counts(sent=2, failed=2, unknown=2) if not again else Counts(planned=2, sent=2, unknown=2))
    for other in others:
        await other.database.close()


class Town(Press):
    """A publication for months: readers come, go, pause and move, issues appear, are late, mended and pushed again."""

    SLOTS = (Slot(time=time(8), zone="UTC"), Slot(time=time(20), zone="Asia/Shanghai", weekdays=frozenset({1, 4})))

    def __init__(self, database: Database, dice: Random) -> None:
        super().__init__(database, ManualClock(datetime(2026, 1, 1, 6, tzinfo=UTC)))
        self.dice = dice
        self.planner = Planner(
            self.agenda, SqlArchive(database, vocabulary=Vocabulary.bundled(), clock=self.clock), self.clock
        )
        self.service = SubscriptionService(SqlSubscriptions(database), self.clock, next_run)
        self.refs: list[IssueRef] = []
        self.newcomers = 0

    async def publish(self) -> None:
        ref = IssueRef(
            edition=self.dice.choice(["daily", "monthly"]),
            date=self.clock.now().date() - self.dice.choice([0, 0, 1]) * DAY,
            lang=self.dice.choice(["en", "zh"]),
        )
        if ref in self.refs:
            return
        self.refs.append(ref)
        row = {
            "edition": ref.edition, "date": ref.date.isoformat(), "lang": ref.lang, "revision": "r1", "title": "Title",
            "stories": 1, "draft": False, "source": "# Title", "keys": {}, "origin": "", "amended": "r1",
            "added_at": self.clock.now(), "updated_at": self.clock.now(),
        }  # fmt: skip
        async with self.database.write() as connection:
            await connection.execute(insert(issues).values(row))

    async def subscribe(self) -> None:
        self.newcomers += 1
        target = reader(self.dice.randrange(self.newcomers)).target
        edition, lang = self.dice.choice(["daily", "monthly"]), self.dice.choice(["en", "zh"])
        await self.service.subscribe(target, edition, slot=self.dice.choice(self.SLOTS), lang=lang)

    async def leave(self) -> None:
        target = reader(self.dice.randrange(self.newcomers + 1)).target
        for each in await self.service.of_target(target):
            await self.service.unsubscribe(target, each.edition)

    async def pause(self) -> None:
        target = reader(self.dice.randrange(self.newcomers + 1)).target
        for each in await self.service.of_target(target):
            await self.service.pause(target, each.edition, self.dice.choice([1, 40]))

    async def push_an_old_one(self) -> None:
        if self.refs:
            await self.push(self.dice.choice(self.refs))

    async def mend(self) -> None:
        if self.refs:
            ref = self.dice.choice(self.refs)
            here = (issues.c.date == ref.date.isoformat(), issues.c.lang == ref.lang, issues.c.edition == ref.edition)
            gone = self.dice.choice([None, self.clock.now()])
            changed = {"revision": str(self.dice.random()), "updated_at": self.clock.now(), "withdrawn_at": gone}
            async with self.database.write() as connection:
                await connection.execute(update(issues).where(*here).values(changed))

    async def retry(self) -> None:
        for run in await self.runs.newest(limit=3):
            await self.runs.retry(run.id, states=["failed"], reason="", now=self.clock.now())

    async def live(self, steps: int) -> None:
        often = [self.publish, self.subscribe]
        deeds = [*often, *often, self.leave, self.pause, self.push_an_old_one, self.mend, self.retry]
        outcomes: Sequence[State] = ("sent", "sent", "skipped", "failed")
        for _step in range(steps):
            await self.dice.choice(deeds)()
            self.clock.advance(self.dice.choice([HOUR, DAY, DAY, 40 * DAY]))
            await self.planner.tick()
            await self.deliver(*self.dice.choices(outcomes, k=5))
            await self.erase(31 * DAY)


@pytest.mark.parametrize("seed", range(2))
async def test_no_reader_gets_an_issue_twice_however_short_receipts_are_kept(database: Database, seed: int) -> None:
    town = Town(database, Random(seed))  # noqa: S311  # a test's dice
    await town.live(steps=60)
    arrived = Counter((work.delivery.target.key, str(work.content.issue)) for work in town.posts)
    async with database.read() as connection:
        gone = await connection.scalar(select(func.sum(erased.c.sent)))
    assert (gone or 0) > len(town.posts) / 2
    assert {one: times for one, times in arrived.items() if times > 1} == {}
