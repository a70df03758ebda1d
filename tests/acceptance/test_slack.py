"""The whole program on Slack: ``paperboy run`` as a process against a strict Slack of two workspaces."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from tests.fakes.slack import (
    APP_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    SIGNING_SECRET,
    FakeSlack,
    fake_slack,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = Path(__file__).parents[2]
TODAY = datetime.now(UTC).date()
HOME, OTHER = "THOME", "TOTHER"
Json = dict[str, Any]
STORIES = "\n\n".join(
    f"- **Model {number}** — {'Open weights, for everybody. ' * 12}[Read more](https://news.example.com/{number})"
    for number in range(60)
)
ISSUE = f"""# Polaris 2 is out, and small models learn to see

**{TODAY:%Y-%m-%d}**

Everything that happened, in five minutes.

## 🧠 MODELS

{STORIES}

## 🔧 DEV

- **Beaver CLI 1.4** — A coding agent for the terminal. [Notes](https://beaver.example.com/1.4)

## 🎯 PICK OF THE DAY: Beaver CLI 1.4

The first one that makes you forget it is a tool.
"""


@dataclass
class Program:
    """The program, the Slack that it talks to, and the desk's address."""

    fake: FakeSlack
    environment: dict[str, str]
    desk: str
    issue: Path

    async def slash(self, line: str, *, channel: str = "C1", user: str = "U1", team: str = HOME) -> Json:
        """Give a slash command; return the last answer to it."""
        return await self._answered("slash_commands", self.fake.slash(team, channel, user, line))

    async def press(self, message: Json, label: str, *, channel: str = "C1", user: str = "U1") -> Json:
        """Press a button; return the last answer to that."""
        return await self._answered("interactive", self.fake.press(HOME, channel, user, message, label))

    async def _answered(self, kind: str, payload: Json) -> Json:
        number = payload["response_url"].rpartition("/")[2]

        def answers() -> list[Json]:
            return [call.payload for call in self.fake.seen if call.payload.get("_address") == number]

        await self.fake.push(kind, payload)
        await self.fake.until(lambda: bool(answers()))
        assert not [call.error for call in self.fake.seen if call.method == "respond" and call.error]
        return answers()[-1]

    async def say(self, text: str, *, channel: str, kind: str = "message", **more: Any) -> Json:  # noqa: ANN401  any field
        """Say something; return the message that answers it."""
        before = len(self.fake.posts(channel))
        event = {"type": kind, "channel": channel, "user": "U1", "text": text, "ts": "1660000000.000001", **more}
        await self.fake.push("events_api", self.fake.event(HOME, event))
        await self.fake.until(
            lambda: len(self.fake.posts(channel)) > before and not self.fake.posts(channel)[-1].get("streaming")
        )
        return self.fake.posts(channel)[-1]

    async def call(self, *arguments: str) -> str:
        """Call the program beside the running one; return what it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bots", *arguments, cwd=ROOT, env=self.environment, stdout=asyncio.subprocess.PIPE
        )
        printed, _errors = await process.communicate()
        return printed.decode()


@asynccontextmanager
async def running(fake: FakeSlack, folder: Path) -> AsyncIterator[Program]:
    issue = folder / "issues" / "daily" / "en" / f"{TODAY}.md"
    issue.parent.mkdir(parents=True)
    issue.write_text(ISSUE, encoding="utf-8")
    own = {name: value for name, value in os.environ.items() if not name.startswith("PAPERBOY_")}
    environment = own | {
        "PAPERBOY_DATA_DIR": str(folder / "data"),
        "PAPERBOY_DESK__PORT": "0",
        "PAPERBOY_ISSUES": str(folder / "issues"),
        "PAPERBOY_SLACK__BOT_TOKEN": f"xoxb-{HOME}",
        "PAPERBOY_SLACK__APP_TOKEN": APP_TOKEN,
        "PAPERBOY_SLACK__SIGNING_SECRET": SIGNING_SECRET,
        "PAPERBOY_SLACK__CLIENT_ID": CLIENT_ID,
        "PAPERBOY_SLACK__CLIENT_SECRET": CLIENT_SECRET,
        "PAPERBOY_SLACK__TOKEN_KEY": "a key that only this test knows",
        "PAPERBOY_SLACK__API_URL": fake.url,
        "COLUMNS": "200",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bots", "run", cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
    try:
        yield Program(fake, environment, line.split()[-1], issue)
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def program(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    async with fake_slack() as fake:
        channels = {f"C{number}": True for number in range(1, 8)} | {"CPUBLIC": False, "GPRIVATE": False}
        fake.team(HOME, channels=channels)
        fake.team(OTHER, channels={"CX": True})
        async with running(fake, tmp_path_factory.mktemp("slack")) as program:
            yield program


async def test_a_slash_command_is_answered_to_the_reader_alone_and_can_be_shared(program: Program) -> None:
    card = await program.slash("/today")
    assert card["response_type"] == "ephemeral"
    assert "Polaris 2 is out" in text_of(card)
    await program.press(card, "Share with channel")
    await program.fake.until(lambda: any(said.get("delete_original") for said in program.fake.calls("respond")))
    shared = program.fake.calls("respond")[-2]
    assert shared["response_type"] == "in_channel"
    assert "Polaris 2 is out" in text_of(shared)


async def test_sections_open_and_pages_turn_in_place(program: Program) -> None:
    card = await program.slash("/today")
    section = await program.press(card, "Dev")
    assert section["replace_original"]
    assert "Beaver CLI 1.4" in text_of(section)
    models = await program.slash("/models")
    assert "Model 0" in text_of(models)
    turned = await program.press(models, "›")
    assert turned["replace_original"]
    assert "Model 0 " not in text_of(turned)


async def test_the_name_of_the_app_with_a_command_does_the_same(program: Program) -> None:
    assert "Polaris 2 is out" in text_of(await program.slash("/paperboy today"))
    assert "Beaver" in text_of(await program.slash("/paperboy what is beaver?"))
