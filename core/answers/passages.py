"""What of an issue can be found: its stories, its lesson, its pick, each as one passage."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.answers.tokens import tokens
from core.document.text import links, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.digest.model import Issue, IssueRef, Lesson, Pick
    from core.document.nodes import Inlines

TITLE_WEIGHT = 3
SATURATION = 1.2
LENGTH_SHARE = 0.4
USUAL_LENGTH = 100
"""BM25's k1 and b, and the length in tokens that counts as usual: a constant, so that adding a passage changes no
other one's numbers (https://en.wikipedia.org/wiki/Okapi_BM25)."""


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


def passages(issue: Issue) -> Iterator[Passage]:
    """Yield the passages of the issue, in order."""
    for section, story in issue.stories():
        yield Passage(
            ref=issue.ref,
            what="story",
            section=section.kind,
            key=story.key,
            title=plain(story.title),
            text=plain(story.body),
            url=next((link.url for link in story.links), ""),
            likes=story.metrics.likes,
            downloads=story.metrics.downloads,
            reposts=story.metrics.reposts,
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
        text=_without_title(part.heading, title) + plain(part.body),
        url=next((link.url for link in links(part.body)), ""),
    )


def _without_title(heading: Inlines, title: str) -> str:
    said = plain(heading)
    return "" if said == title else f"{said}\n"


def impacts(passage: Passage) -> Mapping[str, float]:
    """Return what each token of the passage adds to the score of a search for it, before the token's rarity.

    This is BM25's term frequency part; a token of the title counts ``TITLE_WEIGHT`` times.
    """
    title, text = tokens(passage.title), tokens(passage.text)
    counts = Counter(text)
    for token in title:
        counts[token] += TITLE_WEIGHT
    length = len(title) + len(text)
    norm = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length / USUAL_LENGTH)
    return {token: count * (SATURATION + 1) / (count + norm) for token, count in counts.items()}
