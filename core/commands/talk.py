"""What a reader speaks of: the conversation that a question belongs to, and the stories that it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.commands.issues import parse_ref
from core.commands.page import one_line
from core.document.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.commands.model import Request
    from core.commands.services import Services
    from core.digest.model import Issue, Story

MOST = 5
SPOKEN_OF = 200
"""Characters of a text of others that tell what it is about."""
QUOTED = 12
"""So much of a quoted text tells a story apart."""


def conversation_of(request: Request) -> str:
    """Return the name of the conversation: one for each chat and thread."""
    thread = request.context.thread
    return f"{request.target.key}#{thread}" if thread else request.target.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a question stands on: the keys of stories, the likeliest first, and what that one is called.

    Of a text that belongs to no issue, ``title`` is how it begins.
    """

    stories: tuple[str, ...] = ()
    title: str = ""


async def under_discussion(request: Request, services: Services) -> Topic:
    """Return the stories that the reader answers or quotes."""
    ref = parse_ref(request.context.issue)
    issue = await services.archive.get(ref) if ref else None
    if issue is None:
        known = (request.context.story,) if request.context.story else ()
        return Topic(stories=known, title=one_line(request.context.quote, SPOKEN_OF))
    stories = [story for _section, story in issue.stories()]
    pressed = [story for story in stories if story.key == request.context.story]
    quoted = _squeezed(request.context.quote)
    named = [story for story in stories if quoted and _holds(story, quoted)]
    likely = (pressed or named or _heroes(issue, stories))[:MOST]
    return Topic(stories=tuple(story.key for story in likely), title=plain(likely[0].title) if likely else "")


def _heroes(issue: Issue, stories: Sequence[Story]) -> Sequence[Story]:
    """Return the stories that an issue is about: those of its headline, then the others in their order."""
    title = _squeezed(issue.title)
    return sorted(stories, key=lambda story: (_squeezed(plain(story.title)) not in title, story.prominence != "hero"))


def _holds(story: Story, quoted: str) -> bool:
    title, text = _squeezed(plain(story.title)), _squeezed(plain(story.body))
    return (
        (bool(title) and title in quoted)
        or quoted in title + text
        or (len(quoted) > QUOTED and quoted[:QUOTED] in text)
    )


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()
