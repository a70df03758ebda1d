"""A corrected issue changes the post and its thread in Slack, a withdrawn one leaves a notice: the real parts."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

import pytest

from bots.slack import answers
from core.commands.dispatch import dispatch
from core.delivery.port import Account
from core.storage.agenda import SqlAgenda
from core.subscriptions.model import Slot
from core.subscriptions.service import Wish
from couriers import carry
from slack_stand import HOME, Stand, publish, slack_stand
from tests.fakes.slack_views import text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from core.commands.model import Reply, Request
    from core.commands.services import Services


def issue(stories: int, first: str = "Right") -> str:
    rest = [f"- **Story {number}** — {'More about it. ' * 20}" for number in range(1, stories)]
    return "\n\n".join([f"# {first} news", "**2026-11-20**", "## Models", f"- **{first}** — The first one.", *rest])


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    async with slack_stand(tmp_path, issue=issue(3, "Wrong")) as stand:
        yield stand


async def correct(stand: Stand) -> None:
    """Plan corrections of what was changed, and carry everything out."""
    now = stand.house.clock.now()
    await SqlAgenda(stand.house.database).amend(now, settled=now + timedelta(hours=1))
    await carry(stand.house, Account(platform="slack", account=HOME), stand.platform.sender)


async def post(stand: Stand, channel: str = "C1", extras: Mapping[str, str] | None = None) -> None:
    """Bring the issue into a channel."""
    slot = Slot(time=time(8), zone="UTC")
    wish = Wish(extras=extras or {})
    await stand.house.services.subscriptions.subscribe(stand.target(channel), "daily", slot=slot, lang="en", wish=wish)
    await stand.house.pusher.push("daily")
    await correct(stand)


def thread(stand: Stand, channel: str = "C1") -> str:
    return " ".join(map(text_of, stand.fake.posts(channel)[1:]))


async def test_a_corrected_word_changes_the_post_and_its_thread_and_posts_nothing(stand: Stand) -> None:
    await post(stand)
    before = [said["ts"] for said in stand.fake.posts("C1")]
    await publish(stand.house, issue(3, "Right"))
    await correct(stand)
    assert [said["ts"] for said in stand.fake.posts("C1")] == before
    card = text_of(stand.fake.posts("C1")[0])
    assert "Right" in card
    assert "Wrong" not in card
    assert "Corrected on" in card
    assert "Right" in thread(stand)
    assert "Wrong" not in thread(stand)


async def test_what_a_correction_adds_goes_into_the_thread_and_what_it_drops_is_taken_back(stand: Stand) -> None:
    await post(stand)
    await publish(stand.house, issue(80))
    await correct(stand)
    assert "Story 79" in thread(stand)
    pages = len(stand.fake.posts("C1"))
    assert sum("thread_ts" not in said for said in stand.fake.posts("C1")) == 1
    await publish(stand.house, issue(5))
    await correct(stand)
    assert len(stand.fake.posts("C1")) < pages
    assert "Story 79" not in thread(stand)


async def test_a_withdrawn_issue_leaves_a_notice_in_the_place_of_the_post(stand: Stand) -> None:
    await post(stand)
    (head,) = await stand.house.archive.heads(edition="daily")
    await stand.house.archive.withdraw(head.ref)
    await correct(stand)
    (left,) = stand.fake.posts("C1")
    assert "has been withdrawn" in text_of(left)


async def test_everything_may_stand_in_the_channel_if_it_is_wished_so(stand: Stand) -> None:
    await post(stand, "C2", {"thread": "off"})
    assert len(stand.fake.posts("C2")) > 1
    assert all("thread_ts" not in said for said in stand.fake.posts("C2"))


async def test_a_question_in_the_thread_of_a_post_is_about_its_issue(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post(stand)
    heard: list[Request] = []

    async def hear(request: Request, services: Services) -> Reply:
        heard.append(request)
        return await dispatch(request, services)

    monkeypatch.setattr(answers, "dispatch", hear)
    root = stand.fake.posts("C1")[0]["ts"]
    answer = await stand.say(f"<@{stand.team.bot}> and what else?", channel="C1", thread=root, kind="app_mention")
    assert answer["thread_ts"] == root
    (head,) = await stand.house.archive.heads(edition="daily")
    assert [(request.context.issue, request.context.thread) for request in heard] == [(str(head.ref), root)]
