"""The server that the tests talk to refuses what Telegram refuses."""

from __future__ import annotations

from typing import Any

import pytest

from telegram_methods import METHODS, misuse

COMMAND = {"command": "today", "description": "Today's issue"}


@pytest.mark.parametrize(
    ("method", "payload", "problem"),
    [
        ("sendMessage", {"chat_id": 7}, "parameter text is missing"),
        ("sendMessage", {"chat_id": 7, "text": "a", "colour": "red"}, "unknown parameter colour"),
        ("sendMessage", {"chat_id": 7, "text": 5}, "text: 5 is of another type"),
        ("sendMessage", {"chat_id": True, "text": "a"}, "chat_id: True is of another type"),
        ("sendMessage", {"chat_id": 7, "text": "a", "disable_notification": 1}, "is of another type"),
        ("sendMessageDraft", {"chat_id": 7, "draft_id": 0, "text": ""}, "draft_id is 0"),
        ("sendMessageDraft", {"chat_id": 7, "draft_id": 1, "text": "x" * 4097}, "text is too long"),
        ("sendChatAction", {"chat_id": 7, "action": "thinking"}, "wrong parameter action"),
        ("setWebhook", {"url": "https://a.example", "secret_token": "no blanks"}, "secret token"),
        ("setMyCommands", {"commands": [{**COMMAND, "command": "Today"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{**COMMAND, "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("setMyCommands", {"commands": [COMMAND], "language_code": "zh-hans"}, "language_code"),
        ("setMyDescription", {"description": "x" * 513}, "description is too long"),
        ("setMyShortDescription", {"short_description": "x" * 121}, "short_description is too long"),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "text is too long"),
    ],
)
def test_a_call_is_refused(method: str, payload: dict[str, Any], problem: str) -> None:
    assert problem in "; ".join(misuse(method, payload))


def test_a_good_call_is_not() -> None:
    assert misuse("setMyCommands", {"commands": [COMMAND], "scope": {"type": "default"}, "language_code": "zh"}) == []
    assert all(isinstance(misuse(method, {}), list) for method in METHODS)
