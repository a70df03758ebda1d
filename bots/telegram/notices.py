"""A word to those who can help when a post may not go where it should: a topic is closed, a right is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bots.telegram.chats import title_of
from core.delivery.model import SendError
from core.i18n import mark, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bots.telegram.api import Api
    from core.commands.services import Services
    from core.subscriptions.model import Subscription
    from core.target import Target

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


class Notices:
    """Writes to whoever can read it: a group, or whoever subscribed a place."""

    def __init__(self, api: Api, services: Services) -> None:
        self._api = api
        self._services = services

    async def tell(self, target: Target, error: SendError) -> None:
        """Say why posts do not get there. Raises ``SendError`` where that cannot be said anywhere."""
        subscription = next(iter(await self._services.subscriptions.of_target(target)), None)
        said = await self._said(target, error.reason.casefold(), subscription)
        refused: SendError | None = None
        for place in _places(target, subscription):
            try:
                await self._api.call("sendMessage", {"chat_id": int(place.chat), "text": said})
            except SendError as again:
                refused = again
            else:
                return
        if refused:
            raise refused

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
