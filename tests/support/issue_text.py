"""The plain text of an issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.digest.model import Section
from core.document.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.digest.model import Issue, Part, Story


def issue_text(issue: Issue) -> str:
    """Return every word of the issue in its order, a line for each block. A made-up title is not part of it."""
    pieces = [*map(plain, issue.chatter), plain(issue.headline), *(plain(top.block) for top in issue.top)]
    pieces.extend(piece for part in issue.parts for piece in _part(part))
    return "\n".join(piece for piece in pieces if piece)


def _story(story: Story) -> str:
    """Return the story's words: marker, title, separator, body."""
    head = f"{story.marker} {plain(story.title)}{story.separator}".strip(" ")
    return f"{head}{plain(story.body)}" if story.separator else "\n".join(filter(None, (head, plain(story.body))))


def _part(part: Part) -> Iterator[str]:
    yield f"{part.emoji} {plain(part.heading)}".strip()
    if not isinstance(part, Section):
        yield plain(part.body)
        return
    yield plain(part.intro)
    yield from map(_story, part.stories)
    yield plain(part.outro)
