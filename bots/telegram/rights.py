"""Who may change what a chat is subscribed to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bots.telegram.api import HARMLESS, insist
from bots.telegram.hear import MANAGERS
from core.commands.dispatch import minds_rights
from core.delivery.model import SendError

if TYPE_CHECKING:
    from telegram import Message, User

    from bots.telegram.api import Api
    from core.clock import Clock
    from core.target import Target


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

    async def manages(self, chat: str, user: User) -> bool:
        """Tell whether the user is an admin of the chat. Raises ``SendError`` if Telegram cannot be asked now."""
        try:
            asked = {"chat_id": int(chat), "user_id": user.id}
            member = await insist(partial(self._api.call, "getChatMember", asked), self._clock, again=HARMLESS)
        except ValueError:
            return False
        except SendError as error:
            if error.kind in HARMLESS:
                raise
            return False
        return member["status"] in MANAGERS
