"""A story that was told on several days: the newest report that says what was asked is quoted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from core.answers.answer import Answerer
from core.answers.search import Indexer, Searcher
from core.digest.parse import parse

if TYPE_CHECKING:
    from core.storage.postings import SqlPassages

DAYS = {
    "en/2026-03-16": "The open model needs 24 GB of memory and costs 3 dollars per million tokens. [1](https://wren.example/9)",
    "en/2026-03-17": "It now speaks Portuguese, and readers made 40 variants. [1](https://wren.example/9)",
    "en/2026-03-18": "A thousand people queued in Lisbon to try it. [1](https://wren.example/9)",
    "zh/2026-03-16": "开放模型，需要 24 GB 内存，每百万词元 3 美元。[1](https://wren.example/9)",
    "zh/2026-03-18": "里斯本有一千人排队试用。[1](https://wren.example/9)",
}


OTHERS = """# T

## Models

- **Wren 9 Mini** — The small sibling of Wren 9: all of Wren 9 on a phone, in 3 GB. [1](https://wren.example/mini)
- **Marrow 2** — A speech model with 2 billion parameters. [1](https://marrow.example/2)
"""


@pytest.fixture
async def answerer(passages: SqlPassages) -> Answerer:
    indexer = Indexer(passages)
    for path, text in DAYS.items():
        heading = "## Models" if path.startswith("en") else "## 模型"
        await indexer.add(parse(f"# T\n\n{heading}\n\n- **Wren 9** — {text}\n", path=f"daily/{path}.md").issue)
    return Answerer(Searcher(passages), today=lambda: date(2026, 3, 19))


@pytest.mark.parametrize(
    ("question", "lang", "day"),
    [
        ("What is new with Wren 9?", "en", 18),
        ("how much does Wren 9 cost", "en", 16),
        ("how much memory does Wren 9 need?", "en", 16),
        ("does Wren 9 speak Portuguese", "en", 17),
        ("how much is Wren 9?", "en", 16),
        ("is Wren 9 expensive", "en", 16),
        ("Wren 9 多少钱", "zh", 16),
        ("Wren 9 贵不贵", "zh", 16),
        ("Wren 9 什么价位", "zh", 16),
        ("Wren 9 要多少内存", "zh", 16),
        ("Wren 9 有什么消息", "zh", 18),
    ],
)
async def test_the_newest_report_that_says_it_is_quoted(question: str, lang: str, day: int, answerer: Answerer) -> None:
    first = (await answerer.ask(question, lang=lang)).citations[0]
    assert (first.ref.lang, first.ref.date.day) == (lang, day), first.quote
    assert {other.day for other in first.also} == {16, 17, 18} - {day}


async def test_a_name_that_is_compared_is_not_taken_for_a_longer_one(answerer: Answerer, passages: SqlPassages) -> None:
    await Indexer(passages).add(parse(OTHERS, path="daily/en/2026-03-14.md").issue)
    answer = await answerer.ask("compare Wren 9 and Marrow 2", lang="en")
    assert [one.title for one in answer.citations[: answer.shown]] == ["Wren 9", "Marrow 2"]
