from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bots.engine.embedded import EmbeddedEngine
from clock import ManualClock
from core.clock import SystemClock
from core.delivery.courier import Courier, Habits
from core.delivery.model import PRIVATE, SHARED, Counts, Doubts, SendError
from core.delivery.office import Office
from core.delivery.pacing import Pace, Window
from core.delivery.recorder import Recorder
from core.delivery.retry import Policy
from core.delivery.runs import FEW, RunService
from core.errors import StorageError
from core.schedule.port import Order
from core.storage.agenda import SqlAgenda
from core.storage.ledger import SqlLedger
from core.storage.receipts import SqlReceipts
from core.storage.runs import SqlRuns
from core.storage.schema import leases, notices, subscriptions
from core.storage.subscriptions import SqlSubscriptions
from core.target import Target
from couriers import hired
from newsroom import ACCOUNT, NOW, REF, Platform, add_issue, add_many, add_readers, plan, reader, two_pages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.delivery.model import Receipt, Run
    from core.delivery.port import Content, Entry, Envelope, Work
    from core.render.port import Message
    from core.storage.engine import Database

MILLISECOND = timedelta(milliseconds=1)
HABITS = Habits(lease=timedelta(seconds=2), rest=5 * MILLISECOND)
POLICY = Policy(
    first_wait=MILLISECOND,
    longest_wait=MILLISECOND,
    attempts=3,
    account_pause=50 * MILLISECOND,
    on_unknown=Doubts.always("ask"),
)


@pytest.fixture
async def run(database: Database) -> int:
    await add_issue(database)
    await add_many(database, 20)
    return await plan(database)


async def deliver(database: Database, platform: Platform, **changes: Any) -> None:  # noqa: ANN401  # courier's own
    given: dict[str, Any] = {"pages": two_pages, "policy": POLICY, "habits": HABITS} | changes
    async with hired(ACCOUNT, SqlLedger(database), sender=platform, **given) as courier:
        for _ in range(8):
            await courier.run(asyncio.Event(), until_idle=True)
            await asyncio.sleep(0.005)


async def newest(database: Database) -> Run:
    return (await SqlRuns(database).newest())[0]


async def receipts(database: Database, run: int) -> Sequence[Receipt]:
    return await SqlReceipts(database).of_run(run)


async def test_everybody_gets_every_page_once_in_order(database: Database, run: int) -> None:
    platform = Platform()
    with capture_logs() as logged:
        await deliver(database, platform)
    assert all(platform.pages(f"chat-{number}") == ["1", "2"] for number in range(20))
    assert len(platform.taken) == 40
    found = await newest(database)
    assert (found.counts, found.state) == (Counts(sent=20), "done")
    assert [(one["event"], one["run"], one["sent"], one["failed"]) for one in logged] == [("a run is done", run, 20, 0)]


async def test_receipts_hold_the_message_id_of_each_page(database: Database, run: int) -> None:
    platform = Platform()
    await deliver(database, platform)
    for receipt in await receipts(database, run):
        assert [page.state for page in receipt.pages] == ["sent", "sent"]
        assert all(page.message_id.startswith(receipt.delivery.target.chat) for page in receipt.pages)


async def test_the_second_page_knows_the_first_and_keys_fit_every_platform(database: Database, run: int) -> None:
    platform = Platform()
    await deliver(database, platform)
    assert sum(envelope.after == "" for envelope in platform.envelopes) == 20
    keys = {envelope.key for envelope in platform.envelopes}
    assert len(keys) == 40
    assert all(len(key) <= 25 and key.isascii() for key in keys)


async def test_never_more_requests_at_a_time_than_the_platform_permits(database: Database, run: int) -> None:
    platform = Platform(delay=0.002)
    await deliver(database, platform, pace=Pace(in_flight=3))
    assert platform.most_at_once == 3


async def test_a_chat_that_must_wait_long_holds_up_nobody(database: Database, run: int) -> None:
    platform = Platform()
    once_a_minute = Window(most=1, per=timedelta(minutes=1), each="chat", of="chat-1")
    await deliver(database, platform, pace=Pace(in_flight=2, windows=(once_a_minute,)))
    limited = {"chat-1", *(f"chat-{number}" for number in range(10, 20))}
    by_chat = {receipt.delivery.target.chat: receipt.delivery for receipt in await receipts(database, run)}
    for chat, delivery in by_chat.items():
        expected = ("planned", ["1"]) if chat in limited else ("sent", ["1", "2"])
        assert (delivery.state, platform.pages(chat)) == expected
    assert {delivery.attempts for delivery in by_chat.values()} == {0}


