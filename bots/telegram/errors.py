"""What Telegram's refusals mean. https://core.telegram.org/bots/api#making-requests; the texts are the server's own."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    PassportDecryptionError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bots.broadcast import Answer
    from core.delivery.model import ErrorClass

NOT_MODIFIED = "message is not modified"
GONE_ALREADY = ("message to delete not found", "message to edit not found", "message can't be found")

_TEXTS: tuple[tuple[str, ErrorClass], ...] = (
    ("frozen_method_invalid", "fatal"),
    ("bot was blocked by the user", "gone"),
    ("user is deactivated", "gone"),
    ("can't initiate conversation", "gone"),
    ("can't send messages to the bot", "gone"),
    ("can't send messages to bots", "gone"),
    ("bot was kicked", "gone"),
    ("bot is not a member", "gone"),
    ("chat was deleted", "gone"),
    ("group is deactivated", "gone"),
    ("chat not found", "gone"),
    ("not enough rights", "config"),
    ("need administrator rights", "config"),
    ("have no rights to send", "config"),
    ("message thread not found", "config"),
    ("direct messages topic", "config"),
    ("topic_closed", "config"),
    ("topic_deleted", "config"),
    ("chat_write_forbidden", "config"),
    ("allow_payment_required", "config"),
    ("too many requests", "wait"),
    ("can't parse", "content"),
    ("message is too long", "content"),
    ("caption is too long", "content"),
    ("message text is empty", "content"),
    ("reply markup is too long", "content"),
    ("wrong http url", "content"),
    ("button_", "content"),
    ("rich_", "content"),
)
_CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
"""A refusal that is a code (CHAT_RESTRICTED) instead of a sentence; the SDK changes its case."""
STATUSES: Mapping[int, type[TelegramError]] = {
    400: BadRequest,
    401: InvalidToken,
    403: Forbidden,
    404: InvalidToken,
    409: Conflict,
}
"""What the SDK makes of a status; of others a NetworkError."""
_SURELY_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


def send_error(error: TelegramError, *, to_group: bool = False) -> SendError:
    """Translate what python-telegram-bot raises. ``to_group`` tells whether a group was written to.

    A limit that a group ran into is taken for the group's own (20 messages a minute), others for the bot's.
    """
    if isinstance(error, RetryAfter):
        waits = error._retry_after  # noqa: SLF001  the public property warns, whichever type it has
        return SendError("wait", error.message, retry_after=waits, scope="chat" if to_group else "account")
    if isinstance(error, ChatMigrated):
        return SendError("move", error.message, moved_to=str(error.new_chat_id))
    kind = next(classify for cls, classify in TABLE.items() if isinstance(error, cls))(error)
    after = timedelta(seconds=5) if kind == "wait" else None
    return SendError(kind, _as_said(error.message), retry_after=after)


def is_conflict(error: SendError) -> bool:
    """Tell whether updates were refused because another program takes them."""
    return isinstance(error.__cause__, Conflict)


def _as_said(message: str) -> str:
    """Return a code as the server writes it: the SDK takes it for a sentence (Topic_closed)."""
    return message.upper() if _CODE.fullmatch(message.casefold()) else message


def refusal(answer: Answer, *, to_group: bool = False) -> SendError:
    """Translate an answer that is no yes: it becomes what python-telegram-bot would have raised."""
    return send_error(_raised(answer), to_group=to_group)


def _raised(answer: Answer) -> TelegramError:
    said = answer.json()
    parameters = said.get("parameters") or {}
    if moved_to := parameters.get("migrate_to_chat_id"):
        return ChatMigrated(moved_to)
    if seconds := parameters.get("retry_after"):
        return RetryAfter(seconds)
    named = STATUSES.get(answer.status, NetworkError)
    return named(said.get("description") or f"{answer.reason} ({answer.status})")


def _refused(error: TelegramError) -> ErrorClass:
    said = error.message.casefold()
    known = next((kind for text, kind in _TEXTS if text in said), None)
    if known:
        return known
    return "config" if _CODE.fullmatch(said) else "content"


def _forbidden(error: TelegramError) -> ErrorClass:
    kind = _refused(error)
    return "config" if kind == "content" else kind


def _token(error: TelegramError) -> ErrorClass:
    """A server that does not know a method says the same as to a token that it does not know: only 401 is sure."""
    return "fatal" if "unauthorized" in error.message.casefold() else "content"


def _timed_out(error: TelegramError) -> ErrorClass:
    return "transient" if isinstance(error.__cause__, _SURELY_NOT_SENT) else "unknown"


def _network(error: TelegramError) -> ErrorClass:
    if isinstance(error.__cause__, httpx.HTTPError):
        return _timed_out(error)
    return "wait" if "too many requests" in error.message.casefold() else "transient"


def _always(kind: ErrorClass) -> Callable[[TelegramError], ErrorClass]:
    return lambda _error: kind


TABLE: Mapping[type[TelegramError], Callable[[TelegramError], ErrorClass]] = {
    BadRequest: _refused,
    TimedOut: _timed_out,
    NetworkError: _network,
    Forbidden: _forbidden,
    InvalidToken: _token,
    EndPointNotFound: _always("content"),
    Conflict: _always("fatal"),
    PassportDecryptionError: _always("content"),
    ChatMigrated: _always("move"),
    RetryAfter: _always("wait"),
    TelegramError: _always("unknown"),
}
"""Subclasses stand before their bases: a BadRequest is a NetworkError to the SDK."""
