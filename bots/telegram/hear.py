"""What a message says to the bot, if anything. Pure."""

from __future__ import annotations

import re
from datetime import time
from typing import TYPE_CHECKING

from telegram import MessageOriginChannel

from core.commands.dispatch import minds_rights
from core.commands.registry import COMMANDS
from core.document.nodes import Action
from core.errors import UsageError
from core.subscriptions.when import parse_when
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, timedelta

    from telegram import Chat, Message, Update, User

_COMMAND = re.compile(r"[/／](?P<name>\w{1,32})(?:@(?P<bot>\w+))?(?:\s+(?P<args>.*))?", re.DOTALL)
_REF = re.compile(r"[a-z0-9-]+/[a-z]{2}/\d{4}-\d{2}-\d{2}")
_ASKING = re.compile(r"(?P<line>(?:at -?\d+ )?(?:settings (?:zone|time)|subscribe)) \S")


def is_somebodys(message: Message, me: User) -> bool:
    """Tell whether a person says it in this chat.

    Others are what a bot writes, a story that was posted through us, and a channel's post copied into its discussion.
    """
    author, through = message.from_user, message.via_bot
    by_bot = author is not None and author.is_bot and message.sender_chat is None
    return not (by_bot or message.is_automatic_forward or (through and through.id == me.id))


def line_of(message: Message, me: User) -> str | None:
    """Return the command line that the message is for us; None if it is for others.

    A command of ours; in a direct chat any other text is a question, in a group one that replies to us or names us.
    A sticker or a voice message in a direct chat is a question without words; nothing but our name below what
    somebody wrote asks that.
    """
    text = (message.text or message.caption or "").strip()
    said, names = re.subn(rf"@{re.escape(me.username or '')}\b", " ", text, flags=re.IGNORECASE)
    to_us = bool(names) or message.chat.type == "private"
    if match := _COMMAND.fullmatch(said.strip()):
        return _command(match, to_us=to_us)
    if message.chat.type == "channel":
        return None
    if not text:
        return "ask" if to_us and message.effective_attachment and not message.media_group_id else None
    ours, before = _answers(message, me), message.reply_to_message
    if not (to_us or ours):
        return None
    below = before.text if before and not ours else ""
    return f"ask {said.strip() or below or ''}".strip()


def _command(match: re.Match[str], *, to_us: bool) -> str | None:
    name = match["name"].lower()
    if match["bot"] or not (to_us or name in COMMANDS):
        return None
    return f"{name} {(match['args'] or '').strip()}".strip()


def _answers(message: Message, me: User) -> bool:
    before = message.reply_to_message
    return bool(before and before.from_user and before.from_user.id == me.id)


def channel_behind(message: Message) -> tuple[Chat, int] | None:
    """Return the channel and id of the post that a message in a discussion group answers."""
    before = message.reply_to_message
    if before and before.is_automatic_forward and isinstance(before.forward_origin, MessageOriginChannel):
        return before.forward_origin.chat, before.forward_origin.message_id
    return None


def post_meant(message: Message) -> tuple[int, int] | None:
    """Return chat and id of the post that a message answers, in whichever chat that stands."""
    if behind := channel_behind(message):
        return behind[0].id, behind[1]
    if before := message.reply_to_message:
        return message.chat.id, before.message_id
    elsewhere = message.external_reply.origin if message.external_reply else None
    return (elsewhere.chat.id, elsewhere.message_id) if isinstance(elsewhere, MessageOriginChannel) else None


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


def says_when(text: str) -> bool:
    """Tell whether the text is nothing but a time, a place or days."""
    try:
        parse_when(text, default_zone="UTC", default_time=time())
    except UsageError:
        return False
    return True


def target_of(message: Message, account: str) -> Target:
    """Return where the message stands."""
    thread = str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else ""
    return Target(platform="telegram", account=account, chat=str(message.chat.id), thread=thread)


def language_of(user: User | None) -> str | None:
    """Return the language of a reader, None if it is none of ours."""
    code = (user.language_code or "").lower() if user else ""
    return next((lang for lang in ("zh", "en") if code.startswith(lang)), None)


def worth_answering(updates: Sequence[Update], now: datetime, old: timedelta, me: User) -> list[Update]:
    """Return the updates without texts older than ``old``: an answer, not a storm.

    Of those each chat keeps the last that is said to us, and what changes something there.
    """
    texts = {update.update_id: said for update in updates if (said := _text_of(update))}
    lines = {number: line for number, said in texts.items() if (line := line_of(said, me))}
    last = {texts[number].chat.id: number for number in lines}
    kept = {*last.values(), *(number for number, line in lines.items() if minds_rights(*Action.parse(line)[:2]))}
    late = {number for number, said in texts.items() if now - said.date > old} - kept
    return [update for update in updates if update.update_id not in late]


def _text_of(update: Update) -> Message | None:
    message = update.message or update.channel_post
    return message if message and message.text else None