async def test_who_waits_for_a_chat_takes_up_no_connection(database: Database, run: int) -> None:
    platform = Platform()
    await deliver(database, platform, pace=Pace(in_flight=1, chat_gap=timedelta(milliseconds=700)))
    assert [page for _, page, _ in platform.taken] == ["1"] * 20 + ["2"] * 20


async def test_chats_that_many_read_come_before_private_ones(database: Database) -> None:
    await add_issue(database)
    await add_readers(database, 3)
    await SqlSubscriptions(database).save(
        reader(0, target=Target(platform="fake", account="bot", chat="-100")), due=NOW
    )
    await SqlAgenda(database, shared={"fake": ("-",)}).plan(Order(issue=REF, kind="push", langs=frozenset({"en"})), NOW)
    found = await SqlLedger(database).waiting(now=NOW)
    assert [chunk.priority for chunk in found] == [SHARED, PRIVATE]
    platform = Platform()
    await deliver(database, platform, pace=Pace(in_flight=1))
    assert [chat for chat, _, _ in platform.taken[::2]].index("-100") <= 1  # one may have been under way


@pytest.mark.parametrize(
    ("errors", "state", "reason", "pages"),
    [
        ([SendError("transient", "502")], "sent", "", ["1", "2"]),
        ([SendError("transient", "502")] * 3, "failed", "502", []),
        ([SendError("wait", "slow down", retry_after=9 * MILLISECOND)], "sent", "", ["1", "2"]),
        ([SendError("gone", "blocked")], "failed", "blocked", []),
        ([SendError("pause", "closed")], "failed", "closed", []),
        ([SendError("config", "no right")], "failed", "no right", []),
        ([SendError("content", "bad")], "failed", "bad", []),
        ([SendError("unknown", "timeout")], "unknown", "timeout", []),
        ([SendError("move", "moved")], "failed", "moved", []),
        ([SendError("fatal", "token revoked")], "sent", "", ["1", "2"]),
        ([ValueError("a fault of ours")], "unknown", "ValueError", []),
    ],
)
async def test_one_readers_trouble_ends_as_its_class_says_and_touches_nobody_else(
    database: Database, run: int, errors: list[Exception], state: str, reason: str, pages: list[str]
) -> None:
    platform = Platform(answers={"chat-3": list(errors)})
    await deliver(database, platform)
    by_chat = {receipt.delivery.target.chat: receipt.delivery for receipt in await receipts(database, run)}
    found = by_chat["chat-3"]
    assert (found.state, found.reason, platform.pages("chat-3")) == (state, reason, pages)
    assert {delivery.state for chat, delivery in by_chat.items() if chat != "chat-3"} == {"sent"}
    assert len(platform.taken) == 38 + len(pages)


async def test_a_run_tells_what_was_in_doubt_and_sent_again(database: Database, run: int) -> None:
    platform = Platform(
        answers={"chat-3": [SendError("unknown", "timeout")], "chat-4": [SendError("transient", "502")]}
    )
    await deliver(database, platform, policy=replace(POLICY, on_unknown=Doubts.always("resend")))
    found = await newest(database)
    assert (found.counts, found.again) == (Counts(sent=20), 1)
    told = {one.delivery.target.chat: (one.delivery.kind, one.delivery.reason) for one in await receipts(database, run)}
    assert {chat: why for chat, why in told.items() if any(why)} == {"chat-3": ("unknown", "timeout")}


async def test_a_second_page_that_was_not_sent_is_tried_alone(database: Database) -> None:
    await add_issue(database)
    await add_readers(database, 1)
    run = await plan(database)

    class Moody(Platform):
        async def send(self, target: Any, message: Any, envelope: Any) -> str:  # noqa: ANN401  # the port's
            if message.payload["text"] == "2" and not self.answers.get("done"):
                self.answers["done"] = [ValueError()]
                raise SendError("transient", "503")
            return await super().send(target, message, envelope)

    platform = Moody()
    await deliver(database, platform)
    assert platform.pages("chat-0") == ["1", "2"]
    assert platform.envelopes[1].after == "chat-0/1"
    assert [page.state for page in (await receipts(database, run))[0].pages] == ["sent", "sent"]


