from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update

from clock import ManualClock
from core.delivery.model import Counts, Doubts, PageReceipt, SendError
from core.delivery.port import Account, Effect, Entry, Settled
from core.schedule.next_run import next_run
from core.storage.chats import SqlPreferences
from core.storage.ledger import SqlLedger
from core.storage.receipts import SqlReceipts
from core.storage.runs import SqlRuns
from core.storage.schema import issues, leases, notices, subscriptions
from core.storage.subscriptions import SqlSubscriptions
from core.subscriptions.service import SubscriptionService
from core.target import Target
from newsroom import ACCOUNT, NOW, REF, add_issue, add_many, add_readers, plan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.delivery.model import OnUnknown, PageState, Receipt
    from core.delivery.port import Ledger, Work
    from core.storage.engine import Database

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
async def run(database: Database) -> int:
    await add_issue(database)
    await add_readers(database, 5)
    return await plan(database)


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return SqlLedger(database)


ASK = Doubts.always("ask")


async def claim(ledger: Ledger, now: datetime = NOW, owner: str = "me") -> Sequence[Work]:
    """Hold the account's budget and claim the first chunk that waits."""
    if not await ledger.hold(ACCOUNT, owner, now=now, until=now + MINUTE, on_unknown=ASK):
        return ()
    waiting = await ledger.waiting(now=now, account=ACCOUNT)
    return await ledger.claim(waiting[0].id, owner, now=now) if waiting else ()


def page(work: Work, state: PageState, number: int = 0, settled: Settled | None = None) -> Entry:
    message_id = f"m{number}" if state == "sent" else ""
    receipt = PageReceipt(page=number, state=state, at=NOW, message_id=message_id)
    return Entry(lease=work.lease, delivery=work.delivery.id, at=NOW, page=receipt, settled=settled)


async def counts(database: Database) -> Counts:
    return (await SqlRuns(database).newest())[0].counts


async def receipt(database: Database, work: Work) -> Receipt:
    return (await SqlReceipts(database).of_target(work.delivery.target))[0]


SENT = Settled(state="sent", next_page=1, attempts=0)


async def test_a_chunk_is_claimed_once(ledger: Ledger, run: int) -> None:
    (chunk,) = await ledger.waiting(now=NOW)
    first, second = await claim(ledger), await ledger.claim(chunk.id, "me", now=NOW)
    assert (len(first), len(second)) == (5, 0)
    assert await ledger.waiting(now=NOW) == []


async def test_a_chunk_is_claimed_only_with_the_budget_of_its_account(ledger: Ledger, run: int) -> None:
    other = Account(platform="fake", account="other")
    assert await ledger.hold(other, "me", now=NOW, until=NOW + MINUTE, on_unknown=ASK)
    (chunk,) = await ledger.waiting(now=NOW)
    assert chunk.account == ACCOUNT
    assert not await ledger.claim(chunk.id, "me", now=NOW)
    assert await ledger.waiting(now=NOW, account=other) == []


async def test_a_budget_is_held_by_one_until_it_is_over_or_given_back(ledger: Ledger) -> None:
    async def hold(owner: str, now: datetime) -> bool:
        return await ledger.hold(ACCOUNT, owner, now=now, until=now + MINUTE, on_unknown=ASK)

    assert [await hold("a", NOW), await hold("b", NOW), await hold("a", NOW + MINUTE / 2)] == [True, False, True]
    assert [await hold("b", NOW + MINUTE), await hold("b", NOW + 2 * MINUTE)] == [False, True]
    assert not await hold("a", NOW + 2 * MINUTE)
    await ledger.release("b", now=NOW + 2 * MINUTE, on_unknown=ASK)
    assert await hold("a", NOW + 2 * MINUTE)


async def test_a_budget_in_shares_is_held_by_as_many(ledger: Ledger) -> None:
    held = [
        await ledger.hold(ACCOUNT, owner, now=NOW, until=NOW + MINUTE, on_unknown=ASK, shares=2) for owner in "abcab"
    ]
    assert held == [True, True, False, True, True]


