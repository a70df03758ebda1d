"""How often each method may be called in a workspace. https://docs.slack.dev/apis/web-api/rate-limits."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from core.commands.guard import Bucket, Rate, take
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.clock import Clock

Key: TypeAlias = tuple[str, ...]

TIERS: Mapping[str, int] = {
    "apps.connections.open": 1,
    "assistant.threads.setStatus": 600,
    "assistant.threads.setSuggestedPrompts": 100,
    "auth.test": 100,
    "chat.appendStream": 100,
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "chat.startStream": 20,
    "chat.stopStream": 20,
    "chat.update": 50,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.join": 50,
    "conversations.open": 50,
    "conversations.replies": 50,
    "users.conversations": 50,
    "users.info": 100,
    "views.open": 100,
    "views.publish": 100,
    "views.update": 100,
}
"""Calls a minute, by the tier that each method's page names."""
POST = "chat.postMessage"
POSTS, POSTS_OF_A_CHANNEL = Rate(burst=5, per_second=5), Rate(burst=3, per_second=1)
"""Posts have no tier: several hundred a minute in a workspace, one a second in a channel, short bursts apart."""
PATIENCE = timedelta(seconds=5)
"""Who would have to wait for longer is told so instead."""
REMEMBERED = 20_000


def rate_of(calls_a_minute: int) -> Rate:
    """Return a rate that never exceeds so many calls in any minute: half of them at once, the others evenly."""
    return Rate(burst=max(1, calls_a_minute / 2), per_second=calls_a_minute / 2 / 60)


class Budget:
    """Lets calls pass at the rate of their method, each workspace (token) for itself, and keeps what Slack asks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: OrderedDict[Key, Bucket] = OrderedDict()
        self._held: dict[Key, datetime] = {}

    async def turn(self, method: str, arguments: Mapping[str, Any], token: str) -> None:
        """Wait until the call may be made. Raises ``SendError`` of kind "wait" if that takes too long."""
        for key, rate in _counted(method, arguments, token):
            while wait := self._wait(key, rate):
                if wait > PATIENCE:
                    raise SendError("wait", "over budget", retry_after=wait, scope="method")
                await self._clock.sleep(wait)

    def hold(self, method: str, token: str, pause: timedelta) -> None:
        """Let no call of the method pass in this workspace for a while."""
        self._held[token, method] = self._clock.now() + pause

    def _wait(self, key: Key, rate: Rate) -> timedelta:
        """Count a call that may be made now, or return how long it must wait."""
        now = self._clock.now()
        if (held := self._held.get(key)) and held > now:
            return held - now
        verdict = take(self._buckets.get(key), now, rate)
        self._buckets[key] = verdict.bucket
        self._buckets.move_to_end(key)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return timedelta(seconds=verdict.wait)


def _counted(method: str, arguments: Mapping[str, Any], token: str) -> Iterator[tuple[Key, Rate]]:
    if method == POST:
        yield (token, method), POSTS
        yield (token, method, str(arguments["channel"])), POSTS_OF_A_CHANNEL
    else:
        yield (token, method), rate_of(TIERS[method])
