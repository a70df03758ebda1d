"""What stands in the time and the section that were asked for is found, whatever words it is told in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import pytest

from core.answers.search import Indexer, Searcher
from core.digest.parse import parse
from core.storage.postings import SqlPassages

if TYPE_CHECKING:
    from core.storage.engine import Database

TODAY = date(2026, 3, 20)
DAYS = {
    "2026-03-17": "## Research\n\n- **Fungal spores** — The orchard kept notes for a year.\n",
    "2026-03-18": (
        "## Models\n\n- **Gardening chatbot** — Asks for an orchard's soil.\n\n"
        "## Research\n\n- **Old clay tablets** — Scribes wrote of barley.\n- **Whale songs** — Calves copy them.\n"
    ),
}


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("research of March 18 that an orchard could use", ["Old clay tablets", "Whale songs", "Gardening chatbot"]),
        ("an orchard on March 18", ["Gardening chatbot", "Old clay tablets", "Whale songs"]),
    ],
)
async def test_a_section_of_a_day_is_found_by_words_that_none_of_its_stories_say(
    sqlite_database: Database, question: str, titles: list[str]
) -> None:
    passages = SqlPassages(sqlite_database)
    for day, text in DAYS.items():
        await Indexer(passages).add(parse(f"# News\n\n{text}", path=f"daily/en/{day}.md").issue)
    search = Searcher(passages, now=lambda: datetime.combine(TODAY, time(12), UTC))
    found = await search.find(await search.understand(question), lang="en")
    assert [one.passage.title for one in found.candidates] == titles