async def test_owners_who_are_all_over_prolong_at_once_without_waiting_for_each_other(ledger: Ledger) -> None:
    async def hold(owner: str, now: datetime) -> bool:
        return await ledger.hold(ACCOUNT, owner, now=now, until=now + MINUTE, on_unknown=ASK, shares=4)

    for minute in range(25):
        held = await asyncio.gather(*(hold(owner, NOW + minute * MINUTE) for owner in "abcd"))
        assert held == [True] * 4


async def test_a_budget_given_back_is_free_for_others_once_the_platform_counts_no_more(ledger: Ledger) -> None:
    async def hold(owner: str, now: datetime) -> bool:
        return await ledger.hold(ACCOUNT, owner, now=now, until=now + MINUTE, on_unknown=ASK, per_second=30)

    assert await hold("a", NOW)
    await ledger.release("a", now=NOW, on_unknown=ASK)
    assert not await hold("b", NOW + timedelta(seconds=0.9))
    assert await hold("b", NOW + timedelta(seconds=1))


async def test_many_readers_are_cut_into_chunks_that_share_nothing(ledger: Ledger, database: Database) -> None:
    await add_issue(database)
    await add_many(database, 1201)
    await plan(database)
    waiting = await ledger.waiting(now=NOW)
    assert await ledger.hold(ACCOUNT, "me", now=NOW, until=NOW + MINUTE, on_unknown=ASK)
    works = [work for chunk in waiting for work in await ledger.claim(chunk.id, "me", now=NOW)]
    assert len(waiting) == 3
    assert len({work.delivery.target for work in works}) == len(works) == 1201


async def test_nothing_is_claimed_before_it_is_due_nor_while_the_run_is_paused(
    ledger: Ledger, database: Database, run: int
) -> None:
    assert not await claim(ledger, now=NOW - MINUTE)
    assert await SqlRuns(database).change(run, states=["running"], to="paused", note="", now=NOW)
    assert not await claim(ledger)
    assert not await SqlRuns(database).change(run, states=["running"], to="paused", note="", now=NOW)
    await SqlRuns(database).change(run, states=["paused"], to="running", note="", now=NOW)
    assert len(await claim(ledger)) == 5


async def test_work_carries_what_the_reader_wished(ledger: Ledger, database: Database) -> None:
    await add_issue(database)
    wishes = {"style": "full", "without": frozenset({"dev"}), "silent": True, "extras": {"form": "rich"}}
    await add_readers(database, 1, **wishes)
    await plan(database)
    (work,) = await claim(ledger)
    assert (work.content.style, work.content.without, work.content.form, work.silent) == (
        "full",
        frozenset({"dev"}),
        "rich",
        True,
    )


async def test_what_is_sent_is_counted_and_the_run_is_done_at_the_end(
    ledger: Ledger, database: Database, run: int
) -> None:
    works = await claim(ledger)
    assert await ledger.record([page(work, "sending") for work in works]) == [True] * 5
    assert await ledger.record([page(work, "sent", settled=SENT) for work in works[:4]]) == [True] * 4
    assert await counts(database) == Counts(planned=1, sent=4)
    await ledger.record([page(works[4], "sent", settled=SENT)])
    await ledger.release("me", held=[works[0].lease], now=NOW, on_unknown=Doubts.always("ask"))
    assert (await SqlRuns(database).newest())[0].state == "done"
    assert (await receipt(database, works[0])).pages[0].message_id == "m0"
    async with database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(leases))).scalar() == 0


async def test_who_wakes_up_too_late_changes_nothing(ledger: Ledger, database: Database, run: int) -> None:
    stale = await claim(ledger)
    await ledger.record([page(stale[0], "sending")])
    later = NOW + 2 * MINUTE
    again = await claim(ledger, later, "another")
    late = [page(stale[0], "sent", settled=SENT), page(stale[1], "sending"), page(again[0], "sending")]
    assert await ledger.record(late) == [False, False, True]
    assert await counts(database) == Counts(planned=4, unknown=1)
    assert (await receipt(database, stale[0])).pages[0].state == "unknown"
    assert not await ledger.hold(ACCOUNT, "me", now=later, until=later + MINUTE, on_unknown=ASK)


