"""Turning pages, with more issues than fit on one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.answers.search import Indexer
from core.digest.parse import parse
from core.document.nodes import Actions
from core.document.text import plain
from core.storage.postings import SqlPassages

if TYPE_CHECKING:
    from clock import ManualClock
    from core.commands.model import Reply
    from core.commands.services import Services
    from core.storage.engine import Database
    from tests.core.commands.conftest import Ask

FIRST = date(2026, 4, 1)
COUNT = 13


@pytest.fixture
async def april(services: Services, paper: Database, clock: ManualClock) -> None:
    """Print an issue on each of the first days of April, each with a story about cranberries."""
    clock.at = datetime(FIRST.year, FIRST.month, FIRST.day + COUNT, tzinfo=UTC)
    index = Indexer(SqlPassages(paper))
    for day in (FIRST + timedelta(days=offset) for offset in range(COUNT)):
        source = f"# April {day.day}\n\n**{day}**\n\n## Models\n\n- **Story {day.day}** — On cranberries.\n"
        issue = parse(source, path=f"daily/en/{day}.md").issue
        await services.archive.put(issue, source)
        await index.add(issue)


def buttons(reply: Reply) -> dict[str, str]:
    last = reply.document.blocks[-1]
    return {action.label: action.data for row in last.rows for action in row} if isinstance(last, Actions) else {}


async def turned(first: str, label: str, ask: Ask) -> list[Reply]:
    replies = [await ask(first)]
    while label in buttons(replies[-1]):
        replies.append(await ask(buttons(replies[-1])[label]))
    return replies


async def test_the_archive_shows_every_issue_once_from_the_newest_to_the_oldest(ask: Ask, april: None) -> None:
    pages = await turned("/archive en", "More →", ask)
    listed = [data for page in pages for data in buttons(page).values() if data.startswith("issue ")]
    assert len(pages) == 3
    assert len(listed) == len(set(listed)) == COUNT + 2
    assert listed == sorted(listed, reverse=True)


async def test_a_search_shows_every_hit_once(ask: Ask, april: None) -> None:
    pages = await turned("/search cranberries", "More →", ask)
    found = [data for page in pages for data in buttons(page).values() if data.startswith("story ")]
    assert len(pages) == 3
    assert len(set(found)) == len(found) == COUNT


@pytest.mark.parametrize("line", ["/archive en", "/search cranberries"])
async def test_back_leads_to_the_page_before(line: str, ask: Ask, april: None) -> None:
    first, second = (await turned(line, "More →", ask))[:2]
    back = await ask(buttons(second)["← Back"])
    assert plain(back.document.blocks) == plain(first.document.blocks)


async def test_the_next_issue_is_the_very_next_one(ask: Ask, april: None) -> None:
    assert buttons(await ask("/issue 2026-03-02"))["Apr 1 →"] == "issue daily/en/2026-04-01"
    assert buttons(await ask("/issue 2026-02-20"))["Mar 2 →"] == "issue daily/en/2026-03-02"


async def test_the_issues_around_a_day_without_one_are_the_nearest(ask: Ask, april: None) -> None:
    labels = list(buttons(await ask("/issue 2026-03-15")))
    assert labels == ["Apr 2 · English", "Apr 1 · English", "Mar 2 · English", "Feb 20 · English", "Archive"]


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "²", "one"])
async def test_a_page_that_is_no_page_does_no_harm(page: str, ask: Ask) -> None:
    assert "Something went wrong" not in plain((await ask(f"/search weights --page {page}")).document.blocks)


async def test_an_issue_that_lies_ready_for_later_is_not_listed(ask: Ask, april: None, clock: ManualClock) -> None:
    clock.at = datetime(FIRST.year, FIRST.month, FIRST.day + 2, 9, tzinfo=UTC)
    for line in ("/archive en", "/catchup 3/31"):
        said = plain((await ask(line)).document.blocks)
        assert "April 3" in said
        assert "April 4" not in said


async def test_no_button_leads_to_an_issue_that_lies_ready_for_later(ask: Ask, april: None, clock: ManualClock) -> None:
    clock.at = datetime(FIRST.year, FIRST.month, FIRST.day + 2, 9, tzinfo=UTC)
    assert "Apr 3 →" in buttons(await ask("/issue 2026-04-02"))
    assert "Apr 4 →" not in buttons(await ask("/issue 2026-04-03"))
    clock.at = datetime(FIRST.year, FIRST.month - 1, 20, tzinfo=UTC)
    labels = list(buttons(await ask("/issue 2026-03-15")))
    assert labels == ["Mar 2 · English", "Feb 20 · English", "Archive"]
    labels = list(buttons(await ask("/issue 2026-04-20")))
    assert labels == ["Mar 2 · English", "Feb 20 · English", "Archive"]


async def test_no_answer_tells_what_an_issue_says_before_its_day(ask: Ask, april: None, clock: ManualClock) -> None:
    clock.at = datetime(FIRST.year, FIRST.month, FIRST.day + 2, 9, tzinfo=UTC)
    asked = ["/search cranberries", "/ask What is new about cranberries?", "/explain cranberries", "/issue 2026-04-04"]
    for line in asked:
        said = plain((await ask(line)).document.blocks)
        assert "Story 3" in said or "There is no issue for April 4, 2026." in said
        assert "Story 4" not in said
    assert "3 results" in plain((await ask(asked[0])).document.blocks)
    clock.at += timedelta(hours=2)
    assert "4 results" in plain((await ask(asked[0])).document.blocks), "April 4 has begun in Kiritimati"
    assert "Story 4" in plain((await ask("/issue 2026-04-04")).document.blocks)


async def test_a_day_at_the_end_of_the_calendar_has_no_issue(ask: Ask) -> None:
    reply = await ask("/issue 9999-12-31")
    assert "There is no issue for December 31, 9999." in plain(reply.document.blocks)


async def test_a_day_before_the_first_issue_does_not_make_the_archive_empty(ask: Ask) -> None:
    said = plain((await ask("/archive 2020-01-01")).document.blocks)
    assert "There is no issue for January 1, 2020." in said
    assert "yet" not in said
