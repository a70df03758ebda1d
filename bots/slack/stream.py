"""An answer that is shown while it is written. https://docs.slack.dev/reference/methods/chat.startStream."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bots.slack.errors import code_of
from bots.slack.render import escape
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bots.slack.api import Api
    from core.clock import Clock
    from core.render.port import Message

GAP = timedelta(seconds=1)
"""Appending is permitted a hundred times a minute, in all conversations of a workspace together."""
STOPPED = "stopped_by_user"
_MARKUP = re.compile(r"[\\`*_~\[\]|]")

log = structlog.get_logger(__name__)


class Stream:
    """Grows an answer in a thread and replaces it with the finished one; posts that at once if nothing grew."""

    def __init__(self, api: Api, clock: Clock, place: Mapping[str, str], reader: Mapping[str, str], token: str) -> None:
        self._api = api
        self._clock = clock
        self._place = place
        self._reader = reader
        self._token = token
        self._ts = ""
        self._shown = ""
        self._over = "thread_ts" not in place
        self._last = datetime.min.replace(tzinfo=UTC)

    async def show(self, text: str) -> None:
        """Append what is new of the text; satisfies ``core.commands.model.Progress``."""
        now, more = self._clock.now(), escaped(text.removeprefix(self._shown))
        if self._over or not more or now - self._last < GAP or not text.startswith(self._shown):
            return
        try:
            await self._append(more)
        except SendError as error:
            self._over = error.kind != "wait"
            log.debug("not streamed", reason=error.reason)
        else:
            self._shown, self._last = text, now

    async def _append(self, more: str) -> None:
        if self._ts:
            await self._call("chat.appendStream", {"ts": self._ts, "markdown_text": more})
        else:
            begun = await self._call("chat.startStream", {**self._place, **self._reader, "markdown_text": more})
            self._ts = str(begun["ts"])

    async def finish(self, message: Message) -> None:
        """Put the finished answer in the place of what was shown, or post it."""
        if not self._ts:
            await self._call("chat.postMessage", {**self._place, **message.payload})
            return
        try:
            await self._call("chat.stopStream", {"ts": self._ts})
        except SendError as error:
            if code_of(error) == STOPPED:
                return
            log.debug("a stream had ended", reason=error.reason)
        await self._replace(message)

    async def _replace(self, message: Message) -> None:
        finished = {name: message.payload[name] for name in ("text", "blocks")}
        try:
            await self._call("chat.update", {"ts": self._ts, **finished})
        except SendError as error:
            log.debug("a streamed answer is posted anew", reason=error.reason)
            await self._call("chat.postMessage", {**self._place, **message.payload})

    async def _call(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return await self._api.call(method, {"channel": self._place["channel"], **arguments}, token=self._token)


def escaped(text: str) -> str:
    """Return plain text as Markdown that mentions nobody and links nowhere."""
    return _MARKUP.sub(lambda found: f"\\{found[0]}", escape(text))
