"""Who may change what a chat is subscribed to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bots.insist import HARMLESS, insist
from core.commands.dispatch import minds_rights
from core.delivery.model import SendError
from core.i18n import mark

if TYPE_CHECKING:
    from telegram import Message, User

    from bots.telegram.api import Api
    from core.clock import Clock
    from core.target import Target

UNSEEN = mark("I can't see that chat. Make me an admin of it first, then try again.")
_NOT_THEIRS = mark("Only admins who may post there can set it up.")


class Rights:
    """Asks Telegram each time: an admin may have been one only until a minute ago."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._clock = clock

    async def may_say(self, command: str, args: str, message: Message) -> bool:
        """Tell whether the author of a message may run the command on the chat that it stands in."""
        if message.chat.type in {"private", "channel"} or not minds_rights(command, args):
            return True
        if message.sender_chat and message.sender_chat.id == message.chat.id:  # an anonymous admin
            return True
        return message.from_user is not None and await self.manages(str(message.chat.id), message.from_user)

    async def may_press(self, command: str, args: str, here: Target, user: User) -> bool:
        """Tell whether whoever pressed a button may run the command on the chat that it stands in."""
        return not minds_rights(command, args) or here.chat == str(user.id) or await self.manages(here.chat, user)

    async def refusal(self, chat: str, user: User) -> str | None:
        """Return why the user may not set up a chat from elsewhere, as a text to translate; None if they may."""
        try:
            return None if await self.manages(chat, user) else _NOT_THEIRS
        except SendError as error:
            if error.kind in HARMLESS:
                raise
            return UNSEEN

    async def manages(self, chat: str, user: User) -> bool:
        """Tell whether the user is an admin of the chat, of a channel one who may post there.

        Raises ``SendError`` if Telegram does not say. A single member can be asked for only where the bot is an admin
        itself: https://core.telegram.org/bots/api#getchatmember.
        """
        ask = partial(self._api.call, "getChatAdministrators", {"chat_id": int(chat)})
        admins = await insist(ask, self._clock, again=HARMLESS)
        return any(admin["user"]["id"] == user.id and admin.get("can_post_messages", True) for admin in admins)