async def test_a_chat_that_moved_gets_the_post_at_its_new_place(database: Database, run: int) -> None:
    platform = Platform(answers={"chat-3": [SendError("move", "upgraded", moved_to="chat-x")]})
    await deliver(database, platform)
    assert (platform.pages("chat-3"), platform.pages("chat-x")) == ([], ["1", "2"])


async def test_gone_ends_the_subscription_and_repeated_config_errors_pause_it(database: Database) -> None:
    await add_issue(database)
    await add_readers(database, 2)
    run = await plan(database)
    platform = Platform(
        answers={"chat-0": [SendError("gone", "blocked")], "chat-1": [SendError("config", "no right")] * 3}
    )
    for _ in range(3):
        await deliver(database, platform)
        await SqlRuns(database).retry(run, states=["failed"], reason="config", now=SystemClock().now())
    async with database.read() as connection:
        rows = (await connection.execute(select(subscriptions).order_by(subscriptions.c.id))).all()
        told = (await connection.execute(select(notices.c.text, notices.c.target))).all()
    assert [(row.ended, row.paused_until is None) for row in rows] == [("gone: blocked", True), ("", False)]
    assert [tuple(row) for row in told] == [("no right", "fake:bot:chat-1")]


async def test_a_refused_form_falls_back_to_the_usual_one(database: Database) -> None:
    await add_issue(database)
    await add_readers(database, 1, extras={"form": "rich"})
    await plan(database)
    platform = Platform(answers={"chat-0": [SendError("content", "cannot parse")]})
    await deliver(database, platform)
    assert platform.pages("chat-0") == ["1", "2"]
    assert (await newest(database)).counts == Counts(sent=1)


class Watched(Platform):
    """Remembers when it was asked, and when it refused something first."""

    def __init__(self, answers: dict[str, list[Exception]]) -> None:
        super().__init__(answers=answers)
        self.asked: list[float] = []
        self.refused = 0.0

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        now = asyncio.get_running_loop().time()
        self.asked.append(now)
        try:
            return await super().send(target, message, envelope)
        except SendError:
            self.refused = self.refused or now
            raise


@pytest.mark.parametrize("patience", [timedelta(seconds=2), 100 * MILLISECOND])
async def test_what_was_announced_ahead_waits_when_the_platform_asks_for_a_rest(
    database: Database, run: int, patience: timedelta
) -> None:
    rest = SendError("wait", "slow down", retry_after=300 * MILLISECOND, scope="account")
    platform = Watched(answers={"chat-0": [rest]})
    await deliver(database, platform, pace=Pace(per_second=200, in_flight=16, patience=patience))
    after = [asked - platform.refused for asked in platform.asked]
    assert not [late for late in after if 0.02 < late < 0.29]
    assert len(platform.taken) == 40
    assert (await newest(database)).counts == Counts(sent=20)


async def test_an_account_that_cannot_send_rests_and_says_so_until_it_can(database: Database, run: int) -> None:
    platform = Platform(answers={f"chat-{number}": [SendError("fatal", "token revoked")] for number in range(20)})
    policy = replace(POLICY, account_pause=timedelta(minutes=5))
    ledger = SqlLedger(database)
    stop = asyncio.Event()
    with capture_logs() as logged:
        async with hired(
            ACCOUNT, ledger, sender=platform, pages=two_pages, policy=policy, habits=HABITS, pace=Pace(in_flight=2)
        ) as courier:
            task = asyncio.create_task(courier.run(stop, until_idle=True))
            async with asyncio.timeout(20):
                while not (await newest(database)).note:  # noqa: ASYNC110 — a row of the database
                    await asyncio.sleep(0.05)
            stop.set()
            await task
    assert sum(len(errors) for errors in platform.answers.values()) >= 18
    found = await newest(database)
    assert (found.counts, found.state) == (Counts(planned=20), "running")
    assert found.note == "an account cannot send: fake:bot, token revoked"
    assert [(one["event"], one["platform"], one["account"], one["reason"]) for one in logged] == [
        ("an account cannot send", "fake", "bot", "token revoked")
    ]
    platform.answers.clear()
    await deliver(database, platform, clock=ManualClock(SystemClock().now() + timedelta(minutes=6)))
    found = await newest(database)
    assert (found.counts, found.state, found.note) == (Counts(sent=20), "done", "")


