"""What Discord's refusals mean to a reader. https://docs.discord.com/developers/topics/opcodes-and-status-codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

_CODE = re.compile(r"\((\d+)\)$")
_LEFT = mark("I was not in the server any more")
_TAG = mark("posts in the forum need a tag that I was not given")
_BLOCKED = mark("a rule of the server blocked the message")
_WORDS: Mapping[int, str] = {
    10003: mark("the channel was deleted"),
    10004: _LEFT,
    40007: mark("I am banned from the server"),
    40067: _TAG,
    50001: mark("I cannot see the channel, or may not read it"),
    50007: mark("direct messages from me are not accepted: allow them in Discord's privacy settings"),
    50013: mark("I lack a right to post in the channel"),
    50083: mark("the thread is archived"),
    50278: _LEFT,
    160005: mark("the thread is locked"),
    160006: mark("the server has too many open threads"),
    200000: _BLOCKED,
    220001: _TAG,
    240000: _BLOCKED,
}


def in_words(reason: str) -> str | None:
    """Return the msgid of what a refusal means, None where its class says as much."""
    code = _CODE.search(reason)
    return _WORDS.get(int(code[1])) if code else None
