"""What Telegram's refusals mean to a reader. It has no codes; the texts are the server's own, as in ``errors``."""

from __future__ import annotations

from core.i18n import mark

_REMOVED = mark("I was removed from the chat")
_DELETED = mark("the topic was deleted")
_GROUP = mark("the group was deleted")
_WORDS = (
    ("bot was blocked by the user", mark("I was blocked")),
    ("user is deactivated", mark("the account was deleted")),
    ("can't initiate conversation", mark("nobody has pressed Start here yet")),
    ("bot was kicked", _REMOVED),
    ("bot is not a member", _REMOVED),
    ("chat was deleted", _GROUP),
    ("group is deactivated", _GROUP),
    ("message thread not found", _DELETED),
    ("topic_deleted", _DELETED),
    ("topic_closed", mark("the topic is closed")),
    ("allow_payment_required", mark("messages cost Stars there, which I do not pay")),
)


def in_words(reason: str) -> str | None:
    """Return the msgid of what a refusal means, None where its class says as much."""
    said = reason.casefold()
    return next((words for part, words in _WORDS if part in said), None)