async def test_a_run_that_fails_everywhere_stops_and_says_why_until_somebody_lets_it_go_on(database: Database) -> None:
    await add_issue(database)
    await add_many(database, 60)
    run = await plan(database)
    platform = Platform(answers={f"chat-{number}": [SendError("content", "bad markup")] for number in range(60)})
    with capture_logs() as logged:
        await deliver(database, platform, pace=Pace(in_flight=1))
    found = await newest(database)
    assert found.state == "paused"
    assert [(one["event"], one["run"], one["note"]) for one in logged] == [("a run stopped itself", run, found.note)]
    assert found.note.startswith("stopped, ")
    assert found.note.endswith("content, bad markup")
    assert FEW <= found.counts.failed < 60
    assert await RunService(SqlRuns(database), SystemClock()).resume(run)
    await deliver(database, platform)
    assert (await newest(database)).counts == Counts(failed=60)


async def test_an_issue_that_cannot_be_shown_fails_with_a_reason(database: Database, run: int) -> None:
    async def broken(content: Content) -> tuple[Message, ...]:
        raise KeyError(content.platform)

    await deliver(database, Platform(), pages=broken)
    assert {receipt.delivery.reason for receipt in await receipts(database, run)} == {
        "the issue cannot be shown: KeyError"
    }


async def test_equal_contents_are_printed_once(database: Database, run: int) -> None:
    printed: list[Content] = []

    async def counting(content: Content) -> tuple[Message, ...]:
        printed.append(content)
        await asyncio.sleep(0.01)
        return await two_pages(content)

    await deliver(database, Platform(), pages=counting)
    assert len(printed) == 1


async def test_a_stop_gives_back_what_was_not_begun(database: Database, run: int) -> None:
    platform = Platform(delay=0.02)
    ledger = SqlLedger(database)
    stop = asyncio.Event()
    async with hired(ACCOUNT, ledger, sender=platform, pages=two_pages, pace=Pace(in_flight=2)) as courier:
        task = asyncio.create_task(courier.run(stop, until_idle=True))
        await asyncio.sleep(0.1)
        stop.set()
        await task
    counts = (await newest(database)).counts
    assert counts.unknown == counts.failed == 0
    assert counts.planned > 0
    assert {receipt.delivery.state for receipt in await receipts(database, run)} <= {"planned", "sent"}
    await deliver(database, platform)
    assert len(platform.taken) == len(set(platform.taken)) == 40


async def on_their_way(database: Database) -> int:
    async with database.read() as connection:
        found = (await connection.execute(select(leases.c.sending))).scalars()
        return sum(len(json.loads(sending)) for sending in found)


async def test_a_cancelled_run_leaves_nothing_in_doubt_and_no_post_in_halves(database: Database, run: int) -> None:
    platform = Platform()
    runs = SqlRuns(database)
    announced_long_before = Pace(in_flight=8, per_second=10)
    async with hired(
        ACCOUNT, SqlLedger(database), sender=platform, pages=two_pages, pace=announced_long_before
    ) as courier:
        task = asyncio.create_task(courier.run(asyncio.Event(), until_idle=True))
        async with asyncio.timeout(10):
            while len(platform.taken) < 4 or not await on_their_way(database):  # noqa: ASYNC110  # a row of the ledger
                await asyncio.sleep(0.001)
            assert await runs.change(run, states=["running"], to="cancelled", note="undone", now=NOW)
            await task
    counts = (await newest(database)).counts
    there = {chat for chat, _, _ in platform.taken}
    assert counts == Counts(sent=len(there), skipped=20 - len(there))
    assert {len(platform.pages(chat)) for chat in there} == {2}


async def test_a_chunk_that_is_claimed_at_the_end_is_given_back(database: Database, run: int) -> None:
    platform, ledger, stop = Platform(), SqlLedger(database), asyncio.Event()
    stop.set()
    async with hired(ACCOUNT, ledger, sender=platform, pages=two_pages) as courier:
        await courier.run(stop)
        now = SystemClock().now()
        assert await ledger.hold(
            ACCOUNT, courier._owner, now=now, until=now + timedelta(minutes=1), on_unknown=Doubts()
        )
        async with asyncio.timeout(10):
            await courier.carry((await ledger.waiting(now=now))[0])
    assert platform.taken == []
    assert len(await ledger.waiting(now=SystemClock().now())) == 1


