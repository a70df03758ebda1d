"""Pages into chats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bots.kept import Lines
from bots.telegram.errors import GONE_ALREADY, NOT_MODIFIED
from bots.telegram.keyboard import name_of, token
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bots.telegram.api import Api
    from bots.telegram.posts import Posts
    from core.delivery.port import Envelope
    from core.document.nodes import Action
    from core.render.port import Message
    from core.storage.notes import SqlNotes
    from core.target import Target

log = structlog.get_logger(__name__)


class Buttons:
    """Remembers the command lines that are too long for a button."""

    def __init__(self, notes: SqlNotes) -> None:
        self._lines = Lines(notes, "telegram")

    async def remember(self, actions: Iterable[Action]) -> None:
        """Keep what the tokens on these buttons stand for."""
        for action in actions:
            if token(action):
                await self.keep(action.data)

    async def keep(self, data: str, *, longest: int = 0) -> None:
        """Keep what the short name of ``data`` stands for, if it is longer than ``longest`` bytes."""
        if len(data.encode("utf-8", "replace")) > longest:
            await self._lines.keep(name_of(data), data)

    async def data(self, pressed: str) -> str | None:
        """Return the ``Action.data`` of a pressed button, None if nobody remembers it."""
        return await self._lines.get(pressed) if pressed.startswith("~") else pressed


class TelegramSender:
    """Satisfies ``core.delivery.port.Sender``.

    Pages go out through ``Posts``; everything else is the SDK's: answers, corrections, what is taken back, pins.
    Understood of a subscription's extras: ``pin`` and ``preview``, each "on" or "off".
    """

    def __init__(self, api: Api, posts: Posts, buttons: Buttons) -> None:
        self._api = api
        self._posts = posts
        self._buttons = buttons

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        """Send one page; return the message's id."""
        sent = await self._posts.post(target, message, envelope)
        if envelope.extras.get("pin") == "on" and not envelope.after:
            await self._pin(target, sent)
        return sent

    async def answer(self, target: Target, message: Message, more: dict[str, Any] | None = None) -> str:
        """Send an answer with ``more`` parameters; return the message's id."""
        await self._buttons.remember(message.actions)
        sent = await self._api.call(message.method, {**_place(target), **message.payload, **(more or {})})
        return str(sent["message_id"])

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        """Replace a message."""
        await self._buttons.remember(message.actions)
        payload = {"chat_id": int(target.chat), "message_id": int(message_id), **message.payload}
        try:
            await self._api.call("editMessageText", payload)
        except SendError as error:
            if NOT_MODIFIED not in error.reason.casefold():
                raise

    async def delete(self, target: Target, message_id: str) -> None:
        """Take a message back."""
        try:
            await self._api.call("deleteMessage", {"chat_id": int(target.chat), "message_id": int(message_id)})
        except SendError as error:
            if not any(text in error.reason.casefold() for text in GONE_ALREADY):
                raise

    async def _pin(self, target: Target, message_id: str) -> None:
        place = {"chat_id": int(target.chat), "message_id": int(message_id), "disable_notification": True}
        try:
            await self._api.call("pinChatMessage", place)
        except SendError as error:
            log.warning("not pinned", target=target.key, reason=error.reason)


def _place(target: Target) -> dict[str, Any]:
    thread = {"message_thread_id": int(target.thread)} if target.thread else {}
    return {"chat_id": int(target.chat), **thread}
