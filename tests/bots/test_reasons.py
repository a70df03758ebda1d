"""Whatever a platform refuses, a reader is told it in words of the reader's language, never in the platform's."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Literal

import pytest
from telegram.error import BadRequest, Forbidden, NetworkError

from bots.broadcast import Answer
from bots.discord import errors as discord_errors
from bots.discord.reasons import in_words as discord_words
from bots.slack import errors as slack_errors
from bots.slack.reasons import in_words as slack_words
from bots.telegram import errors as telegram_errors
from bots.telegram.reasons import in_words as telegram_words
from core.commands.reasons import in_words
from core.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.commands.reasons import Words
    from core.delivery.model import ErrorClass, SendError

RAW = re.compile(r"_|\d|[a-z][A-Z]|Bad Request|Forbidden")
"""What stands in the platforms' codes, statuses and names of exceptions, and in no sentence."""
TELEGRAM = (
    Forbidden("Forbidden: bot was blocked by the user"),
    Forbidden("Forbidden: user is deactivated"),
    Forbidden("Forbidden: bot can't initiate conversation with a user"),
    Forbidden("Forbidden: bot was kicked from the supergroup chat"),
    Forbidden("Forbidden: bot is not a member of the channel chat"),
    Forbidden("Forbidden: the group chat was deleted"),
    BadRequest("Bad Request: chat not found"),
    BadRequest("Bad Request: not enough rights to send text messages to the chat"),
    BadRequest("Bad Request: need administrator rights in the channel chat"),
    BadRequest("Bad Request: message thread not found"),
    BadRequest("Bad Request: TOPIC_CLOSED"),
    BadRequest("Bad Request: CHAT_WRITE_FORBIDDEN"),
    BadRequest("Bad Request: ALLOW_PAYMENT_REQUIRED_5"),
    BadRequest("Bad Request: SOMETHING_NEW"),
    BadRequest("Bad Request: message is too long"),
    NetworkError("Internal Server Error (500)"),
)


def refusals() -> Iterator[tuple[Words, SendError]]:
    """Give an error for everything that is known to be refused, as the platforms' own tables translate it."""
    yield from ((telegram_words, telegram_errors.send_error(error)) for error in TELEGRAM)
    for code in (code for codes in slack_errors.CODES.values() for code in codes):
        yield slack_words, slack_errors.refusal(200, {}, {"ok": False, "error": code, "needed": "channels:join"})
    yield slack_words, slack_errors.send_error(TimeoutError())
    for number in discord_errors.CODES:
        body = json.dumps({"code": number, "message": "Missing Access"}).encode()
        yield discord_words, discord_errors.refusal(Answer(403, "Forbidden", {}, body))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_reader_is_shown_what_a_platform_says_itself(lang: str) -> None:
    _ = texts(lang)
    told = {error.reason: _(in_words(error.reason, error.kind, words)) for words, error in refusals()}
    assert not {reason: said for reason, said in told.items() if not said or RAW.search(said)}
    if lang == "zh":
        assert not {reason: said for reason, said in told.items() if not re.search(r"[\u4e00-\u9fff]", said)}


@pytest.mark.parametrize(
    ("words", "reason", "kind", "said"),
    [
        (slack_words, "not_in_channel", "config", "I am not in the channel; /invite brings me in"),
        (slack_words, "is_archived", "gone", "the channel is archived"),
        (slack_words, "missing_scope (needs channels:join)", "fatal", "the app lacks a right; whoever installed it"),
        (slack_words, "restricted_action_of_a_new_kind", "config", "I am not allowed to post there"),
        (discord_words, "403 Missing Access (50001)", "config", "I cannot see the channel, or may not read it"),
        (discord_words, "403 Cannot send messages to this user (50007)", "pause", "direct messages from me are not"),
        (discord_words, "404 Unknown Channel (10003)", "gone", "the channel was deleted"),
        (telegram_words, "Forbidden: bot was kicked from the group chat", "gone", "I was removed from the chat"),
        (telegram_words, "TOPIC_CLOSED", "config", "the topic is closed"),
        (None, "withdrawn", "", "the issue was withdrawn"),
        (None, "the chat it moved to has it already", "", "the issue is there already"),
        (None, "words of nobody", "", ""),
    ],
)
def test_a_reason_says_what_can_be_done_where_anything_can(
    words: Words | None, reason: str, kind: ErrorClass | Literal[""], said: str
) -> None:
    assert in_words(reason, kind, words).startswith(said)
    assert bool(said) == bool(in_words(reason, kind, words))
