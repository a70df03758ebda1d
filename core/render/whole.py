"""The short way for documents that fit one message: nothing is measured before it is rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from core.render.paginate import with_actions_last

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.document.nodes import Document
    from core.render.port import Message
    from core.render.profile import Profile


def on_one_page(
    document: Document, profile: Profile, longest: int, message: Callable[[Document, str], Message]
) -> tuple[Message, ...]:
    """Return the document as the one message that ``message`` makes of it, nothing if that exceeds a limit.

    ``message`` is also given the document's plain text. ``longest`` is how many characters a message holds at most:
    of a longer document none is made.
    """
    if len(document.text) > longest:
        return ()
    blocks = with_actions_last(document.blocks)
    made = message(document if blocks is document.blocks else replace(document, blocks=blocks), document.text)
    return (made,) if all(count <= profile.limits[name].value for name, count in made.counts.items()) else ()
