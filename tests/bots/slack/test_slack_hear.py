from __future__ import annotations

from typing import Any

import pytest

from bots.slack.hear import is_for_us, names_us, slash_line, spoken_line, unescaped
from bots.slack.names import slash_name
from core.commands.registry import COMMANDS


@pytest.mark.parametrize(
    ("name", "text", "prefix", "line"),
    [
        ("/today", "", "", ("today", "")),
        ("/news-today", "en", "news-", ("today", "en")),
        ("/paperboy", "today", "news-", ("today", "")),
        ("/paperboy", "explain MoE", "", ("explain", "MoE")),
        ("/paperboy", "what is MoE?", "", ("ask", "what is MoE?")),
        ("/paperboy", "", "", ("help", "")),
        ("/paperboy-search", "MoE &amp; friends", "", ("search", "MoE & friends")),
        ("/paperboy-apps", "", "news-", ("apps", "")),
    ],
)
def test_slash_commands_are_read(name: str, text: str, prefix: str, line: tuple[str, str]) -> None:
    assert slash_line(name, text, prefix) == line


@pytest.mark.parametrize("prefix", ["", "news-"])
def test_every_command_is_known_by_the_name_that_the_manifest_gives_it(prefix: str) -> None:
    assert [slash_line(f"/{slash_name(name, prefix)}", "", prefix)[0] for name in COMMANDS] == list(COMMANDS)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("today", ("today", "")),
        ("/today zh", ("today", "zh")),
        ("search beaver cli", ("search", "beaver cli")),
        ("why is it slow", ("ask", "why is it slow")),
        ("new", ("new", "")),
        ("models yesterday", ("models", "yesterday")),
        ("issue Feb 29", ("issue", "Feb 29")),
        ("section research", ("section", "research")),
        ("help subscribe", ("help", "subscribe")),
        ("subscribe 8:30 Shanghai", ("subscribe", "8:30 Shanghai")),
        ("help me understand MoE", ("ask", "help me understand MoE")),
        ("models from Google this week?", ("ask", "models from Google this week?")),
        ("today what happened?", ("ask", "today what happened?")),
        ("pick a model for me", ("ask", "pick a model for me")),
        ("new models this week?", ("ask", "new models this week?")),
        ("forgetme", ("forgetme", "")),
        ("Polaris 是什么？", ("ask", "Polaris 是什么？")),
        ("/story abc daily/en/2026-02-19", ("story", "abc daily/en/2026-02-19")),
    ],
)
def test_words_are_a_command_or_a_question(text: str, line: tuple[str, str]) -> None:
    assert spoken_line(text) == line


def test_a_bracket_that_begins_no_link_takes_no_words_away() -> None:
    assert unescaped("is 3 < 4 in <https://example.com/a|this>?") == "is 3 < 4 in this?"
    assert unescaped("<@ and <@U1|ann>") == "<@ and ann"


def test_links_and_mentions_become_words() -> None:
    said = "<@UBOT> what about <https://example.com/a|this &lt;thing&gt;> in <#C1|general>?"
    assert unescaped(said) == "what about this <thing> in general?"


@pytest.mark.parametrize(
    ("event", "answered"),
    [
        ({"user": "U1", "text": "and then?"}, True),
        ({"user": "U1", "text": "and then?", "subtype": "thread_broadcast"}, True),
        ({"user": "U1", "text": "edited", "subtype": "message_changed"}, False),
        ({"user": "UBOT", "text": "mine"}, False),
        ({"user": "U2", "bot_id": "B2", "text": "another app"}, False),
        ({"user": "U1", "text": "<@UBOT> hello"}, False),
        ({"user": "U1", "text": "<@U2> what do you think?"}, False),
        ({"user": "U1", "text": "<@UBOT> hello", "channel_type": "im"}, True),
    ],
)
def test_only_what_people_write_is_answered_and_once(event: dict[str, Any], answered: object) -> None:
    assert is_for_us(event, "UBOT") is answered


@pytest.mark.parametrize(
    ("event", "named"),
    [
        ({"text": "<@UBOT> hello", "channel_type": "mpim"}, True),
        ({"text": "and <@UBOT|paperboy>?", "channel_type": "mpim"}, True),
        ({"text": "<@U2> hello", "channel_type": "mpim"}, False),
        ({"text": "<@UBOT> hello", "channel_type": "mpim", "subtype": "message_changed"}, False),
        ({"text": "<@UBOT> hello", "channel_type": "channel"}, False),
    ],
)
def test_a_mention_in_a_group_chat_may_come_as_a_message_alone(event: dict[str, Any], named: object) -> None:
    assert names_us(event, "UBOT") is named
