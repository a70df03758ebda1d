"""The registry as Discord's commands."""

from __future__ import annotations

import pytest

from bots.discord.menu import commands
from core.commands.registry import COMMANDS
from discord_rules import command_problems

REGISTERED = {command["name"]: command for command in commands()}


def test_every_command_that_readers_type_is_a_slash_command_everywhere() -> None:
    assert {name for name, command in COMMANDS.items() if command.menu} <= REGISTERED.keys()
    assert {"ask", "new", "forgetme", "Explain this", "Ask about this"} <= REGISTERED.keys()
    assert all(command["integration_types"] == [0, 1] for command in REGISTERED.values())
    assert all(command["contexts"] == [0, 1, 2] for command in REGISTERED.values())


@pytest.mark.parametrize("name", REGISTERED)
def test_each_is_within_the_limits_and_named_in_chinese(name: str) -> None:
    command = REGISTERED[name]
    assert list(command_problems(command)) == []
    for one in (command, *command.get("options", [])):
        assert one["name_localizations"].keys() == {"zh-CN", "zh-TW"}, one["name"]
        assert all(text.isascii() is False for text in one["name_localizations"].values())


def test_taiwan_reads_its_own_words_and_characters() -> None:
    settings = REGISTERED["settings"]
    assert settings["name_localizations"]["zh-TW"] == "設定"
    assert settings["description_localizations"] == {
        "zh-CN": "时间、语言、栏目等设置",
        "zh-TW": "時間、語言、單元等設定",
    }
    deep = REGISTERED["explain"]["options"][1]["choices"][1]
    assert (deep["name"], deep["name_localizations"]["zh-TW"], deep["value"]) == ("In depth", "講深一點", "deep")


def test_few_choices_are_shown_and_what_can_be_looked_up_is_completed() -> None:
    options = {
        (name, option["name"]): option for name, command in REGISTERED.items() for option in command.get("options", [])
    }
    assert [choice["value"] for choice in options["today", "lang"]["choices"]] == ["zh", "en"]
    open_ended = {name for name, one in options.items() if not (one.get("autocomplete") or one.get("choices"))}
    assert open_ended == {
        ("ask", "question"),
        *((name, "channel") for name, command in COMMANDS.items() if command.group == "subscribe"),
    }
