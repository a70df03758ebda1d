"""The whole program on Discord: ``paperboy run`` as a process against a strict REST and gateway server."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.fakes.discord import TOKEN, FakeDiscord, fake_discord

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = Path(__file__).parents[2]
TODAY = datetime.now(UTC).date()
STORIES = "\n\n".join(
    f"- **Model {number}** — {'Open weights, for everybody. ' * 12}[Read more](https://news.example.com/{number})"
    for number in range(40)
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
class Bot:
    """The program, and the server that it talks to."""

    fake: FakeDiscord
    environment: dict[str, str]
    folder: Path

    async def call(self, *arguments: str) -> str:
        """Call the program beside the running one; return what it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bots", *arguments, cwd=ROOT, env=self.environment, stdout=asyncio.subprocess.PIPE
        )
        printed, _errors = await process.communicate()
        return printed.decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("discord")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(folder: Path) -> AsyncIterator[Bot]:
    issues = folder / "issues" / "daily" / "en"
    issues.mkdir(parents=True)
    (issues / f"{TODAY}.md").write_text(ISSUE, encoding="utf-8")
    own = {name: value for name, value in os.environ.items() if not name.startswith("PAPERBOY_")}
    async with fake_discord() as fake:
        environment = own | {
            "PAPERBOY_DATA_DIR": str(folder / "data"),
            "PAPERBOY_DESK__PORT": "0",
            "PAPERBOY_ISSUES": str(folder / "issues"),
            "PAPERBOY_DISCORD__TOKEN": TOKEN,
            "PAPERBOY_DISCORD__API_URL": fake.url,
            "COLUMNS": "200",
        }
        with (folder / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bots", "run", cwd=ROOT, env=environment, stdout=log, stderr=log
            )
            try:
                await fake.until(lambda: fake.beats and fake.identified, 30)
                yield Bot(fake, environment, folder)
            finally:
                process.send_signal(signal.SIGTERM)
                code = await asyncio.wait_for(process.wait(), 20)
        logged = (folder / "log").read_text(encoding="utf-8")
        assert code == 0, logged
        assert TOKEN.rpartition(".")[2] not in logged
        assert "Traceback" not in logged, logged


async def test_today_is_a_card_whose_buttons_turn_its_pages_in_place(bot: Bot) -> None:
    card = await bot.fake.slash("today")
    assert card.kind == 4
    assert not card.private
    assert "Polaris 2 is out" in card.text
    models = await bot.fake.press(card.message, next(label for label in card.labels if "Models" in label))
    assert models.kind == 7
    assert "Model 0" in models.text
    assert "Model 39" not in models.text
    turned = await bot.fake.press(models.message, "›")
    assert turned.kind == 7
    assert "Model 0\n" not in turned.text
