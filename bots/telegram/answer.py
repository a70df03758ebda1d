"""Replies become messages: sent below, or put in place of the message whose button was pressed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from bots.insist import HARMLESS, insist
from bots.telegram.hear import asked_for, says_when
from bots.telegram.keyboard import keyboard
from core.commands.page import with_hint
from core.commands.turn import shown
from core.delivery.model import SendError
from core.document.nodes import Action, Actions
from core.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.telegram.links import Links
    from bots.telegram.parts import Parts
    from core.commands.model import Reply
    from core.document.nodes import Document
    from core.render.port import Message
    from core.target import Target

MOST_ASKED = 10_000
"""So many direct chats at most are remembered for what their last page asks."""

Row = list[dict[str, str]]


class Answers:
    """Sends replies."""

    def __init__(self, parts: Parts, links: Links) -> None:
        self._parts = parts
        self._links = links
        self._asking: dict[str, str] = {}

    async def say(
        self, target: Target, reply: Reply, more: dict[str, Any] | None = None, rows: Sequence[Row] = ()
    ) -> None:
        """Send the reply to the target, with ``more`` parameters, and ``rows`` of buttons below its own."""
        self._note(target, reply.document)
        for message in _with_rows(self.messages(reply), rows):
            await self.send(target, message, more)

    def messages(self, reply: Reply) -> Sequence[Message]:
        """Return the messages of a reply that are shown at once."""
        return shown(reply, self._parts.renderer.render(_hinted(reply.document)))

    async def put(
        self, target: Target, message_id: str, reply: Reply, rows: Sequence[Row] = (), *, beside: bool = False
    ) -> None:
        """Put the first message in place of the one that was pressed, or below if that cannot be, others below."""
        self._note(target, reply.document)
        rest = _with_rows(self.messages(reply), rows)
        if not beside:
            try:
                edit = partial(self._parts.sender.edit, target, message_id, rest[0])
                await insist(edit, self._parts.services.clock, again=HARMLESS)
                del rest[0]
            except SendError as error:
                if error.kind not in {"content", "config"}:
                    raise
        for message in rest:
            await self.send(target, message)

    async def send(self, target: Target, message: Message, more: dict[str, Any] | None = None) -> None:
        """Send a message, and again if it surely did not arrive."""
        clock = self._parts.services.clock
        try:
            await insist(partial(self._parts.sender.answer, target, message, more), clock)
        except SendError as error:
            if error.kind != "move":
                raise
            there = target.moved_to(error.moved_to or target.chat)
            await self._parts.services.subscriptions.move(target, there.chat)
            await insist(partial(self._parts.sender.answer, there, message, more), clock)

    def asked(self, target: Target, said: str) -> str | None:
        """Return the command line that a time or place completes, if the last page of a direct chat asks for one."""
        begun = self._asking.get(target.key)
        return f"{begun} {said}" if begun and said and says_when(said) else None

    def _note(self, target: Target, document: Document) -> None:
        """Remember what the last page of a direct chat asks for."""
        self._asking.pop(target.key, None)
        asked = _asked(document)
        if asked and not target.chat.startswith("-"):
            self._asking[target.key] = asked
        if len(self._asking) > MOST_ASKED:
            del self._asking[next(iter(self._asking))]

    async def rows(self, command: str, args: str, reply: Reply, *, direct: bool) -> list[Row]:
        """Return rows of buttons that only Telegram has."""
        _ = texts(reply.document.lang)
        name, about, _beside = Action.parse(reply.document.turn)
        if name == "story":
            link = await self._links.sharing(f"story {about}", reply.document.title)
            return [[{"text": _("Share this story"), "url": link}]]
        if command in {"start", "help"} and direct:
            return [
                [
                    {"text": _("Add to a group"), "url": self._links.to_group()},
                    {"text": _("Add to a channel"), "url": self._links.to_channel()},
                ]
            ]
        if (command, args) == ("settings", "zone") and direct and not reply.private:
            return [[{"text": _("Use my location"), "callback_data": "where"}]]
        return []


def _hinted(document: Document) -> Document:
    """Return the document with a hint above its buttons that an answer will do, where it asks for a time or a place."""
    asked = _asked(document)
    if asked is None:
        return document
    _ = texts(document.lang)
    elsewhere = _("For that chat, reply to this message with it: a command would be about the chat that we are in.")
    hint = elsewhere if asked.startswith("at ") else _("Or simply reply to this message with it.")
    return with_hint(document, hint)


def _asked(document: Document) -> str | None:
    last = document.blocks[-1] if document.blocks else None
    return asked_for(action.data for row in last.rows for action in row) if isinstance(last, Actions) else None


def _with_rows(messages: Sequence[Message], rows: Sequence[Row]) -> list[Message]:
    """Return the messages, the last one with more rows of buttons."""
    if not rows or not messages:
        return list(messages)
    last = messages[-1]
    there = last.payload.get("reply_markup") or keyboard(())
    markup = {"inline_keyboard": [*there["inline_keyboard"], *rows]}
    return [*messages[:-1], replace(last, payload={**last.payload, "reply_markup": markup})]
