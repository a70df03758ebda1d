"""Which story a reader means who answers a message of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.commands.issues import parse_ref
from core.document.text import normalise, plain

if TYPE_CHECKING:
    from core.digest.port import Archive


async def story_meant(archive: Archive, issue: str, *, shown: str, quote: str) -> str:
    """Return the key of the story, "" if it is not clear which.

    ``issue`` is a ref, ``shown`` the text of the message that is answered, ``quote`` the passage of it that the
    reader marked, if any.
    """
    ref = parse_ref(issue)
    found = await archive.get(ref) if ref else None
    if found is None:
        return ""
    stories = [story for _section, story in found.stories()]
    if marked := normalise(quote):
        meant = [story.key for story in stories if marked in normalise(f"{plain(story.title)}{plain(story.body)}")]
        return meant[0] if meant else ""
    text = normalise(shown)
    meant = [story.key for story in stories if (title := normalise(plain(story.title))) and title in text]
    return meant[0] if len(meant) == 1 else ""
