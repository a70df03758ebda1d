"""What a message says to the bot, if anything. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram import MessageOriginChannel

from core.commands.registry import COMMANDS
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, timedelta

    from telegram import Chat, Message, Update, User

_COMMAND = re.compile(r"/(?P<name>\w{1,32})(?:@(?P<bot>\w+))?(?:\s+(?P<args>.*))?", re.DOTALL)
_REF = re.compile(r"[a-z0-9-]+/[a-z]{2}/\d{4}-\d{2}-\d{2}")
_ASKING = re.compile(r"(?P<line>(?:at -?\d+ )?(?:settings (?:zone|time)|subscribe)) \S")
MANAGERS = frozenset({"creator", "administrator"})


def line_of(message: Message, me: User) -> str | None:
    """Return the command line that the message is for us; None if it is for others.

    A command of ours; in a direct chat any other text is a question, in a group one that replies to us or names us.
    """
    text = (message.text or message.caption or "").strip()
    if match := _COMMAND.fullmatch(text):
        return _command(match, message, me)
    if not text or message.chat.type == "channel":
        return None
    mention = re.compile(rf"@{re.escape(me.username or '')}\b", re.IGNORECASE)
    if message.chat.type == "private" or mention.search(text) or _answers(message, me):
        return f"ask {mention.sub(' ', text).strip()}"
    return None


def _command(match: re.Match[str], message: Message, me: User) -> str | None:
    name, bot = match["name"].lower(), match["bot"]
    if bot and bot.casefold() != (me.username or "").casefold():
        return None
    if name not in COMMANDS and not bot and message.chat.type != "private":
        return None
    return f"{name} {match['args'] or ''}".strip()


def _answers(message: Message, me: User) -> bool:
    before = message.reply_to_message
    return bool(before and before.from_user and before.from_user.id == me.id)


def channel_behind(message: Message) -> tuple[Chat, int] | None:
    """Return the channel and id of the post that a message in a discussion group answers."""
    before = message.reply_to_message
    if before and before.is_automatic_forward and isinstance(before.forward_origin, MessageOriginChannel):
        return before.forward_origin.chat, before.forward_origin.message_id
    return None


def refs_on(message: Message) -> Iterator[str]:
    """Yield the issues that the buttons of a message lead to."""
    for data in _data_on(message):
        yield from _REF.findall(data)


def _data_on(message: Message) -> Iterator[str]:
    markup = message.reply_markup
    for row in markup.inline_keyboard if markup else ():
        yield from (button.callback_data for button in row if isinstance(button.callback_data, str))


def asked_for(lines: Iterable[str]) -> str | None:
    """Return the beginning of the command line that a page with these buttons offers several ends of, None if none."""
    asking = [match["line"] for line in lines if (match := _ASKING.match(line))]
    return asking[0] if len(asking) > 1 else None


def setting_meant(message: Message, me: User) -> str | None:
    """Return the command line that a reader completes by answering a page that asks for a time or a place."""
    if not (message.text and message.reply_to_message and _answers(message, me)):
        return None
    line = asked_for(_data_on(message.reply_to_message))
    return f"{line} {message.text.strip()}" if line else None


def target_of(message: Message, account: str) -> Target:
    """Return where the message stands."""
    thread = str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else ""
    return Target(platform="telegram", account=account, chat=str(message.chat.id), thread=thread)


def language_of(user: User | None) -> str | None:
    """Return the language of a reader, None if it is none of ours."""
    code = (user.language_code or "").lower() if user else ""
    return next((lang for lang in ("zh", "en") if code.startswith(lang)), None)


def worth_answering(updates: Sequence[Update], now: datetime, old: timedelta) -> list[Update]:
    """Return the updates without messages older than ``old``, each chat's last one excepted: an answer, not a storm."""
    last = {update.effective_chat.id: update.update_id for update in updates if update.effective_chat and _said(update)}
    kept = set(last.values())
    return [
        update
        for update in updates
        if (said := _said(update)) is None or now - said.date <= old or update.update_id in kept
    ]


def _said(update: Update) -> Message | None:
    message = update.message or update.channel_post
    return message if message and message.text else None
