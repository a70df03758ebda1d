"""What of an issue can be found: its stories, its lesson, its pick, each as one passage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.digest.keys import natural_key
from core.digest.model import Pick
from core.document.nodes import Emphasis, Link, Paragraph, Strong, Text
from core.document.text import links, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.digest.model import Issue, IssueRef, Lesson
    from core.document.nodes import Blocks, Inline, Inlines

ENDS = frozenset('.!?。！？…;；)）]】”"’」❤️⭐')
"""What a sentence ends with, or a count: a link after it stands for itself."""
BETWEEN_LINKS = " \n\t·|/,，、→📎🔗"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A story, lesson or pick as the index keeps it. ``section`` is the kind, or "lesson" or "pick"."""

    ref: IssueRef
    what: Literal["story", "lesson", "pick"]
    section: str
    key: str
    title: str
    text: str
    url: str = ""
    likes: int | None = None
    downloads: int | None = None
    reposts: int | None = None
    story: str = ""
    """What is the same for every passage about one thing: the key that its first address gives, else its own."""

    @property
    def body(self) -> str:
        """The text without the heading of a lesson or pick, which only names it."""
        first, _, rest = self.text.partition("\n")
        headed = self.what != "story" and rest and "".join(self.title.split()) in "".join(first.split())
        return rest if headed else self.text


def passages(issue: Issue) -> Iterator[Passage]:
    """Yield the passages of the issue, in order."""
    for section, story in issue.stories():
        yield Passage(
            ref=issue.ref,
            what="story",
            section=section.kind,
            key=story.key,
            title=plain(story.title),
            text=plain(told(story.body)).rstrip(),
            url=next((link.url for link in story.links), ""),
            likes=story.metrics.likes,
            downloads=story.metrics.downloads,
            reposts=story.metrics.reposts,
            story=story.key,
        )
    if issue.lesson:
        yield _headed(issue, issue.lesson, "lesson", issue.lesson.term)
    if issue.pick:
        yield _headed(issue, issue.pick, "pick", issue.pick.title)


def _headed(issue: Issue, part: Lesson | Pick, what: Literal["lesson", "pick"], title: str) -> Passage:
    return Passage(
        ref=issue.ref,
        what=what,
        section=what,
        key=part.key,
        title=title,
        text=_without_title(part.heading, title) + plain(told(part.body)).rstrip(),
        url=next((link.url for link in links(part.body)), ""),
        story=natural_key(part) if isinstance(part, Pick) else part.key,
    )


def told(blocks: Blocks) -> Blocks:
    """Return what a story says without the link to its source at its end ("Read more →"), which is no part of it."""
    last = blocks[-1] if blocks else None
    if not isinstance(last, Paragraph):
        return blocks
    kept = len(last.children)
    while kept and _leads_away(last.children[kept - 1]):
        kept -= 1
    before = plain(last.children[:kept]).rstrip()
    if kept == len(last.children) or (before and before[-1] not in ENDS):
        return blocks
    if before:
        return (*blocks[:-1], Paragraph(last.children[:kept]))
    return blocks[:-1] or blocks


def _leads_away(inline: Inline) -> bool:
    match inline:
        case Link():
            return True
        case Strong(children) | Emphasis(children):
            return all(map(_leads_away, children))
        case Text(value):
            return not value.strip(BETWEEN_LINKS)
        case _:
            return False


def _without_title(heading: Inlines, title: str) -> str:
    said = plain(heading)
    return "" if said == title else f"{said}\n"
