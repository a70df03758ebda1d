"""Questions to begin a conversation with, from an issue. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.digest.present import best
from core.document.build import clean
from core.document.nodes import Text
from core.document.text import plain, truncate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.digest.model import Issue
    from core.i18n import Texts

MOST = 4
TITLE = 60


def prompts(issue: Issue, _: Texts) -> list[dict[str, str]]:
    """Return up to four prompts: the issue, its lesson, and its first stories. Each is answered from the issue."""
    return [{"title": title, "message": message} for title, message in _offers(issue, _)][:MOST]


def _offers(issue: Issue, _: Texts) -> Iterator[tuple[str, str]]:
    yield _("Today's issue"), "today"
    if issue.lesson and issue.lesson.term:
        term = _short(issue.lesson.term)
        yield _("What does “{term}” mean?", term=term), f"explain {term}"
    for section in issue.sections:
        for story in best(section, 1):
            title = _short(plain(story.title))
            yield title, _("What about “{title}”?", title=title)


def _short(text: str) -> str:
    return plain(truncate((Text(" ".join(clean(text).split())),), TITLE))
