"""What the bot takes to be said to it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Message, Update, User

from bots.telegram.hear import is_somebodys, language_of, line_of, setting_meant, target_of, worth_answering
from bots.telegram.links import payload, read_payload
from bots.telegram.zones import zone_at

ME = User(id=42, first_name="Paperboy", is_bot=True, username="Paper_Bot")
NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
MINE = {"message_id": 1, "date": 0, "chat": {"id": -5, "type": "supergroup"}, "from": ME.to_dict(), "text": "Issue"}


def message(text: str, kind: str = "private", **more: Any) -> Message:  # noqa: ANN401  any field
    data = {"message_id": 2, "date": int(NOW.timestamp()), "chat": {"id": -5, "type": kind}, "text": text, **more}
    return Message.de_json(data)


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ("/today", "private", "today"),
        ("/Today zh", "private", "today zh"),
        ("/today@paper_bot 2/19", "supergroup", "today 2/19"),
        ("/today@other_bot", "supergroup", None),
        ("/today@other_bot", "private", None),
        ("/rules", "supergroup", None),
        ("/rules@paper_bot", "supergroup", "rules"),
        ("/rules", "private", "rules"),
        ("what is MoE?", "private", "ask what is MoE?"),
        ("what is MoE?", "supergroup", None),
        ("@paper_bot what is MoE?", "supergroup", "ask what is MoE?"),
        ("@paper_bottle what is MoE?", "supergroup", None),
        ("@paper_bot /today zh", "supergroup", "today zh"),
        ("/rules @paper_bot", "supergroup", "rules"),
        ("@paper_bot /today@other_bot", "supergroup", None),
        ("／today", "private", "today"),
        ("什么是 MoE", "private", "ask 什么是 MoE"),
        ("Post of an editor", "channel", None),
        ("/subscribe 9:00", "channel", "subscribe 9:00"),
        ("", "private", None),
    ],
)
def test_a_message_says(text: str, kind: str, line: str | None) -> None:
    assert line_of(message(text, kind), ME) == line


OTHER = {"id": 5, "is_bot": True, "first_name": "Other"}
GROUP = {"id": -5, "type": "supergroup"}


@pytest.mark.parametrize(
    ("more", "heard"),
    [
        ({"from": {**OTHER, "is_bot": False}}, True),
        ({"from": OTHER, "sender_chat": GROUP}, True),
        ({"from": OTHER}, False),
        ({"via_bot": ME.to_dict()}, False),
        ({"via_bot": OTHER}, True),
        ({"is_automatic_forward": True}, False),
    ],
    ids=["person", "anonymous admin", "bot", "a story of ours", "a picture of another bot", "post of a channel"],
)
def test_only_what_people_say_is_heard(more: dict[str, Any], *, heard: bool) -> None:
    assert is_somebodys(message("/today@paper_bot", "supergroup", **more), ME) is heard


def test_a_reply_to_the_bot_in_a_group_is_a_question() -> None:
    assert line_of(message("why?", "supergroup", reply_to_message=MINE), ME) == "ask why?"


def test_our_name_below_a_message_asks_what_it_says() -> None:
    asked = {**MINE, "from": {"id": 5, "is_bot": False, "first_name": "Reader"}, "text": "what is MoE?"}
    assert line_of(message("@paper_bot", "supergroup", reply_to_message=asked), ME) == "ask what is MoE?"
    assert line_of(message("@paper_bot", "supergroup"), ME) == "ask"
    assert line_of(message("@paper_bot", "supergroup", reply_to_message=MINE), ME) == "ask"


@pytest.mark.parametrize(
    ("button", "setting"),
    [
        ("settings zone UTC", "settings zone Lisbon"),
        ("settings time 07:00", "settings time Lisbon"),
        ("at -100 settings zone UTC", "at -100 settings zone Lisbon"),
        ("at -100 subscribe 07:00", "at -100 subscribe Lisbon"),
        ("settings days 1", None),
        ("today", None),
    ],
)
def test_an_answer_to_a_page_of_settings_is_the_value(button: str, setting: str | None) -> None:
    buttons = {"inline_keyboard": [[{"text": f"Choice {n}", "callback_data": f"{button}{n}"}] for n in range(2)]}
    said = message("Lisbon", reply_to_message={**MINE, "reply_markup": buttons})
    assert setting_meant(said, ME) == setting
    stranger = {**MINE, "from": {"id": 5, "is_bot": True, "first_name": "Other"}, "reply_markup": buttons}
    assert setting_meant(message("Lisbon", reply_to_message=stranger), ME) is None


def test_one_way_back_asks_for_nothing() -> None:
    undo = {"inline_keyboard": [[{"text": "Undo", "callback_data": "subscribe 08:30 UTC mon"}]]}
    assert setting_meant(message("Lisbon", reply_to_message={**MINE, "reply_markup": undo}), ME) is None


def test_a_topic_is_part_of_the_target() -> None:
    in_topic = message("/today", "supergroup", message_thread_id=5, is_topic_message=True)
    in_reply = message("/today", "supergroup", message_thread_id=5)
    assert target_of(in_topic, "42").key == "telegram:42:-5:5"
    assert target_of(in_reply, "42").key == "telegram:42:-5"


@pytest.mark.parametrize(
    ("code", "lang"), [("zh-hans", "zh"), ("zh-TW", "zh"), ("en", "en"), ("de", None), (None, None)]
)
def test_a_readers_language(code: str | None, lang: str | None) -> None:
    assert language_of(User(id=1, first_name="R", is_bot=False, language_code=code)) == lang


def said(number: int, chat: int, minutes: int, text: str = "/today", kind: str = "private") -> Update:
    at = int((NOW - timedelta(minutes=minutes)).timestamp())
    data = {"message_id": number, "date": at, "chat": {"id": chat, "type": kind}, "text": text}
    return Update.de_json({"update_id": number, "message": data})


@pytest.mark.parametrize(
    ("updates", "kept"),
    [
        ([said(1, 7, 90), said(2, 7, 60), said(3, 8, 60), said(4, 9, 2), said(5, 9, 1)], [2, 3, 4, 5]),
        ([said(1, 7, 90, "/subscribe 8:30"), said(2, 7, 80), said(3, 7, 60, "thanks")], [1, 3]),
        ([said(1, 7, 90, "unsubscribe"), said(2, 7, 60)], [1, 2]),
        ([said(1, -5, 90, kind="supergroup"), said(2, -5, 60, "good morning", "supergroup")], [1]),
    ],
    ids=["the last of each chat", "what changes something", "also in words", "nothing that others are told"],
)
def test_after_a_downtime_old_messages_are_no_storm(updates: list[Update], kept: list[int]) -> None:
    assert [update.update_id for update in worth_answering(updates, NOW, timedelta(minutes=5), ME)] == kept


@pytest.mark.parametrize(
    "line", ["story abcdefgh daily/zh/2026-02-19", "section models daily/zh/2026-02-19", "full daily/en/2026-02-19"]
)
def test_a_deep_link_brings_its_line_back(line: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload(line))
    assert read_payload(payload(line)) == line


@given(st.text(max_size=70))
def test_any_payload_is_some_command(said: str) -> None:
    assert read_payload(said)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("models", "models"),
        ("issue_2026-02-19", "issue 2026-02-19"),
        ("nonsense", "start"),
        ("x!!", "start"),
        ("", "start"),
    ],
)
def test_payloads_that_people_write(said: str, line: str) -> None:
    assert read_payload(said) == line


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ((31.2, 121.5), "Asia/Shanghai"),
        ((52.5, 13.4), "Europe/Berlin"),
        ((40.7, -74.0), "America/New_York"),
        ((-36.8, 174.8), "Pacific/Auckland"),
        ((35.7, 139.7), "Asia/Tokyo"),
    ],
)
def test_the_zone_of_a_place(place: tuple[float, float], zone: str) -> None:
    assert zone_at(*place) == zone
