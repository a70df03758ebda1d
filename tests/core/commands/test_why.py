"""What ``/why`` says after real deliveries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.delivery.model import Doubts, PageReceipt
from core.delivery.port import Account, Entry, Settled
from core.digest.model import IssueRef
from core.document.nodes import Time
from core.document.text import plain, walk
from core.schedule.port import Order
from core.storage.agenda import SqlAgenda
from core.storage.ledger import SqlLedger

if TYPE_CHECKING:
    from clock import ManualClock
    from core.commands.services import Services
    from core.storage.engine import Database
    from tests.core.commands.conftest import Ask

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
REF = IssueRef(edition="daily", lang="en", date=NOW.date())
ORDER = Order(issue=REF, kind="push", langs=frozenset({"en"}))
ACCOUNT = Account(platform="paper", account="bot")


@pytest.fixture
def services(services: Services) -> Services:
    return replace(services, receipts_kept=timedelta(days=90))


async def test_a_delivery_that_waits_is_told(ask: Ask, paper: Database) -> None:
    await ask("/subscribe 8:30 Shanghai")
    await SqlAgenda(paper).plan(ORDER, NOW)
    assert "The issue of March 2, 2026 is waiting for its turn." in plain((await ask("/why")).document.blocks)


async def test_a_pause_is_given_as_the_reason(ask: Ask, paper: Database) -> None:
    await ask("/subscribe 8:30 Shanghai")
    await ask("/pause 3")
    await SqlAgenda(paper).plan(ORDER, NOW)
    said = plain((await ask("/why")).document.blocks)
    assert "The issue of March 2, 2026 was skipped here.\nReason: deliveries were paused" in said


@pytest.mark.parametrize(
    ("state", "kind", "reason", "lines"),
    [
        ("sent", "", "", ["The issue of March 2, 2026 was delivered.", "Page 1: delivered Mon, Mar 2, 15:00"]),
        (
            "failed",
            "gone",
            "chat not found",
            [
                "The issue of March 2, 2026 could not be delivered.",
                "Reason: the chat was not there any more, or I was not in it",
                "Page 1: refused Mon, Mar 2, 15:00",
            ],
        ),
        (
            "unknown",
            "unknown",
            "read timeout",
            [
                "The issue of March 2, 2026 may have arrived: the connection broke before the answer came.",
                "Page 1: sent Mon, Mar 2, 15:00, but no answer came",
            ],
        ),
    ],
)
async def test_the_receipt_is_told_page_by_page(
    state: str, kind: str, reason: str, lines: list[str], ask: Ask, paper: Database
) -> None:
    await ask("/subscribe 8:30 Shanghai")
    await SqlAgenda(paper).plan(ORDER, NOW)
    ledger = SqlLedger(paper)
    await ledger.hold(ACCOUNT, "test", now=NOW, until=NOW + timedelta(minutes=1), on_unknown=Doubts())
    (chunk,) = await ledger.waiting(now=NOW)
    (work,) = await ledger.claim(chunk.id, "test", now=NOW)
    page = PageReceipt(page=0, state=state, at=NOW, message_id="7", reason=reason)  # type: ignore[arg-type]  # a parameter
    settled = Settled(state=state, next_page=1, attempts=1, kind=kind, reason=reason)  # type: ignore[arg-type]  # the same
    await ledger.record([Entry(lease=work.lease, delivery=work.delivery.id, at=NOW, page=page, settled=settled)])
    reply = await ask("/why")
    said = plain(reply.document.blocks).splitlines()
    assert [line for line in lines if line not in said] == []
    assert sum("Reason:" in line for line in said) == (state == "failed")
    assert "Next issue: Tue, Mar 3, 08:30, in English." in said
    assert sum(isinstance(node, Time) for node in walk(reply.document.blocks)) == 2


async def test_who_changes_the_hour_after_the_delivery_is_not_promised_the_issue_again(
    ask: Ask, paper: Database
) -> None:
    await ask("/subscribe 6:00 UTC")
    await SqlAgenda(paper).plan(ORDER, NOW)
    for line in ("/subscribe 12:00 UTC", "/settings time 12:00", "/why"):
        assert "Next issue: Tue, Mar 3, 12:00, in English." in plain((await ask(line)).document.blocks)


async def test_who_changes_the_language_gets_the_issue_in_it_the_same_day(ask: Ask, paper: Database) -> None:
    await ask("/subscribe 6:00 UTC")
    await SqlAgenda(paper).plan(ORDER, NOW)
    said = plain((await ask("/subscribe 12:00 UTC zh")).document.blocks)
    assert "Next issue: Mon, Mar 2, 12:00, in Chinese." in said


async def test_while_an_issue_is_late_it_is_said_to_come_as_soon_as_it_is_out(ask: Ask, clock: ManualClock) -> None:
    await ask("/subscribe 8:30 UTC")
    clock.advance(timedelta(hours=2))
    said = plain((await ask("/why")).document.blocks)
    assert "The issue of March 2, 2026 comes as soon as it is out." in said
    assert "Next issue: Tue, Mar 3, 08:30, in English." in said
    assert "as soon as" not in plain((await ask("/pause 3")).document.blocks)


@pytest.mark.parametrize(
    ("since", "told"),
    [
        (None, "Nothing has been delivered to this chat in the last 90 days."),
        (timedelta(days=91), "Nothing has been delivered to this chat in the last 90 days."),
        (timedelta(days=89), "Nothing has been delivered to this chat yet."),
    ],
)
async def test_what_came_before_receipts_are_erased_is_not_denied(
    ask: Ask, clock: ManualClock, since: timedelta | None, told: str
) -> None:
    if since:
        await ask("/subscribe 8:30 Shanghai")
        clock.advance(since)
    assert told in plain((await ask("/why")).document.blocks)