async def test_a_budget_that_is_prolonged_keeps_its_chunks(ledger: Ledger, run: int) -> None:
    works = await claim(ledger)
    assert not await claim(ledger, NOW + MINUTE / 2)
    later = NOW + MINUTE
    assert not await ledger.hold(ACCOUNT, "another", now=later, until=later + MINUTE, on_unknown=ASK)
    assert await ledger.record([page(works[0], "sending")]) == [True]


async def test_a_paused_run_begins_nothing_and_finishes_what_was_begun(
    ledger: Ledger, database: Database, run: int
) -> None:
    works = await claim(ledger)
    await ledger.record([page(works[0], "sending")])
    await SqlRuns(database).change(run, states=["running"], to="paused", note="", now=NOW)
    entries = [page(works[0], "sent"), page(works[0], "sending", 1), page(works[1], "sending")]
    assert await ledger.record(entries) == [True, True, False]


@pytest.mark.parametrize(
    ("on_unknown", "state", "next_page", "attempts"),
    [("ask", "unknown", 1, 0), ("resend", "planned", 1, 1), ("skip", "planned", 2, 0)],
)
async def test_a_page_in_flight_at_a_crash_is_unknown_and_the_setting_says_what_follows(
    ledger: Ledger,
    database: Database,
    run: int,
    on_unknown: OnUnknown,
    state: str,
    next_page: int,
    attempts: int,
) -> None:
    works = await claim(ledger)
    await ledger.record([page(works[0], "sending"), page(works[1], "sending")])
    await ledger.record([page(works[0], "sent"), page(works[1], "sent")])
    await ledger.record([page(works[0], "sending", 1)])
    await ledger.release("me", held=[works[0].lease], now=NOW, on_unknown=Doubts.always(on_unknown))
    doubtful = await receipt(database, works[0])
    assert [part.state for part in doubtful.pages] == ["sent", "unknown"]
    found = doubtful.delivery
    assert (found.state, found.next_page, found.attempts) == (state, next_page, attempts)
    resumed = (await receipt(database, works[1])).delivery
    assert (resumed.state, resumed.next_page) == ("planned", 1)
    untouched = (await receipt(database, works[2])).delivery
    assert (untouched.state, untouched.next_page) == ("planned", 0)


async def test_a_resumed_delivery_knows_its_first_message(ledger: Ledger, run: int) -> None:
    works = await claim(ledger)
    await ledger.record([page(works[0], "sent")])
    await ledger.release("me", held=[works[0].lease], now=NOW, on_unknown=Doubts.always("ask"))
    again = {work.delivery.id: work for work in await claim(ledger)}[works[0].delivery.id]
    assert (again.first_message, again.delivery.next_page) == ("m0", 1)


async def test_a_delivery_put_off_comes_back_when_it_is_due(ledger: Ledger, run: int) -> None:
    works = await claim(ledger)
    later = Settled(state="planned", next_page=0, attempts=1, due=NOW + MINUTE, kind="transient", reason="502")
    entries = [page(work, "sent", settled=SENT) for work in works[1:]]
    await ledger.record([page(works[0], "failed", settled=later), *entries])
    await ledger.release("me", held=[works[0].lease], now=NOW, on_unknown=ASK)
    assert not await claim(ledger)
    (again,) = await claim(ledger, NOW + MINUTE)
    assert (again.delivery.attempts, again.delivery.reason) == (1, "502")


