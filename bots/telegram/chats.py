"""What happens to chats: the bot is added, blocked, removed; a group gets a new id; a channel is set up from afar."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import structs
from telegram import MessageOriginChannel

from bots.insist import HARMLESS, insist
from bots.telegram.chat_rights import IN_CHANNELS, MANAGES
from bots.telegram.hear import language_of
from bots.telegram.parts import OFFERS
from bots.telegram.rights import UNSEEN
from core.commands.dispatch import dispatch
from core.commands.model import Reply, Request
from core.commands.page import page, with_hint
from core.delivery.model import SendError
from core.document.build import paragraph, text
from core.document.nodes import Action, Actions, Paragraph, Strong
from core.i18n import mark, texts
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telegram import ChatMemberUpdated, Message, User

    from bots.telegram.api import Api
    from bots.telegram.rights import Rights
    from core.commands.services import Services
    from core.document.nodes import Block, Document

MANAGERS = frozenset({"creator", "administrator"})
AWAY = frozenset({"left", "kicked"})
GONE = "gone"
"""How the reasons begin for which a subscription ends that could not be delivered any more."""
_AT = re.compile(r"\+?at (?P<chat>-?\d{1,16}) (?P<line>.+)", re.DOTALL)
_CHANNEL_NAME = re.compile(r"(?:@|(?:https?://)?t\.me/)(?P<name>[A-Za-z]\w{3,31})")


_REMOVED = mark(
    "I was removed from “{name}”, so the daily issue does not get there. Make me an admin again, and it goes on."
)
_NO_ADMIN = mark("Make me an admin of the channel with the right to post, then try again.")
_NOT_IN = mark("I am not in that group yet. Add me there first, then try again.")
_MAY_NOT_POST = mark("I am an admin of “{name}”, but may not post there. Allow me to post messages, then try again.")


class Say(Protocol):
    """Sends a reply to a target."""

    async def __call__(self, target: Target, reply: Reply, more: dict[str, Any] | None = None) -> None: ...  # noqa: D102


class ChatEvents:
    """Keeps subscriptions in step with what Telegram tells about chats."""

    def __init__(self, api: Api, account: str, services: Services, say: Say, rights: Rights, me: User) -> None:
        self._api = api
        self._account = account
        self._services = services
        self._say = say
        self._rights = rights
        self._me = me
        self._greeted: dict[int, str] = {}

    async def member(self, update: ChatMemberUpdated) -> None:
        """End what the chat is subscribed to while the bot is blocked or removed; greet whoever adds it.

        When it may post again, a pause ends that it got for being refused; that of a direct chat is the reader's own.
        """
        target = self._target(update.chat.id)
        before, after = update.old_chat_member, update.new_chat_member
        was_in, is_in = (_is_in(update.chat.type, each.status) for each in (before, after))
        if was_in and not is_in:
            await self._leave(update, target)
            return
        if is_in and not was_in:
            await self._services.subscriptions.revive_chat(target, GONE)
        if is_in and not (was_in and _may_post(update.chat.type, before.to_dict())):
            await self._welcome(update, target)

    async def _leave(self, update: ChatMemberUpdated, target: Target) -> None:
        """End what the chat is subscribed to; tell those who subscribed a channel, unless they did it themselves."""
        subscribed = await self._services.subscriptions.of_chat(target)
        await self._services.subscriptions.end_chat(target, f"{GONE}: the bot was blocked or removed")
        owners = {each.created_by: each.lang for each in subscribed if update.chat.type == "channel"}
        for owner, lang in owners.items():
            if owner.isdecimal() and owner != str(update.from_user.id):
                _ = texts(await self._services.preferences.lang(self._target(owner)) or lang)
                said = _(_REMOVED, name=update.chat.title)
                await self._say(self._target(owner), Reply(document=page(_, said, paragraph(said))))

    async def _welcome(self, update: ChatMemberUpdated, target: Target) -> None:
        chat, user = update.chat, update.from_user
        if chat.type != "private":
            await self._services.subscriptions.resume_chat(target)
        if chat.type == "channel":
            self._greeted[user.id] = target.chat
            await self._offer(chat.to_dict(), update.new_chat_member.to_dict(), user)
        elif chat.type != "private":
            subscribed = await self._services.subscriptions.find(target, self._services.publication.edition)
            command = "subscribe" if subscribed else "start"
            request = Request(command=command, args="", target=target, user=str(user.id), lang=language_of(user))
            reply = await dispatch(request, self._services)
            await self._say(target, replace(reply, document=for_group(reply.document, self._me)))

    async def changed(self, message: Message) -> bool:
        """Follow a message that tells of a change, or that picks a chat to set up; return whether it was one."""
        target = self._target(message.chat.id)
        if message.migrate_to_chat_id:
            await self._services.subscriptions.revive_chat(target, GONE)  # the bot left the old group with everybody
            await self._services.subscriptions.move(target, str(message.migrate_to_chat_id))
        elif message.migrate_from_chat_id:
            return True
        elif message.chat.type != "private":
            return False
        elif isinstance(message.forward_origin, MessageOriginChannel):
            await self.set_up(message, message.forward_origin.chat.id)
        elif message.chat_shared:
            await self.set_up(message, message.chat_shared.chat_id)
        elif (message.text or "").split()[:1] == ["/channel"]:
            await self._ask_for_chat(message)
        else:
            return False
        return True

    async def with_topics(self, document: Document, here: Target) -> Document:
        """Return a page about the subscription of ``here``, with a hint if only other topics of the chat have one."""
        targets = [each.target for each in await self._services.subscriptions.of_chat(here)]
        _ = texts(document.lang)
        hint = _("Another topic here is subscribed. Send the command there to see or change that.")
        return with_hint(document, hint) if targets and here not in targets else document

    async def _ask_for_chat(self, message: Message) -> None:
        self._greeted.pop(message.chat.id, None)
        _ = texts(await lang_for(self._services, self._target(message.chat.id), message.from_user))
        rights = {"bot_administrator_rights": IN_CHANNELS, "user_administrator_rights": IN_CHANNELS}
        channel = {"chat_is_channel": True, **rights}
        group = {"chat_is_channel": False, "bot_is_member": True, "user_administrator_rights": MANAGES}
        buttons = [
            [{"text": _("Pick a channel"), "request_chat": {"request_id": 1, **channel}}],
            [{"text": _("Pick a group"), "request_chat": {"request_id": 2, **group}}],
        ]
        markup = {"keyboard": buttons, "resize_keyboard": True, "one_time_keyboard": True}
        said = _("Which chat should get the issue? Pick it here, forward one of its posts to me, or send its @name.")
        await self._api.call("sendMessage", {"chat_id": message.chat.id, "text": said, "reply_markup": markup})

    async def set_up(self, message: Message, chat: int | str) -> None:
        """Offer the settings of another chat to one of its admins, in their direct chat."""
        user = message.from_user
        if user is None:
            return
        try:
            found = await self._ask("getChat", chat_id=chat)
            mine = await self._ask("getChatMember", chat_id=found["id"], user_id=self._me.id)
            refusal = await self._rights.refusal(str(found["id"]), user)
        except SendError as error:
            if error.kind in HARMLESS:
                raise
            await self._tell(user, UNSEEN)
            return
        if message.chat_shared and self._greeted.pop(user.id, "") == str(found["id"]):
            return  # picking the channel made the bot its admin, and that was answered
        if refusal:
            await self._tell(user, refusal)
        elif not _is_in(found["type"], mine["status"]):
            await self._tell(user, _NO_ADMIN if found["type"] == "channel" else _NOT_IN)
        else:
            await self._offer(found, mine, user)

    async def _ask(self, method: str, **about: int | str) -> dict[str, Any]:
        asked: dict[str, Any] = await insist(
            partial(self._api.call, method, about), self._services.clock, again=HARMLESS
        )
        return asked

    async def _offer(self, chat: dict[str, Any], mine: dict[str, Any], user: User) -> None:
        """Show somebody the settings of a chat, or say what is missing there."""
        if not _may_post(chat["type"], mine):
            await self._tell(user, _MAY_NOT_POST, name=chat.get("title", ""))
            return
        target, lang = self._target(chat["id"]), await lang_for(self._services, self._target(user.id), user)
        request = Request(command="settings", args="", target=target, user=str(user.id), lang=lang, offers=OFFERS)
        reply = await dispatch(request, self._services)
        document = addressed(reply.document, target.chat, chat.get("title", ""))
        await self._say(self._target(user.id), Reply(document=document))

    async def _tell(self, user: User, message: str, **values: str) -> None:
        _ = texts(await lang_for(self._services, self._target(user.id), user))
        said = _(message, **values)
        await self._say(self._target(user.id), Reply(document=page(_, said, paragraph(said))))

    def _target(self, chat: int | str) -> Target:
        return Target(platform="telegram", account=self._account, chat=str(chat))


def _is_in(kind: str, status: str) -> bool:
    return status in MANAGERS if kind == "channel" else status not in AWAY


def _may_post(kind: str, member: Mapping[str, Any]) -> bool:
    right = "can_post_messages" if kind == "channel" else "can_send_messages"
    return bool(member.get(right)) or (kind != "channel" and member["status"] != "restricted")


def named_chat(said: str) -> str | None:
    """Return the public name (``@name``) that the text is, or links to, and nothing else; None if it is another."""
    match = _CHANNEL_NAME.fullmatch(said.strip())
    return f"@{match['name']}" if match else None


async def lang_for(services: Services, target: Target, user: User | None) -> str:
    """Return the language to answer in: what the chat chose, else what the reader speaks, else the publication's."""
    return await services.preferences.lang(target) or language_of(user) or services.publication.lang


