from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest

from core.digest.model import IssueRef
from core.errors import StorageError
from core.schedule.port import Order, Planned
from core.storage.agenda import SqlAgenda
from core.storage.chats import SqlPreferences
from core.storage.receipts import SqlReceipts
from core.storage.runs import SqlRuns
from core.storage.subscriptions import SqlSubscriptions
from core.subscriptions.model import Slot
from core.target import Target
from newsroom import NOW, REF, add_issue, add_readers, reader

if TYPE_CHECKING:
    from core.schedule.port import Agenda
    from core.storage.engine import Database
    from core.subscriptions.port import Subscriptions

HOUR = timedelta(hours=1)
EVERYBODY = Order(issue=REF, kind="push", langs=frozenset({"en"}))


@pytest.fixture
def book(database: Database) -> Subscriptions:
    return SqlSubscriptions(database)


@pytest.fixture
def agenda(database: Database) -> Agenda:
    return SqlAgenda(database)


async def test_a_subscription_comes_back_as_it_was_saved(book: Subscriptions) -> None:
    wishes = reader(
        1,
        slot=Slot(time=time(8, 30), zone="Asia/Shanghai", weekdays=frozenset({1, 3, 7})),
        without=frozenset({"dev", "tips"}),
        style="full",
        silent=True,
        paused_until=NOW + HOUR,
        ended="stopped",
        extras={"form": "rich"},
    )
    saved = await book.save(wishes, due=NOW)
    assert saved == replace(wishes, id=saved.id)
    assert await book.of_chat(wishes.target) == [saved]


async def test_a_subscription_is_due_with_its_round(book: Subscriptions, agenda: Agenda) -> None:
    saved = await book.save(reader(1), due=NOW)
    assert await book.due(saved) == NOW
    (waiting,) = await agenda.rounds(NOW)
    await agenda.advance(waiting, replace(waiting, due=NOW + HOUR))
    assert await book.due(await book.save(reader(2), due=NOW)) == NOW + HOUR


async def test_one_target_has_one_subscription_to_an_edition(book: Subscriptions) -> None:
    first = await book.save(reader(1), due=NOW)
    second = await book.save(reader(1, lang="zh"), due=NOW)
    third = await book.save(replace(second, silent=True), due=NOW)
    weekly = await book.save(reader(1, edition="weekly"), due=NOW)
    assert first.id == second.id == third.id
    assert await book.of_chat(first.target) == [third, weekly]


async def test_a_chats_threads_belong_to_it_and_other_chats_do_not(book: Subscriptions) -> None:
    chat = reader(1).target
    one = await book.save(reader(1), due=NOW)
    two = await book.save(reader(1, target=replace(chat, thread="9")), due=NOW)
    await book.save(reader(11), due=NOW)
    assert await book.of_chat(replace(chat, thread="9")) == [one, two]


async def test_readers_of_one_slot_edition_and_language_share_a_round_that_keeps_its_due(
    book: Subscriptions, agenda: Agenda
) -> None:
    for number in range(3):
        await book.save(reader(number), due=NOW + number * HOUR)
    await book.save(reader(9, lang="zh"), due=NOW + 2 * HOUR)
    (first,) = await agenda.rounds(NOW)
    assert (first.slot, first.edition, first.lang, first.due, first.planned) == (
        reader(0).slot,
        "daily",
        "en",
        NOW,
        None,
    )
    assert [found.lang for found in await agenda.rounds(NOW + 2 * HOUR)] == ["en", "zh"]


async def test_who_changes_the_language_while_the_issue_is_waited_for_waits_on(
    book: Subscriptions, agenda: Agenda
) -> None:
    saved = await book.save(reader(1), due=NOW)
    await book.save(replace(saved, lang="zh"), due=NOW + 24 * HOUR)
    assert {(each.lang, each.due) for each in await agenda.rounds(NOW)} == {("en", NOW), ("zh", NOW)}
    await book.save(replace(saved, lang="en", slot=Slot(time=time(9), zone="UTC")), due=NOW + 2 * HOUR)
    assert len(await agenda.rounds(NOW)) == 2