async def test_readers_who_left_or_paused_since_planning_are_skipped(
    ledger: Ledger, database: Database, run: int
) -> None:
    works = await claim(ledger)
    await ledger.release("me", held=[works[0].lease], now=NOW, on_unknown=Doubts.always("ask"))
    effects = [Effect(subscription="end"), Effect(subscription="pause", until=NOW + MINUTE)]
    first = (await claim(ledger))[:2]
    entries = [
        Entry(
            lease=work.lease,
            delivery=work.delivery.id,
            at=NOW,
            settled=Settled(state="planned", next_page=0, attempts=0, kind="gone", reason="blocked", effect=effect),
        )
        for work, effect in zip(first, effects, strict=True)
    ]
    await ledger.record(entries)
    await ledger.release("me", held=[first[0].lease], now=NOW, on_unknown=ASK)
    skips = {work.delivery.id: work.skip for work in await claim(ledger)}
    assert [skips[work.delivery.id] for work in first] == ["gone: blocked", "paused"]


async def test_strikes_add_up_and_are_cleared(ledger: Ledger, database: Database, run: int) -> None:
    work, *_ = await claim(ledger)

    async def enter(effect: Effect) -> int:
        settled = Settled(state="planned", next_page=0, attempts=0, effect=effect, kind="config", reason="no right")
        again = next(found for found in await claim(ledger) if found.delivery.id == work.delivery.id)
        await ledger.record([Entry(lease=again.lease, delivery=again.delivery.id, at=NOW, settled=settled)])
        await ledger.release("me", held=[again.lease], now=NOW, on_unknown=Doubts.always("ask"))
        async with database.read() as connection:
            query = select(subscriptions.c.failures).where(subscriptions.c.id == work.delivery.subscription)
            return int((await connection.execute(query)).scalar_one())

    await ledger.release("me", held=[work.lease], now=NOW, on_unknown=Doubts.always("ask"))
    strike = Effect(subscription="strike", notice="cannot write there")
    assert [await enter(strike), await enter(strike), await enter(Effect(subscription="clear"))] == [1, 2, 0]
    async with database.read() as connection:
        assert (await connection.execute(select(notices.c.text))).scalars().all() == ["cannot write there"] * 2


async def test_a_move_takes_the_whole_chat_along(ledger: Ledger, database: Database) -> None:
    await add_issue(database)
    here = Target(platform="fake", account="bot", chat="old", thread="7")
    await add_readers(database, 1, target=here)
    await add_readers(database, 1, target=here, edition="weekly")
    await plan(database)
    (work,) = await claim(ledger)
    moved = Settled(
        state="planned", next_page=0, attempts=1, kind="move", effect=Effect(subscription="move", moved_to="new")
    )
    await ledger.record([Entry(lease=work.lease, delivery=work.delivery.id, at=NOW, settled=moved)])
    await ledger.release("me", held=[work.lease], now=NOW, on_unknown=ASK)
    (again,) = await claim(ledger)
    assert again.delivery.target == here.moved_to("new")
    kept = await SqlSubscriptions(database).of_chat(here.moved_to("new"))
    assert [subscription.edition for subscription in kept] == ["daily", "weekly"]
    assert await SqlSubscriptions(database).of_chat(here) == []


async def test_a_move_replaces_what_had_ended_at_the_new_place(ledger: Ledger, database: Database) -> None:
    await add_issue(database)
    old = Target(platform="fake", account="bot", chat="old")
    await add_readers(database, 1, target=old, style="full")
    await add_readers(database, 1, target=old.moved_to("new"), ended="stopped", created_at=NOW - MINUTE)
    await plan(database)
    (work,) = await claim(ledger)
    moved = Settled(
        state="planned", next_page=0, attempts=1, kind="move", effect=Effect(subscription="move", moved_to="new")
    )
    await ledger.record([Entry(lease=work.lease, delivery=work.delivery.id, at=NOW, settled=moved)])
    (kept,) = await SqlSubscriptions(database).of_chat(old.moved_to("new"))
    assert (kept.style, kept.ended, kept.created_at) == ("full", "", NOW - MINUTE)


