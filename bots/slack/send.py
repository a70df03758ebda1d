"""Pages into channels, and into the threads of their posts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from bots.slack.errors import code_of
from bots.slack.posts import DELIVERY, metadata
from bots.slack.render import escape
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bots.slack.api import Api
    from bots.slack.posts import Posts
    from bots.slack.presses import Presses
    from bots.slack.workspaces import Workspaces
    from core.delivery.port import Envelope
    from core.render.port import Message
    from core.target import Target

_Result = TypeVar("_Result")

EXPIRED = "token_expired"
RECENT = 15
"""Messages looked through for one that may have been posted: what every kind of app may ask for at once.

https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps
"""

OF_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_blocks_too_many"})
"""Refusals of what a page is made of, whose limits are not all documented: its words go out nevertheless."""
LATELY = timedelta(minutes=10)
"""How far back they are looked through; a thread's replies come oldest first."""

log = structlog.get_logger(__name__)


class SlackSender:
    """Satisfies ``core.delivery.port.Sender``: the first page into the channel, the others into its thread.

    Pages go out through ``Posts``; everything else is the SDK's: corrections, what is taken back, looking for a page.

    Understood of a subscription's extras: ``thread`` "off" puts every page into the channel.
    """

    def __init__(self, api: Api, posts: Posts, workspaces: Workspaces, presses: Presses) -> None:
        self._api = api
        self._posts = posts
        self._workspaces = workspaces
        self._presses = presses

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        """Post one page; return its timestamp. One that may have been posted is looked for before it is unknown."""
        threaded = target.thread or (envelope.after if envelope.extras.get("thread") != "off" else "")

        async def post(token: str) -> str:
            try:
                return await self._posts.post(target.chat, message, thread=threaded, key=envelope.key, token=token)
            except SendError as error:
                if code_of(error) in OF_BLOCKS:
                    log.warning("a page was posted as plain text", target=target.key, reason=error.reason)
                    return await self._post_plain(target.chat, message, threaded, envelope.key, token)
                if error.kind != "unknown":
                    raise
                if found := await self._posted(target.chat, threaded, envelope.key, token):
                    return found
                raise

        return await self._with_token(target.account, post)

    async def _post_plain(self, channel: str, message: Message, thread: str, key: str, token: str) -> str:
        said = escape(message.text) or message.payload["text"]
        page = {"text": said, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
        place = {"channel": channel, **({"thread_ts": thread} if thread else {}), "metadata": metadata(key)}
        return str((await self._api.call("chat.postMessage", {**place, **page}, token=token))["ts"])

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        """Replace a page."""
        await self._presses.remember(message.actions)
        shown = {name: message.payload[name] for name in ("text", "blocks")}
        await self._call(target, "chat.update", {"ts": message_id, **shown})

    async def delete(self, target: Target, message_id: str) -> None:
        """Take a page back."""
        try:
            await self._call(target, "chat.delete", {"ts": message_id})
        except SendError as error:
            if code_of(error) != "message_not_found":
                raise

    async def _call(self, target: Target, method: str, arguments: Mapping[str, Any]) -> None:
        async def call(token: str) -> None:
            await self._api.call(method, {"channel": target.chat, **arguments}, token=token)

        await self._with_token(target.account, call)

    async def _with_token(self, team: str, call: Callable[[str], Awaitable[_Result]]) -> _Result:
        """Call with the workspace's token; once more with a new one if that has ended."""
        try:
            return await call((await self._workspaces.find(team)).token)
        except SendError as error:
            if code_of(error) != EXPIRED or not await self._workspaces.renew(team):
                raise
        return await call((await self._workspaces.find(team)).token)

    async def _posted(self, channel: str, thread: str, key: str, token: str) -> str:
        """Return the timestamp of the page with this key, "" if it is not found or may not be looked for."""
        method = "conversations.replies" if thread else "conversations.history"
        since = (datetime.now(UTC) - LATELY).timestamp()
        where = {"channel": channel, "limit": RECENT, "oldest": f"{since:.6f}", "include_all_metadata": "true"}
        try:
            said = await self._api.call(method, {**where, **({"ts": thread} if thread else {})}, token=token)
        except SendError as error:
            log.warning("a post in doubt could not be looked for", channel=channel, reason=error.reason)
            return ""
        for message in said.get("messages", ()):
            metadata = message.get("metadata") or {}
            if metadata.get("event_type") == DELIVERY and metadata.get("event_payload", {}).get("key") == key:
                return str(message["ts"])
        return ""
