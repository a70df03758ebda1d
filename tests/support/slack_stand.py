"""Slack as the program serves it, in this process, against the strict server: for tests of one thing each."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bots.settings import Settings, SlackSettings
from bots.slack.platform import SlackPlatform
from bots.wiring import House, open_house
from core.commands.guard import Guard, Rate
from core.digest.model import IssueRef
from core.digest.parse import parse
from core.storage.subscriptions import SqlSubscriptions
from core.target import Target
from tests.fakes.slack import APP_TOKEN, FakeSlack, fake_slack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.fakes.slack_world import Team

Json = dict[str, Any]

HOME = "THOME"
SHOWN = frozenset({"views.open", "views.update", "views.publish"})
OPENED = frozenset({"views.open"})
SOURCE = """# Polaris 2 is out

**2026-11-20**

Everything that happened.

## 🧠 MODELS

- **Polaris 2** — Open weights, for everybody. [Read more](https://news.example.com/polaris)

## 🔧 DEV

- **Beaver CLI 1.4** — A coding agent for the terminal. [Notes](https://beaver.example.com/1.4)

## 🎓 MODEL LITERACY: What is MoE?

A mixture of experts.
"""


@dataclass
class Stand:
    """A platform that listens over a socket, and the Slack that it listens to."""

    fake: FakeSlack
    team: Team
    house: House
    platform: SlackPlatform

    def target(self, channel: str) -> Target:
        return Target(platform="slack", account=self.team.id, chat=channel)

    async def slash(self, line: str, *, channel: str = "C1", user: str = "U1") -> Json:
        """Give a slash command; return the last answer to it."""
        return await self.fake.answered("slash_commands", self.fake.slash(self.team.id, channel, user, line))

    async def press(self, message: Json, label: str, *, channel: str = "C1", user: str = "U1") -> Json:
        """Press a button of a message; return the last answer to that."""
        return await self.fake.answered("interactive", self.fake.press(self.team.id, channel, user, message, label))

    async def form(self, line: str, *, channel: str = "C1", user: str = "U1") -> Json:
        """Give a slash command that opens a modal; return that."""
        return await self._viewed("slash_commands", self.fake.slash(self.team.id, channel, user, line), OPENED)

    async def shortcut(self, payload: Json) -> Json:
        """Use a shortcut; return the modal that it opens, once it is filled."""
        return await self._viewed("interactive", payload, OPENED)

    async def press_in(self, view: Json, label: str, *, user: str = "U1", shows: str = "") -> Json:
        """Press a button of a view; return the view that this shows: a modal, unless ``shows`` names another method."""
        method = shows or ("views.open" if view["type"] == "home" else "views.update")
        payload = self.fake.press_in_view(self.team.id, user, view, label)
        return await self._viewed("interactive", payload, frozenset({method}), user)

    async def home(self, user: str) -> Json:
        """Open the home tab; return it."""
        event = {"type": "app_home_opened", "user": user, "channel": f"D{user}", "tab": "home"}
        return await self._viewed(
            "events_api", self.fake.event(self.team.id, event), frozenset({"views.publish"}), user
        )

    async def submit(self, view: Json, values: Json, *, user: str = "U1") -> Json:
        """Submit a modal; return what it is acknowledged with."""
        return await self.fake.push("interactive", self.fake.submit(self.team.id, user, view, values))

    async def _viewed(self, kind: str, payload: Json, methods: frozenset[str], user: str = "") -> Json:
        before = len(self.viewed(methods, user))
        await self.fake.push(kind, payload)
        await self.fake.until(lambda: len(self.viewed(methods, user)) > before)
        return self.viewed(methods, user)[-1]

    def viewed(self, methods: frozenset[str] = SHOWN, user: str = "") -> list[Json]:
        """Return the views that were shown like this, oldest first; homes only of ``user``, if one is named."""
        accepted = [call.payload for call in self.fake.seen if call.method in methods and not call.error]
        return [call["view"] for call in accepted if not user or call.get("user_id", user) == user]

    async def say(self, text: str, *, channel: str, thread: str = "", kind: str = "message", user: str = "U1") -> Json:
        """Say something; return the message that answers it, once it is finished."""
        before = set(self.fake.messages)
        await self.fake.push("events_api", self.said(text, channel=channel, thread=thread, kind=kind, user=user))

        def finished() -> list[Json]:
            new = [said for place, said in self.fake.messages.items() if place not in before]
            return [said for said in new if not said.get("streaming") and said["blocks"]]

        await self.fake.until(lambda: bool(finished()))
        return finished()[-1]

    def said(self, text: str, *, channel: str, thread: str = "", kind: str = "message", user: str = "U1") -> Json:
        """Return the event of something that a reader said."""
        event: Json = {"type": kind, "channel": channel, "user": user, "text": text, "ts": self.fake.stamp()}
        if channel.startswith("D"):
            event["channel_type"] = "im"
        elif channel in self.team.chats and kind == "message":
            event["channel_type"] = "mpim"
        if thread:
            event["thread_ts"] = thread
        return self.fake.event(self.team.id, event)


@asynccontextmanager
async def slack_stand(folder: Path, *, issue: str = SOURCE, **settings: Any) -> AsyncIterator[Stand]:  # noqa: ANN401  any setting
    """Serve one workspace with an issue in the archive until the block ends."""
    async with fake_slack() as fake, open_house(Settings(data_dir=folder)) as house:
        channels = {f"C{number}": True for number in range(1, 10)} | {"CPUBLIC": False, "GPRIVATE": False}
        team = fake.team(HOME, channels=channels)
        platform = platform_of(fake, team, house, app_token=APP_TOKEN, **settings)
        await publish(house, issue)
        serving = asyncio.create_task(platform.serve())
        try:
            yield Stand(fake, team, house, platform)
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving


def platform_of(fake: FakeSlack, team: Team, house: House, **settings: Any) -> SlackPlatform:  # noqa: ANN401  any setting
    """Return the platform of one workspace."""
    return SlackPlatform(
        SlackSettings(api_url=fake.url, bot_token=team.token, **settings),  # type: ignore[arg-type]  # pydantic makes secrets of them
        services=replace(house.services, guard=Guard(Rate(burst=1000))),
        notes=house.notes,
        receipts=house.receipts,
        pool=house.pool,
        subscriptions=SqlSubscriptions(house.database),
    )


async def publish(house: House, source: str, *, lang: str = "en") -> IssueRef:
    """Put an issue of today into the archive."""
    ref = IssueRef(edition="daily", date=datetime.now(UTC).date(), lang=lang)
    text = source.replace("2026-11-20", ref.date.isoformat())
    parsed = parse(text, vocabulary=house.services.vocabulary)
    await house.publish(text, parsed.issue)
    return ref
