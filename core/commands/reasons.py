"""Why a post did not come, in a reader's words: what a platform said itself is for whoever runs the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeAlias

from core.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.delivery.model import ErrorClass

Words: TypeAlias = Callable[[str], str | None]
"""Returns what a platform's refusal comes to, as an English msgid; None where its class says it as well."""

_OURS = {
    "paused": mark("deliveries were paused"),
    "withdrawn": mark("the issue was withdrawn"),
    "stopped": mark("this chat was unsubscribed"),
    "cancelled": mark("the editor stopped it"),
    "the chat it moved to has it already": mark("the issue is there already"),
}
_CLASSES: Mapping[str, str] = {
    "gone": mark("the chat was not there any more, or I was not in it"),
    "move": mark("the chat had moved"),
    "pause": mark("messages from me were not accepted"),
    "config": mark("I am not allowed to post there"),
    "wait": mark("too much was to be sent at once"),
    "transient": mark("the connection failed"),
    "unknown": mark("the connection broke before the answer came"),
    "content": mark("the message was not accepted as it was"),
    "fatal": mark("I was not let in at all; whoever runs me has to mend that"),
}


def in_words(reason: str, kind: ErrorClass | Literal[""], words: Words | None) -> str:
    """Return the msgid of what a delivery's reason, of the error class ``kind``, means; "" if there is nothing to say.

    ``words`` are those of the platform that gave the reason.
    """
    if reason in _OURS:
        return _OURS[reason]
    return (words(reason) if words else None) or _CLASSES.get(kind, "")