async def title_of(api: Api, chat: str) -> str:
    """Return the name of a chat, "" if Telegram does not tell it."""
    try:
        return str((await api.call("getChat", {"chat_id": int(chat)})).get("title", ""))
    except SendError:
        return ""


def addressed(document: Document, chat: str, title: str) -> Document:
    """Return the document under the name of the chat that its buttons act on, which is not the one they stand in."""

    def at(action: Action) -> Action:
        return structs.replace(action, command="at", args=f"{chat} {action.data}")

    def block(each: Block) -> Block:
        return Actions(tuple(tuple(map(at, row)) for row in each.rows)) if isinstance(each, Actions) else each

    name = (Paragraph((Strong(text(title)),)),) if title else ()
    return structs.replace(document, blocks=(*name, *map(block, document.blocks)))


def for_group(document: Document, me: User) -> Document:
    """Return a page that asks for questions as a group shows it: the bot sees only what is said to it there."""
    _ = texts(document.lang)
    return with_hint(
        document, _("In a group, write @{name} before a question, or reply to one of my messages.", name=me.username)
    )


def for_channel(document: Document) -> Document:
    """Return a page for admins as a channel shows it: its buttons would act for the readers who press them."""
    hint = paragraph(texts(document.lang)("The buttons for this are in our direct chat: send me /channel there."))
    blocks = (each for each in document.blocks if not isinstance(each, Actions))
    return structs.replace(document, blocks=(*blocks, hint))


def aimed(line: str, here: Target) -> tuple[str, Target]:
    """Return the command line of a button or message and the chat that it acts on, ``here`` unless it says another."""
    match = _AT.fullmatch(line)
    return (match["line"], replace(here, chat=match["chat"], thread="")) if match else (line, here)
