"""What every inbox does, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from clock import ManualClock
from core.storage.inbox import KEPT, SqlInbox
from core.target import Target

if TYPE_CHECKING:
    from core.delivery.inbox import Inbox
    from core.storage.engine import Database

READER = Target(platform="paper", account="house", chat="reader")
OTHER = Target(platform="paper", account="house", chat="other")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def inbox(database: Database, clock: ManualClock) -> Inbox:
    return SqlInbox(database, clock)


async def test_pages_come_in_the_order_of_their_arrival_to_their_own_reader(inbox: Inbox) -> None:
    first = await inbox.put(READER, "a", {"text": "一"})
    second = await inbox.put(READER, "b", {"text": "two"})
    await inbox.put(OTHER, "a", {"text": "not yours"})
    assert first < second
    assert [(one.id, one.page, one.content) for one in await inbox.after(READER, 0)] == [
        (first, "a", {"text": "一"}),
        (second, "b", {"text": "two"}),
    ]
    assert [one.id for one in await inbox.after(READER, first)] == [second]


async def test_equal_content_is_no_arrival(inbox: Inbox) -> None:
    first = await inbox.put(READER, "a", {"text": "one"})
    assert await inbox.put(READER, "a", {"text": "one"}) == first
    assert len(await inbox.after(READER, 0)) == 1


@pytest.mark.parametrize("content", [{"text": "corrected"}, None])
async def test_a_change_or_withdrawal_arrives_anew_and_replaces_what_was(
    inbox: Inbox, content: dict[str, str] | None
) -> None:
    first = await inbox.put(READER, "a", {"text": "one"})
    changed = await inbox.put(READER, "a", content)
    assert changed > first
    [kept] = await inbox.after(READER, 0)
    assert (kept.id, kept.content) == (changed, content)


async def test_only_the_newest_are_returned_when_there_are_many(inbox: Inbox) -> None:
    ids = [await inbox.put(READER, str(number), {}) for number in range(5)]
    assert [one.id for one in await inbox.after(READER, 0, limit=2)] == ids[-2:]


async def test_old_pages_are_forgotten_and_their_numbers_never_used_again(inbox: Inbox, clock: ManualClock) -> None:
    old = await inbox.put(READER, "old", {})
    clock.advance(KEPT + timedelta(seconds=1))
    new = await inbox.put(READER, "new", {})
    assert new > old
    assert [one.page for one in await inbox.after(READER, 0)] == ["new"]