async def test_a_round_advances_only_from_where_it_was(book: Subscriptions, agenda: Agenda) -> None:
    await book.save(reader(1), due=NOW)
    (before,) = await agenda.rounds(NOW)
    waiting = replace(before, planned=date(2026, 3, 1))
    assert await agenda.advance(before, waiting)
    assert not await agenda.advance(before, replace(before, due=NOW + HOUR))
    assert await agenda.rounds(NOW) == [waiting]
    assert await agenda.advance(waiting, replace(before, due=NOW + HOUR))
    assert await agenda.rounds(NOW) == []


async def test_planning_twice_is_harmless(database: Database, agenda: Agenda) -> None:
    await add_issue(database)
    await add_readers(database, 4)
    assert await agenda.count(EVERYBODY, NOW) == Planned(run=None, planned=4, skipped=0)
    first = await agenda.plan(EVERYBODY, NOW)
    assert (first.planned, first.skipped) == (4, 0)
    assert await agenda.plan(EVERYBODY, NOW) == Planned(run=None, planned=0, skipped=0)
    await add_readers(database, 6)
    second = await agenda.plan(EVERYBODY, NOW)
    assert second.planned == 2
    runs = SqlRuns(database)
    assert [(run.id, run.issue) for run in await runs.newest()] == [(second.run, str(REF)), (first.run, str(REF))]
    assert second.run
    assert await runs.change(second.run, states=["running"], to="cancelled", note="", now=NOW)
    assert [run.id for run in await runs.newest()] == [first.run, second.run]
    assert [run.id for run in await runs.newest(limit=1)] == [first.run]


async def test_only_the_round_is_planned_that_was_asked_for(database: Database, agenda: Agenda) -> None:
    await add_issue(database)
    await add_readers(database, 3)
    await add_readers(database, 5, slot=Slot(time=time(9), zone="UTC"), lang="zh")
    rounds = {found.lang: found for found in await agenda.rounds(NOW)}
    late = Order(issue=REF, kind="catch-up", round=rounds["zh"], missed=(date(2026, 3, 1),))
    planned = await agenda.plan(late, NOW)
    assert planned.planned == 5
    (run,) = await SqlRuns(database).newest()
    assert (run.kind, run.missed, run.date, run.counts.planned) == ("catch-up", ("2026-03-01",), "2026-03-02", 5)


async def test_paused_readers_are_skipped_with_a_reason_and_ended_ones_left_out(
    database: Database, agenda: Agenda
) -> None:
    await add_issue(database)
    await add_readers(database, 1)
    book = SqlSubscriptions(database)
    paused = await book.save(reader(1, paused_until=NOW + HOUR), due=NOW)
    await book.save(reader(2, paused_until=NOW - HOUR), due=NOW)
    await book.save(reader(3, ended="stopped"), due=NOW)
    planned = await agenda.plan(EVERYBODY, NOW)
    assert (planned.planned, planned.skipped) == (2, 1)
    receipt = await SqlReceipts(database).last(paused.target)
    assert receipt
    assert (receipt.delivery.state, receipt.delivery.reason, receipt.pages) == ("skipped", "paused", ())
    assert await SqlReceipts(database).last(reader(3).target) is None


async def test_an_issue_that_is_not_there_cannot_be_planned(agenda: Agenda) -> None:
    missing = IssueRef(edition="daily", date=date(1999, 1, 1), lang="en")
    with pytest.raises(StorageError, match="no issue"):
        await agenda.plan(replace(EVERYBODY, issue=missing), NOW)


async def test_a_chat_keeps_its_language_for_all_its_threads(database: Database) -> None:
    preferences = SqlPreferences(database)
    chat = Target(platform="fake", account="bot", chat="1", thread="2")
    assert await preferences.lang(chat) is None
    await preferences.choose_lang(chat, "zh")
    await preferences.choose_lang(replace(chat, thread=""), "en")
    assert await preferences.lang(chat) == "en"