async def test_a_refusal_in_characters_that_no_database_takes_is_kept(
    ledger: Ledger, database: Database, run: int
) -> None:
    work = (await claim(ledger))[0]
    reason = SendError("content", "can't parse \0 near \ud83d").reason
    settled = Settled(state="failed", next_page=0, attempts=1, kind="content", reason=reason)
    refused = PageReceipt(page=0, state="failed", at=NOW, reason=reason)
    entry = Entry(lease=work.lease, delivery=work.delivery.id, at=NOW, page=refused, settled=settled)
    assert all(await ledger.record([entry]))
    assert (await receipt(database, work)).delivery.reason == "can't parse  near \ufffd"


async def test_a_message_is_known_by_whatever_the_platform_calls_it(
    ledger: Ledger, database: Database, run: int
) -> None:
    first, second, *_ = await claim(ledger)
    entries = [
        Entry(
            lease=work.lease,
            delivery=work.delivery.id,
            at=NOW,
            page=PageReceipt(page=0, state="sent", at=NOW, message_id=named),
        )
        for work, named in ((first, "7\0\ud83d"), (second, "\\u0000 北👍"))
    ]
    assert all(await ledger.record(entries))
    kept = [(await receipt(database, work)).pages[0].message_id for work in (first, second)]
    assert kept == ["7\ufffd\ufffd", "\\u0000 北👍"]


async def test_what_was_not_begun_is_claimed_anew_when_the_issue_changes(
    ledger: Ledger, database: Database, run: int
) -> None:
    first, second, *_ = await claim(ledger)
    await ledger.record([page(first, "sending")])
    await ledger.record([page(first, "sent")])
    async with database.write() as connection:
        await connection.execute(update(issues).values(revision="r2", updated_at=NOW + SECOND))
    assert await ledger.record([page(first, "sending", 1), page(second, "sending")]) == [True, False]
    await ledger.record([page(first, "sent", 1, settled=SENT)])
    await ledger.release("me", held=[first.lease], now=NOW + SECOND, on_unknown=ASK)
    again = await claim(ledger, NOW + SECOND)
    assert {work.content.revision for work in again} == {"r2"}
    assert len(again) == 4
    assert await ledger.record([page(again[0], "sending")]) == [True]


async def test_an_issue_that_changed_by_a_clock_that_is_ahead_goes_out_all_the_same(
    ledger: Ledger, database: Database, run: int
) -> None:
    async with database.write() as connection:
        await connection.execute(update(issues).values(updated_at=NOW + MINUTE))
    first, *_ = await claim(ledger)
    assert await ledger.record([page(first, "sending")]) == [True]


MOVE = Settled(
    state="planned", next_page=0, attempts=1, kind="move", effect=Effect(subscription="move", moved_to="new")
)


async def test_a_move_takes_posts_of_other_editions_along(ledger: Ledger, database: Database) -> None:
    weekly = replace(REF, edition="weekly")
    await add_issue(database)
    await add_issue(database, weekly)
    for edition in ("daily", "weekly"):
        await add_readers(database, 1, edition=edition)
    await plan(database)
    await plan(database, weekly)
    (work,) = await claim(ledger)
    await ledger.record([Entry(lease=work.lease, delivery=work.delivery.id, at=NOW, settled=MOVE)])
    (other,) = await claim(ledger)
    assert (other.delivery.issue, other.delivery.target.chat, other.skip) == (weekly, "new", "")


@pytest.mark.parametrize("on_its_way", [False, True])
async def test_a_post_follows_a_chat_whose_move_was_announced(
    ledger: Ledger, database: Database, *, on_its_way: bool
) -> None:
    await add_issue(database)
    old, untouched = await add_readers(database, 2)
    await plan(database)
    service = SubscriptionService(SqlSubscriptions(database), ManualClock(NOW), next_run)
    works = await claim(ledger) if on_its_way else ()
    preferences = SqlPreferences(database)
    await preferences.choose_lang(old.target, "zh")
    assert await service.move(old.target, "new") == 1
    assert await preferences.lang(old.target.moved_to("new")) == "zh"
    for work in works[:1]:
        await ledger.record([Entry(lease=work.lease, delivery=work.delivery.id, at=NOW, settled=MOVE)])
        await ledger.release("me", held=[work.lease], now=NOW, on_unknown=ASK)
    assert [(work.delivery.target.chat, work.skip) for work in await claim(ledger)] == [
        ("new", ""),
        (untouched.target.chat, ""),
    ]


