"""A story without an address is shown in the reader's language all the same."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from core.answers.search import Indexer, Searcher
from core.digest.parse import parse
from core.storage.postings import SqlPassages

if TYPE_CHECKING:
    from core.storage.engine import Database

ZH = """- **MiniMax-M2.5** — 789 ❤️，9 万下载。
- **FLUX.2 klein 4B** — 1,104 ❤️，游戏显卡可跑。
- **波特** — 图纸公开的机器人。[指南](https://code.example.org/potter)

## 🎓 小课堂：什么是上下文窗口？

**上下文窗口** 是模型一次能看到的全部内容。
"""
EN = """- **MiniMax-M2.5** — 789 ❤️, cheap.
- **FLUX.2 klein 4B** — 1,104 ❤️, for a gaming card.
- **Cline CLI** — Only here, for terminals.
- **Potter** — A robot for desks. [Guide](https://code.example.org/potter)

## 🎓 Model literacy: what is a context window?

The **context window** is everything that a model can see at once.
"""


@pytest.fixture
async def search(sqlite_database: Database) -> Searcher:
    passages = SqlPassages(sqlite_database)
    for lang, stories in (("zh", ZH), ("en", EN)):
        source = f"# {lang}\n\n## 🧠 {'模型' if lang == 'zh' else 'Models'}\n\n{stories}"
        await Indexer(passages).add(parse(source, path=f"daily/{lang}/2026-03-17.md").issue)
    return Searcher(passages)


@pytest.mark.parametrize(
    ("question", "lang", "shown"),
    [
        ("gaming card", "zh", "zh"),
        ("显卡", "en", "en"),
        ("gaming card", "en", "en"),
        ("terminals", "zh", "en"),
        ("desks", "zh", "zh"),
        ("图纸公开", "en", "en"),
        ("everything that a model can see at once", "zh", "zh"),
        ("什么是上下文窗口", "en", "en"),
    ],
)
async def test_the_form_in_the_readers_language_is_shown(
    search: Searcher, question: str, lang: str, shown: str
) -> None:
    finding = await search.find(await search.understand(question, date(2026, 3, 18)), lang=lang)
    assert finding.candidates[0].passage.ref.lang == shown
    stories = [one.passage.story for one in finding.candidates]
    assert len(stories) == len(set(stories))


@pytest.mark.parametrize("words", ["once", "everything", "card", "everything at once"])
async def test_a_search_for_words_that_say_little_finds_them(search: Searcher, words: str) -> None:
    found = await search.search(words, lang="en")
    assert found.total >= 1
    assert any(words.split(maxsplit=1)[0] in hit.quote for hit in found.hits)


async def test_a_search_for_nothing_finds_nothing(search: Searcher) -> None:
    assert (await search.search("", lang="en")).total == 0
