from __future__ import annotations

from datetime import timedelta

import pytest

from bots.slack.budget import TIERS, Budget, rate_of
from clock import ManualClock
from core.delivery.model import SendError


async def seconds(calls: int, method: str, *tokens: str, channel: str = "C1") -> float:
    """Return how long so many calls take in each of the workspaces."""
    clock = ManualClock()
    begun, budget = clock.now(), Budget(clock)
    for number in range(calls):
        for token in tokens or ("one",):
            await budget.turn(method, {"channel": channel.replace("#", str(number))}, token)
    return (clock.now() - begun).total_seconds()


async def test_a_channel_takes_one_post_a_second_after_a_short_burst() -> None:
    assert await seconds(3, "chat.postMessage") == 0
    assert await seconds(13, "chat.postMessage") == pytest.approx(10, abs=0.1)


async def test_a_workspace_takes_several_hundred_posts_a_minute() -> None:
    assert await seconds(305, "chat.postMessage", channel="C#") == pytest.approx(60, abs=0.1)


@pytest.mark.parametrize("method", ["chat.update", "chat.appendStream", "conversations.info"])
async def test_no_minute_holds_more_calls_than_the_tier(method: str) -> None:
    assert await seconds(TIERS[method] + 1, method) >= 60


async def test_workspaces_do_not_wait_for_each_other() -> None:
    assert await seconds(50, "chat.update", "one", "another") == await seconds(50, "chat.update")


async def test_a_wait_that_slack_asked_for_holds_the_method_in_that_workspace_alone() -> None:
    clock = ManualClock()
    budget = Budget(clock)
    budget.hold("chat.update", "one", timedelta(seconds=30))
    await budget.turn("chat.update", {}, "another")
    await budget.turn("views.open", {}, "one")
    with pytest.raises(SendError) as caught:
        await budget.turn("chat.update", {}, "one")
    assert caught.value.retry_after == timedelta(seconds=30)
    clock.advance(timedelta(seconds=28))
    await budget.turn("chat.update", {}, "one")


def test_even_the_lowest_tier_lets_one_call_pass() -> None:
    assert rate_of(1).burst == 1