async def test_cancelling_skips_what_has_not_begun(ledger: Ledger, database: Database, run: int) -> None:
    works = await claim(ledger)
    await ledger.record([page(works[0], "sending"), page(works[1], "sending")])
    await ledger.record([page(works[1], "sent")])
    await SqlRuns(database).change(run, states=["running"], to="cancelled", note="wrong issue", now=NOW)
    assert await counts(database) == Counts(planned=2, skipped=3)
    assert await ledger.record([page(works[1], "sending", 1), page(works[2], "sending")]) == [True, False]


async def test_what_was_cancelled_can_be_sent_after_all(ledger: Ledger, database: Database, run: int) -> None:
    await add_readers(database, 1, paused_until=NOW + timedelta(days=1))
    (first, *rest) = await claim(ledger)
    assert first.skip == "paused"
    skipped = Settled(state="skipped", next_page=0, attempts=0, reason="paused")
    await ledger.record([Entry(lease=first.lease, delivery=first.delivery.id, at=NOW, settled=skipped)])
    await ledger.record([page(rest[0], "sent", settled=SENT)])
    runs = SqlRuns(database)
    await runs.change(run, states=["running"], to="cancelled", note="undone", now=NOW)
    await ledger.release("me", held=[first.lease], now=NOW, on_unknown=ASK)
    assert await runs.retry(run, states=["failed", "unknown"], reason="", now=NOW) == 0
    assert [one.left_out for one in await runs.newest()] == [True]
    assert await runs.retry(run, states=["cancelled"], reason="", now=NOW) == 3
    assert [one.left_out for one in await runs.newest()] == [False]
    assert {work.delivery.target for work in await claim(ledger)} == {work.delivery.target for work in rest[1:]}
    assert await counts(database) == Counts(planned=3, sent=1, skipped=1)


async def test_what_a_cancelled_run_has_left_is_skipped_when_it_is_given_back(
    ledger: Ledger, database: Database, run: int
) -> None:
    works = await claim(ledger)
    await ledger.record([page(works[0], "sending"), page(works[1], "sending")])
    await SqlRuns(database).change(run, states=["running"], to="cancelled", note="wrong issue", now=NOW)
    limited = Settled(state="planned", next_page=0, attempts=1, kind="wait", due=NOW, reason="too many requests")
    await ledger.record([page(works[0], "failed", settled=limited)])
    await ledger.release("me", held=[works[0].lease], now=NOW, on_unknown=Doubts.always("resend"))
    assert await counts(database) == Counts(skipped=4, unknown=1)


async def test_only_what_failed_for_this_reason_is_retried(ledger: Ledger, database: Database, run: int) -> None:
    works = await claim(ledger)
    outcomes = [("failed", "content", "too long"), ("failed", "config", "no right"), ("unknown", "unknown", "timeout")]
    settled = [
        Settled(state=state, next_page=0, attempts=3, kind=kind, reason=reason)  # type: ignore[arg-type]
        for state, kind, reason in outcomes
    ]
    pairs = zip(works, [*settled, SENT, SENT], strict=True)
    await ledger.record([page(work, "failed", settled=end) for work, end in pairs])
    await ledger.release("me", held=[works[0].lease], now=NOW, on_unknown=Doubts.always("ask"))
    runs = SqlRuns(database)
    assert (await runs.newest())[0].state == "done"
    assert await runs.retry(run, states=["failed"], reason="config", now=NOW) == 1
    assert await runs.retry(run, states=["failed", "unknown"], reason="time", now=NOW) == 1
    assert await runs.retry(run, states=["failed", "unknown"], reason="", now=NOW) == 1
    assert (await runs.newest())[0].state == "running"
    assert await runs.sent_since(run, NOW) == 2
    assert {work.delivery.attempts for work in await claim(ledger)} == {0}
