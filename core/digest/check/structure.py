"""Whether an issue has what readers expect: a title that fits, sections with stories, a lesson, a pick."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from core.digest.model import Problem, Section
from core.digest.sections import fold
from core.document.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.digest.model import Issue
    from core.i18n import Texts

LONGEST_TITLE = 120
"""Columns, a Chinese character counts two: more than a phone shows in three lines of a heading."""

_TITLE_ALONE = re.compile(r"[^\w*]*(?:\d{1,3}[.)]\s*)?[^\w*]*(?:\*\*[^*]+\*\*|__[^_]+__)\W*")
_HEADING = re.compile(r"\s{0,3}#{3,6}\s")


def structure_problems(issue: Issue, source: str, _: Texts) -> Iterator[Problem]:
    """Yield what the issue lacks or has twice. ``source`` is its tidy text."""
    lines = source.split("\n")
    yield from _title(issue, lines, _)
    yield from _headings(issue, _)
    yield from _sections(issue, lines, _)
    yield from _twice(issue, _)
    yield from _missing(issue, len(source.rstrip().split("\n")), _)


def _title(issue: Issue, lines: Sequence[str], _: Texts) -> Iterator[Problem]:
    columns = sum(2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1 for character in issue.title)
    if columns > LONGEST_TITLE:
        message = _("The title takes {columns} columns; keep it within {most}.", columns=columns, most=LONGEST_TITLE)
        yield Problem(line=_title_line(issue.title, lines), level="warning", code="long-title", message=message)


def _title_line(title: str, lines: Sequence[str]) -> int:
    words = fold(title)
    spoken = ((number, fold(line)) for number, line in enumerate(lines, start=1))
    return next((number for number, said in spoken if said and said.removeprefix("title").startswith(words)), 1)


def _headings(issue: Issue, _: Texts) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for part in issue.parts:
        said = fold(plain(part.heading))
        if said and said in first:
            message = _("The same heading stands in line {line}. Put the sections together.", line=first[said])
            yield Problem(line=part.line, level="warning", code="duplicate-heading", message=message)
        first.setdefault(said, part.line)


def _sections(issue: Issue, lines: Sequence[str], _: Texts) -> Iterator[Problem]:
    for section in issue.sections:
        if _is_empty(section):
            message = _("This section has no story. Write one or remove the heading.")
            yield Problem(line=section.line, level="error", code="empty-section", message=message)
        for story in section.stories:
            own = lines[story.line - 1] if 0 < story.line <= len(lines) else ""
            if not story.body and not story.links and (_TITLE_ALONE.fullmatch(own) or _HEADING.match(own)):
                message = _("This story is only a title. Write what happened, or remove it.")
                yield Problem(line=story.line, level="warning", code="story-without-text", message=message)


def _is_empty(section: Section) -> bool:
    return not (section.stories or section.intro or section.outro)


def _twice(issue: Issue, _: Texts) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for _section, story in issue.stories():
        url = story.links[0].url.rstrip("/") if story.links else ""
        if url and url in first:
            message = _("The story in line {line} has the same link. Keep one of them.", line=first[url])
            yield Problem(line=story.line, level="warning", code="duplicate-story", message=message)
        first.setdefault(url, story.line)


def _missing(issue: Issue, last: int, _: Texts) -> Iterator[Problem]:
    if not issue.lesson:
        message = _("There is no lesson. Add a section such as `## 🎓 Model literacy: what is …?`.")
        yield Problem(line=last, level="warning", code="no-lesson", message=message)
    if not issue.pick:
        message = _("There is no pick of the day. Add a section such as `## 🎯 Pick of the day: …`.")
        yield Problem(line=last, level="warning", code="no-pick", message=message)
