"""Links that lead into the bot, however long what they carry is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bots.telegram.links import Links
from bots.telegram.send import Buttons
from clock import ManualClock
from core.storage.notes import SqlNotes

if TYPE_CHECKING:
    from core.storage.engine import Database

LONG = "search " + "词" * 40


@pytest.fixture
def notes(sqlite_database: Database) -> SqlNotes:
    return SqlNotes(sqlite_database, ManualClock())


@pytest.mark.parametrize("line", ["story abcdefgh daily/zh/2026-02-19", LONG])
async def test_a_link_brings_its_line_back_after_a_restart(line: str, notes: SqlNotes) -> None:
    link = await Links("paper_bot", Buttons(notes)).opening(line)
    name, payload = link.split("?start=")
    assert name == "https://t.me/paper_bot"
    assert len(payload) <= 64
    assert await Links("paper_bot", Buttons(notes)).read(payload) == line


async def test_a_payload_of_nobody_or_of_no_command_only_greets(notes: SqlNotes) -> None:
    buttons = Buttons(notes)
    links = Links("paper_bot", buttons)
    assert await links.read("y" + "x" * 22) == "start"
    secret = await links.opening("at -100 " + "why " * 20)
    assert await links.read(secret.partition("start=")[2]) == "start"


@pytest.mark.parametrize(
    ("line", "opened"),
    [
        ("forgetme yes", "forgetme"),
        ("unsubscribe", "settings"),
        ("pause 30", "settings"),
        ("lang zh", "settings"),
        ("settings style full", "settings"),
        ("subscribe 8am", "subscribe 8am"),
        ("ask unsubscribe", "settings"),
        ("ask polaris", "ask polaris"),
    ],
)
async def test_a_link_erases_and_ends_nothing(line: str, opened: str, notes: SqlNotes) -> None:
    links = Links("paper_bot", Buttons(notes))
    assert await links.read(line.replace(" ", "_")) == opened
    assert await links.read((await links.opening(line)).partition("start=")[2]) == opened


async def test_links_to_share_and_to_add(notes: SqlNotes) -> None:
    links = Links("b", Buttons(notes))
    assert (await links.sharing("today", "a & b")).endswith("&text=a%20%26%20b")
    assert links.to_group() == "https://t.me/b?startgroup=subscribe&admin=pin_messages"
    assert links.to_channel().startswith("https://t.me/b?startchannel=subscribe&admin=post_messages")
