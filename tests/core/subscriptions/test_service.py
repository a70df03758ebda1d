"""Subscribing, changing, pausing, moving, ending."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from clock import ManualClock
from core.errors import UsageError
from core.schedule.next_run import next_run
from core.storage.subscriptions import SqlSubscriptions
from core.subscriptions.model import Slot
from core.subscriptions.service import SubscriptionService, Wish
from core.target import Target

if TYPE_CHECKING:
    from core.storage.engine import Database

NOW = datetime(2026, 2, 19, 10, 0, tzinfo=UTC)
HERE = Target(platform="desk", account="", chat="room")
TOPIC = Target(platform="desk", account="", chat="room", thread="7")
MORNING = Slot(time=time(8, 30), zone="Asia/Shanghai")
EVENING = Slot(time=time(20), zone="Europe/Berlin")
TOMORROW_MORNING = datetime(2026, 2, 20, 0, 30, tzinfo=UTC)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def service(database: Database, clock: ManualClock) -> SubscriptionService:
    return SubscriptionService(SqlSubscriptions(database), clock, next_run)


async def test_subscribing_opens_a_round_for_the_next_time_of_the_slot(service: SubscriptionService) -> None:
    outcome = await service.subscribe(HERE, "daily", slot=MORNING, lang="zh", by="ada")
    assert outcome.before is None
    assert await service.due(outcome.after) == TOMORROW_MORNING
    assert await service.find(HERE, "daily") == outcome.after
    assert (outcome.after.created_by, outcome.after.created_at, outcome.after.id > 0) == ("ada", NOW, True)


async def test_a_second_subscribe_changes_the_hour(service: SubscriptionService) -> None:
    first = await service.subscribe(HERE, "daily", slot=MORNING, lang="zh")
    second = await service.subscribe(HERE, "daily", slot=EVENING, lang="zh")
    assert second.changed == {"slot"}
    assert second.after.id == first.after.id
    assert [each.slot for each in await service.of_target(HERE)] == [EVENING]


async def test_the_same_subscribe_again_changes_nothing(service: SubscriptionService) -> None:
    await service.subscribe(HERE, "daily", slot=MORNING, lang="zh")
    assert (await service.subscribe(HERE, "daily", slot=MORNING, lang="zh")).changed == frozenset()


async def test_editions_are_subscribed_side_by_side(service: SubscriptionService) -> None:
    await service.subscribe(HERE, "daily", slot=MORNING, lang="zh")
    await service.subscribe(HERE, "weekly", slot=EVENING, lang="en")
    assert {each.edition for each in await service.of_target(HERE)} == {"daily", "weekly"}


async def test_a_wish_changes_only_what_it_names(service: SubscriptionService) -> None:
    await service.subscribe(HERE, "daily", slot=MORNING, lang="zh", wish=Wish(extras={"pin": "yes", "form": "rich"}))
    wish = Wish(style="full", silent=True, without=frozenset({"tips"}), lang="en", extras={"pin": ""})
    outcome = await service.change(HERE, "daily", wish)
    assert outcome.changed == {"style", "silent", "without", "lang", "extras"}
    assert outcome.after.extras == {"form": "rich"}
    kept = await service.find(HERE, "daily")
    assert kept == outcome.after
    again = await service.change(HERE, "daily", Wish(silent=False, without=frozenset()))
    assert (again.after.silent, again.after.without, again.after.style) == (False, frozenset(), "full")


async def test_a_pause_lasts_whole_days_and_can_be_ended(service: SubscriptionService) -> None:
    await service.subscribe(HERE, "daily", slot=MORNING, lang="zh")
    assert (await service.pause(HERE, "daily", 3)).after.paused_until == NOW + timedelta(days=3)
    assert (await service.resume(HERE, "daily")).after.paused_until is None


@pytest.mark.parametrize("days", [0, -1, 366])
async def test_a_pause_has_bounds(service: SubscriptionService, days: int) -> None:
    await service.subscribe(HERE, "daily", slot=MORNING, lang="zh")
    with pytest.raises(UsageError, match="/pause 3"):
        await service.pause(HERE, "daily", days)


async def test_subscribing_ends_a_pause(service: SubscriptionService) -> None:
    await service.subscribe(HERE, "daily", slot=MORNING, lang="zh")
    await service.pause(HERE, "daily", 3)
    assert (await service.subscribe(HERE, "daily", slot=MORNING, lang="zh")).after.paused_until is None


async def test_who_returns_finds_the_old_settings(service: SubscriptionService) -> None:
    await service.subscribe(HERE, "daily", slot=MORNING, lang="zh", wish=Wish(style="full"))
    ended = await service.unsubscribe(HERE, "daily")
    assert (await service.find(HERE, "daily"), await service.of_target(HERE)) == (None, [])
    back = await service.subscribe(HERE, "daily", slot=EVENING, lang="zh")
    assert (back.after.id, back.after.style, back.after.ended) == (ended.after.id, "full", "")


@pytest.mark.parametrize("speak", ["en", "zh"])
async def test_what_is_not_subscribed_cannot_be_changed(service: SubscriptionService, speak: str) -> None:
    await service.subscribe(TOPIC, "daily", slot=MORNING, lang="zh")
    for attempt in (
        service.unsubscribe(HERE, "daily", speak=speak),
        service.change(HERE, "daily", Wish(silent=True), speak=speak),
        service.pause(HERE, "daily", 1, speak=speak),
        service.resume(HERE, "daily", speak=speak),
    ):
        with pytest.raises(UsageError, match="/subscribe 8:30") as refusal:
            await attempt
        assert ("订阅" in str(refusal.value)) == (speak == "zh")


async def test_a_topic_ends_alone_and_a_chat_with_its_topics(service: SubscriptionService) -> None:
    for target in (HERE, TOPIC):
        await service.subscribe(target, "daily", slot=MORNING, lang="zh")
    assert await service.end(TOPIC, "topic closed") == 1
    assert await service.of_target(TOPIC) == []
    assert len(await service.of_target(HERE)) == 1
    await service.subscribe(TOPIC, "daily", slot=MORNING, lang="zh")
    assert await service.end_chat(HERE, "kicked") == 2
    assert await service.of_target(HERE) == []


async def test_a_chat_that_opens_again_is_paused_no_more(service: SubscriptionService) -> None:
    for target in (HERE, TOPIC):
        await service.subscribe(target, "daily", slot=MORNING, lang="zh")
        await service.pause(target, "daily", 7)
    assert await service.resume_chat(TOPIC) == 2
    assert [each.paused_until for each in await service.of_target(HERE)] == [None]


async def test_a_chat_moves_with_its_topics(service: SubscriptionService) -> None:
    for target in (HERE, TOPIC):
        await service.subscribe(target, "daily", slot=MORNING, lang="zh")
    assert await service.move(HERE, "new") == 2
    assert await service.of_target(HERE) == []
    assert [each.target for each in await service.of_target(TOPIC.moved_to("new"))] == [TOPIC.moved_to("new")]


async def test_a_chat_that_moves_onto_a_subscription_leaves_it_alone(service: SubscriptionService) -> None:
    await service.subscribe(HERE, "daily", slot=MORNING, lang="zh")
    await service.subscribe(HERE.moved_to("new"), "daily", slot=EVENING, lang="zh")
    await service.move(HERE, "new")
    assert [each.slot for each in await service.of_target(HERE.moved_to("new"))] == [EVENING]
    assert await service.of_target(HERE) == []


async def test_a_chat_that_moves_onto_an_ended_subscription_revives_it(
    service: SubscriptionService, clock: ManualClock
) -> None:
    await service.subscribe(HERE.moved_to("new"), "daily", slot=EVENING, lang="en")
    await service.unsubscribe(HERE.moved_to("new"), "daily")
    clock.advance(timedelta(days=1))
    await service.subscribe(HERE, "daily", slot=MORNING, lang="zh")
    await service.move(HERE, "new")
    [moved] = await service.of_target(HERE.moved_to("new"))
    assert (moved.slot, moved.lang, moved.created_at) == (MORNING, "zh", NOW)
    assert await service.of_target(HERE) == []