async def test_a_spare_courier_takes_a_share_only_when_there_has_been_work_for_a_lease(database: Database) -> None:
    ledger, stop = SqlLedger(database), asyncio.Event()
    lease = timedelta(seconds=0.5)
    habits = Habits(lease=lease, rest=5 * MILLISECOND, spare=True)
    async with hired(ACCOUNT, ledger, sender=Platform(), pages=two_pages, habits=habits) as courier:
        running = asyncio.create_task(courier.run(stop))
        began = SystemClock().now()
        async with asyncio.timeout(20):
            while not courier.is_holding():
                courier.want()
                await asyncio.sleep(0.005)
        assert SystemClock().now() - began >= lease
        stop.set()
        await running


class Forgetful(SqlLedger):
    """Leases the first chunk, and the answer is lost on its way."""

    answers_are_lost = True

    async def claim(self, chunk: int, owner: str, *, now: datetime) -> Sequence[Work]:
        claimed = await super().claim(chunk, owner, now=now)
        if claimed and self.answers_are_lost:
            self.answers_are_lost = False
            raise StorageError("the connection broke")
        return claimed


async def test_a_chunk_that_was_leased_while_the_connection_broke_is_carried_all_the_same(
    database: Database, run: int
) -> None:
    platform, ledger, stop = Platform(), Forgetful(database), asyncio.Event()
    habits = Habits(lease=timedelta(seconds=1), rest=5 * MILLISECOND)
    async with hired(ACCOUNT, ledger, sender=platform, pages=two_pages, habits=habits) as courier:
        office = Office(EmbeddedEngine(), ledger, SystemClock(), rest=habits.rest)
        office.hire(courier)
        tasks = [asyncio.create_task(courier.run(stop)), asyncio.create_task(office.run(stop))]
        async with asyncio.timeout(20):
            while (await newest(database)).state == "running":  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        stop.set()
        await asyncio.wait(tasks)
    assert not ledger.answers_are_lost
    assert len(platform.taken) == len({(chat, page) for chat, page, _ in platform.taken}) == 40


async def test_a_database_that_is_away_is_logged_once_and_again_when_it_is_back(database: Database) -> None:
    class Away(SqlLedger):
        tries = 0

        async def waiting(self, *, now: Any, account: Any = None) -> Any:  # noqa: ANN401  # the port's
            self.tries += 1
            if self.tries <= 3:
                raise StorageError("connection refused")
            stop.set()
            return await super().waiting(now=now, account=account)

    stop = asyncio.Event()
    with capture_logs() as logged:
        await Office(EmbeddedEngine(), Away(database), SystemClock(), rest=MILLISECOND).run(stop)
    assert [one["event"] for one in logged] == ["cannot look for work", "can look for work again"]


class Full(SqlLedger):
    async def record(self, entries: Sequence[Entry]) -> Sequence[bool]:
        raise StorageError(f"disk full: {len(entries)} entries")


async def test_a_dead_recorder_ends_the_courier_and_what_it_carries(database: Database, run: int) -> None:
    ledger, platform = Full(database), Platform()
    recorder = Recorder(ledger, patience=timedelta(0))
    recording = asyncio.create_task(recorder.run())
    courier = Courier(
        ACCOUNT, sender=platform, ledger=ledger, recorder=recorder, pages=two_pages, clock=SystemClock(), habits=HABITS
    )
    courier.want()
    working = asyncio.create_task(courier.run(asyncio.Event()))
    async with asyncio.timeout(20):
        while not courier.is_holding():  # noqa: ASYNC110 — a row of the database
            await asyncio.sleep(0.005)
        await courier.carry((await ledger.waiting(now=SystemClock().now()))[0])
    with pytest.raises(ExceptionGroup):
        await working
    with pytest.raises(StorageError, match="disk full"):
        await recording
    assert platform.taken == []


async def test_a_fault_while_the_budget_is_held_ends_the_courier(database: Database) -> None:
    class Faulty(SqlLedger):
        async def hold(self, *_given: Any, **_named: Any) -> bool:  # noqa: ANN401  # the port's
            raise ValueError("a fault of ours")

    async with hired(ACCOUNT, Faulty(database), sender=Platform(), pages=two_pages, habits=HABITS) as courier:
        courier.want()
        with pytest.raises(ExceptionGroup, match="unhandled"):
            await asyncio.wait_for(courier.run(asyncio.Event()), 20)
