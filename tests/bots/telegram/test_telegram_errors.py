"""Every refusal of Telegram means something, and the same for every exception class of the SDK."""

from __future__ import annotations

import inspect
from datetime import timedelta

import httpx
import pytest
import telegram.error
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bots.telegram.errors import TABLE, send_error


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


CHATS = ("group", "supergroup", "channel")
CASES: list[tuple[TelegramError, str]] = [
    (Forbidden("Forbidden: bot was blocked by the user"), "gone"),
    (Forbidden("Forbidden: user is deactivated"), "gone"),
    (Forbidden("Forbidden: bot can't initiate conversation with a user"), "gone"),
    *((Forbidden(f"Forbidden: bot was kicked from the {chat} chat"), "gone") for chat in CHATS),
    *((Forbidden(f"Forbidden: bot is not a member of the {chat} chat"), "gone") for chat in CHATS),
    (Forbidden("Forbidden: the group chat was deleted"), "gone"),
    (Forbidden("Forbidden: bot can't send messages to bots"), "gone"),
    (Forbidden("Forbidden: the bot can't send messages to the bot"), "gone"),
    (Forbidden("Forbidden: something new"), "config"),
    (BadRequest("Bad Request: chat not found"), "gone"),
    (BadRequest("Bad Request: private chat not found"), "gone"),
    (BadRequest("Bad Request: not enough rights to send text messages to the chat"), "config"),
    (BadRequest("Bad Request: message thread not found"), "config"),
    (BadRequest("Bad Request: TOPIC_CLOSED"), "config"),
    (BadRequest("Bad Request: CHAT_WRITE_FORBIDDEN"), "config"),
    (BadRequest("Bad Request: ALLOW_PAYMENT_REQUIRED_5"), "config"),
    (BadRequest("Bad Request: CHAT_RESTRICTED"), "config"),
    (BadRequest("Bad Request: FROZEN_METHOD_INVALID"), "fatal"),
    (BadRequest("Bad Request: can't parse entities: unexpected end"), "content"),
    (BadRequest("Bad Request: message is too long"), "content"),
    (BadRequest("Bad Request: message caption is too long"), "content"),
    (BadRequest("Bad Request: reply markup is too long"), "content"),
    (BadRequest("Bad Request: direct messages topic must be specified"), "config"),
    (BadRequest("Bad Request: TOPIC_DELETED"), "config"),
    (BadRequest("Bad Request: Wrong HTTP URL specified"), "content"),
    (BadRequest("Bad Request: BUTTON_DATA_INVALID"), "content"),
    (BadRequest("Bad Request: RICH_VALIDATE_DEPTH"), "content"),
    (BadRequest("Bad Request: a text that nobody has seen"), "content"),
    (ChatMigrated(-100123), "move"),
    (NetworkError("Too Many Requests: retry later"), "wait"),
    (NetworkError("Internal Server Error"), "transient"),
    (NetworkError("Request aborted"), "transient"),
    (NetworkError("Bad Gateway"), "transient"),
    (caused(NetworkError("refused"), httpx.ConnectError("")), "transient"),
    (caused(NetworkError("dropped"), httpx.RemoteProtocolError("")), "unknown"),
    (caused(NetworkError("dropped"), httpx.ReadError("")), "unknown"),
    (caused(TimedOut(), httpx.ConnectTimeout("")), "transient"),
    (caused(TimedOut(), httpx.PoolTimeout("")), "transient"),
    (caused(TimedOut(), httpx.ReadTimeout("")), "unknown"),
    (caused(TimedOut(), httpx.WriteTimeout("")), "unknown"),
    (InvalidToken("Unauthorized"), "fatal"),
    (InvalidToken("Not Found"), "content"),
    (EndPointNotFound("Not Found"), "content"),
    (Conflict("Conflict: terminated by other getUpdates request"), "fatal"),
    (TelegramError("what is this?"), "unknown"),
]


@pytest.mark.parametrize(("error", "kind"), CASES, ids=lambda value: str(value)[:60])
def test_a_refusal_means(error: TelegramError, kind: str) -> None:
    assert send_error(error).kind == kind


def test_every_exception_of_the_sdk_stands_in_the_table() -> None:
    classes = {cls for _, cls in inspect.getmembers(telegram.error, inspect.isclass) if issubclass(cls, TelegramError)}
    assert classes == set(TABLE)


def test_no_class_of_the_table_is_hidden_behind_its_base() -> None:
    classes = list(TABLE)
    assert not [(a, b) for at, a in enumerate(classes) for b in classes[at + 1 :] if issubclass(b, a)]


def test_a_limit_says_how_long_and_for_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it the SDK warns that it will change
    alone, group = send_error(RetryAfter(7)), send_error(RetryAfter(7), to_group=True)
    assert (alone.retry_after, alone.scope) == (timedelta(seconds=7), "account")
    assert alone.kind == "wait"
    assert (group.retry_after, group.scope) == (timedelta(seconds=7), "chat")


@pytest.mark.parametrize(
    ("said", "reason"),
    [("Topic_closed", "TOPIC_CLOSED"), ("Message thread not found", "Message thread not found")],
)
def test_a_reason_is_shown_as_telegram_says_it(said: str, reason: str) -> None:
    assert send_error(BadRequest(said)).reason == reason


def test_a_migrated_group_names_its_new_id() -> None:
    assert send_error(ChatMigrated(-100123)).moved_to == "-100123"
