"""Which story an answer to a message is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.commands.about import story_meant
from core.commands.issues import parse_ref
from core.document.text import plain

if TYPE_CHECKING:
    from core.commands.services import Services

REF = "daily/en/2026-03-02"


async def titles(services: Services) -> dict[str, str]:
    ref = parse_ref(REF)
    issue = await services.archive.get(ref) if ref else None
    return {plain(story.title): story.key for _section, story in issue.stories()} if issue else {}


async def test_a_page_with_one_story_is_about_that_one(services: Services) -> None:
    title, key = next(iter((await titles(services)).items()))
    assert await story_meant(services.archive, REF, shown=f"{title}\n\nAnd its text", quote="") == key


async def test_a_page_with_several_is_about_none_unless_one_is_quoted(services: Services) -> None:
    known = await titles(services)
    assert len(known) > 1
    page = "\n".join(known)
    assert await story_meant(services.archive, REF, shown=page, quote="") == ""
    for title, key in known.items():
        assert await story_meant(services.archive, REF, shown=page, quote=f" {title} ") == key


@pytest.mark.parametrize("issue", ["", "daily/en/1999-01-01", "nonsense"])
async def test_without_an_issue_it_is_about_none(issue: str, services: Services) -> None:
    assert await story_meant(services.archive, issue, shown="x", quote="x") == ""
