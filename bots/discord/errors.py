"""What Discord's refusals mean. https://docs.discord.com/developers/topics/opcodes-and-status-codes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import aiohttp
import discord

from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bots.broadcast import Answer
    from core.delivery.model import ErrorClass

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE = 10003, 10008
THREAD_EXISTS = 160004
ARCHIVED, LOCKED = 50083, 160005
ALREADY_PUBLISHED = 40033
ACKNOWLEDGED = 40060
LATE = frozenset({10062, ACKNOWLEDGED, 40094})
"""The interaction is over, was answered already, or takes no more answers: nobody waits for this one."""

CODES: Mapping[int, ErrorClass] = {
    **dict.fromkeys((UNKNOWN_CHANNEL, 10004, 10013, 10015, 40007, 50027, 50278), "gone"),
    50007: "pause",
    **dict.fromkeys(
        (40067, 50001, 50008, 50013, 50024, ARCHIVED, LOCKED, 160006, 200000, 220001, 240000),
        "config",
    ),
    **dict.fromkeys((20016, 20022, 20028, 20029, 30046, 40003), "wait"),
    **dict.fromkeys((40004, 40006, 110000, 130000), "transient"),
    **dict.fromkeys((40005, 50006, 50035, 50109, UNKNOWN_MESSAGE, THREAD_EXISTS, ALREADY_PUBLISHED), "content"),
    **dict.fromkeys((40001, 40002, 40333, 50014), "fatal"),
    **dict.fromkeys(LATE, "content"),
}
STATUSES: Mapping[int, ErrorClass] = {401: "fatal", 403: "config", 404: "gone", 413: "content", 429: "wait"}
REFUSED, FORBIDDEN, NOT_FOUND, TOO_MANY, SERVER_ERROR = 400, 403, 404, 429, 500


class DiscordError(SendError):
    """A refusal, with Discord's own ``code`` (0 where it gave none). A ``ban`` is that of a whole address."""

    def __init__(
        self,
        kind: ErrorClass,
        reason: str,
        *,
        code: int = 0,
        retry_after: timedelta | None = None,
        chat: bool = False,
        ban: bool = False,
    ) -> None:
        super().__init__(kind, reason, retry_after=retry_after, scope="chat" if chat else "account")
        self.code = code
        self.ban = ban


def send_error(error: Exception) -> DiscordError:
    """Translate what discord.py or its connection raises."""
    translate = next((made for cls, made in TABLE.items() if isinstance(error, cls)), None)
    return translate(error) if translate else DiscordError("unknown", type(error).__name__)


def refusal(answer: Answer) -> DiscordError:
    """Translate an answer that is no yes: it becomes what discord.py would have raised."""
    said = answer.json()
    response = cast("Any", answer)  # it has all that the SDK's errors look at
    if answer.status == TOO_MANY and answer.headers.get("Via") and "retry_after" in said:
        everything = bool(said.get("global")) or answer.headers.get("X-RateLimit-Scope") == "global"
        return _limited(discord.RateLimited(float(said["retry_after"])), chat=not everything)
    return _http(discord.HTTPException(response, said or answer.body.decode(errors="replace")))


def elsewhere(said: str) -> DiscordError:
    """Return what to say of an answer that Discord does not give: a proxy's, a hotel's, that of a wrong address."""
    return DiscordError("fatal", f"This address (PAPERBOY_DISCORD__API_URL) is not Discord's: {said}")


def _is_ban(error: discord.HTTPException) -> bool:
    """Tell whether the whole address is refused, by a page or a limit that did not come from Discord's own servers."""
    limited = error.status == TOO_MANY and not error.response.headers.get("Via")
    return limited or (error.status == FORBIDDEN and _is_page(error))


def _is_page(error: discord.HTTPException) -> bool:
    """Tell whether the answer is a web page, as proxies and Cloudflare send."""
    return error.text.lstrip().startswith("<")


def _http(error: Exception) -> DiscordError:
    assert isinstance(error, discord.HTTPException)  # noqa: S101  what the table says
    said = "" if _is_page(error) else error.text.removeprefix(f"{error.status}: ")
    reason = " ".join(f"{error.status} {said or error.response.reason or ''}".split())[:300]
    if _is_ban(error):
        return DiscordError(
            "fatal", f"Discord has shut out this address for a time: {reason}", retry_after=_wait(error), ban=True
        )
    if error.status >= SERVER_ERROR:
        return DiscordError("transient", reason, code=error.code)
    if _is_page(error) or error.status < REFUSED or (error.status == NOT_FOUND and not error.code):
        return elsewhere(reason)
    kind = CODES.get(error.code) or STATUSES.get(error.status, "content")
    limit = _wait(error) if kind == "wait" else None
    code = f" ({error.code})" if error.code else ""
    return DiscordError(kind, f"{reason}{code}", code=error.code, retry_after=limit, chat=kind == "wait")


def _wait(error: discord.HTTPException) -> timedelta:
    try:
        return timedelta(seconds=float(error.response.headers.get("Retry-After", "")))
    except ValueError:
        return timedelta(minutes=1)


def _limited(error: Exception, *, chat: bool = True) -> DiscordError:
    assert isinstance(error, discord.RateLimited)  # noqa: S101  what the table says
    return DiscordError("wait", str(error), retry_after=timedelta(seconds=error.retry_after), chat=chat)


def _closed(error: Exception) -> DiscordError:
    assert isinstance(error, discord.ConnectionClosed)  # noqa: S101  what the table says
    fatal = error.code in FATAL_CLOSES
    reason = "Discord refuses the token" if error.code == BAD_TOKEN else "the gateway closed the connection"
    return DiscordError("fatal" if fatal else "transient", f"{reason}: {error.code}")


def _always(kind: ErrorClass, reason: str = "") -> Callable[[Exception], DiscordError]:
    return lambda error: DiscordError(kind, reason or f"{type(error).__name__}: {error}"[:300])


BAD_TOKEN = 4004
FATAL_CLOSES = frozenset({BAD_TOKEN, 4010, 4011, 4012, 4013, 4014})
TABLE: Mapping[type[Exception], Callable[[Exception], DiscordError]] = {
    discord.RateLimited: _limited,
    discord.LoginFailure: _always("fatal", "Discord refuses the token"),
    discord.PrivilegedIntentsRequired: _always("fatal"),
    discord.ConnectionClosed: _closed,
    discord.GatewayNotFound: _always("transient"),
    discord.Forbidden: _http,
    discord.NotFound: _http,
    discord.DiscordServerError: _http,
    discord.HTTPException: _http,
    discord.InteractionResponded: _always("content"),
    discord.MissingApplicationID: _always("fatal"),
    discord.InvalidData: _always("transient"),
    discord.errors.FFmpegProcessError: _always("content"),
    discord.ClientException: _always("content"),
    discord.DiscordException: _always("unknown"),
    aiohttp.ClientError: _always("transient", "the connection failed"),
    TimeoutError: _always("transient", "no answer in time"),
    OSError: _always("transient", "the connection failed"),
}
"""Subclasses stand before their bases.

A page that may have been sent is sent again: Discord knows its nonce and answers with the first one (see ``send``).
"""
