"""A word to those who can help when a post may not go where it should: a topic is closed, a right is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bots.telegram.chats import title_of
from core.delivery.model import SendError
from core.i18n import mark, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bots.telegram.api import Api
    from bots.telegram.send import TelegramSender
    from core.commands.services import Services
    from core.delivery.port import Envelope
    from core.render.port import Message
    from core.storage.notes import SqlNotes
    from core.subscriptions.model import Subscription
    from core.target import Target

QUIET = timedelta(days=7)
"""How long nothing more is said about the same place."""
CLOSED = mark(
    "The topic that gets the daily issue here is closed, so I could not post it. Reopen the topic, or send /subscribe "
    "in another one."
)
DELETED = mark(
    "The topic that got the daily issue here does not exist any more, so I could not post it. Send /subscribe in "
    "another topic, and it comes there."
)
NO_RIGHT = mark(
    "I am not allowed to post in “{name}”, so the daily issue did not get there. Please let me post messages there; "
    "after three failures in a row I pause for a week."
)
_TOPICS = (("topic_closed", CLOSED), ("thread not found", DELETED), ("topic_deleted", DELETED))

log = structlog.get_logger(__name__)


class HelpfulSender:
    """Satisfies ``core.delivery.port.Sender``: sends, and tells people what they can change when that is refused."""

    def __init__(self, sender: TelegramSender, api: Api, services: Services, notes: SqlNotes) -> None:
        self._sender = sender
        self._api = api
        self._services = services
        self._notes = notes
        self.edit = sender.edit
        self.delete = sender.delete

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        """Send one page; return the message's id."""
        try:
            return await self._sender.send(target, message, envelope)
        except SendError as error:
            if error.kind == "config":
                await self._tell(target, error.reason.casefold())
            raise

    async def _tell(self, target: Target, reason: str) -> None:
        if not await self._notes.first(f"telegram:notice:{target.key}", keep=QUIET):
            return
        subscription = next(iter(await self._services.subscriptions.of_target(target)), None)
        said = await self._said(target, reason, subscription)
        for place in _places(target, subscription):
            try:
                await self._api.call("sendMessage", {"chat_id": int(place.chat), "text": said})
            except SendError as error:
                log.info("no notice", target=place.key, reason=error.reason)
            else:
                return

    async def _said(self, target: Target, reason: str, subscription: Subscription | None) -> str:
        lang = await self._services.preferences.lang(target) or (subscription.lang if subscription else None)
        _ = texts(lang)
        topic = next((text for part, text in _TOPICS if part in reason), None)
        return (
            _(topic)
            if topic and target.thread
            else _(NO_RIGHT, name=await title_of(self._api, target.chat) or target.chat)
        )


def _places(target: Target, subscription: Subscription | None) -> Iterator[Target]:
    """Yield where somebody may read it: the group itself if only a topic is closed, then whoever subscribed it."""
    if target.thread:
        yield replace(target, thread="")
    by = subscription.created_by if subscription else ""
    if by.isdecimal() and by != target.chat:
        yield replace(target, chat=by, thread="")
