"""Both databases keep the search index alike, and one scorer finds the same in both."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.answers.search import Indexer, Searcher
from core.digest.parse import parse
from core.storage.engine import open_database
from core.storage.postings import SqlPassages
from databases import postgres_url, sqlite_url
from question_archive import issues

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.digest.model import Issue

SOME = 8


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlPassages]:
    with ExitStack() as stack:
        url = sqlite_url(tmp_path) if request.param == "sqlite" else stack.enter_context(postgres_url())
        database = open_database(url)
        await database.upgrade()
        yield SqlPassages(database)
        await database.close()


@pytest.fixture(scope="module")
def some() -> list[Issue]:
    return [parse(source, path=Path(path)).issue for path, source in list(issues())[:SOME]]


async def test_what_is_kept_comes_back_in_order(store: SqlPassages, some: list[Issue]) -> None:
    for issue in some:
        await Indexer(store).add(issue)
    written = await store.since(0)
    assert [ref for _, ref, _ in written] == [issue.ref for issue in some]
    assert await store.version() == written[-1][0]
    assert await store.since(written[-1][0]) == []


async def test_another_process_follows_imports_corrections_and_withdrawals(
    store: SqlPassages, some: list[Issue]
) -> None:
    here, there = Indexer(store), Searcher(store)
    await here.add(some[2])
    assert (await there.search("Qwen3.8")).total == 1
    await here.add(some[4])
    assert (await there.search("PersonaPlex")).total == 1
    await here.add(some[2])
    assert (await there.search("Qwen3.8")).total == 1
    await here.remove(some[2].ref)
    assert (await there.search("Qwen3.8")).total == 0


async def test_hits_and_their_order_are_the_same(store: SqlPassages, some: list[Issue]) -> None:
    for issue in some:
        await Indexer(store).add(issue)
    found = await Searcher(store).search("开放权重模型", lang="zh", limit=3)
    assert found.hits[0].title == "Qwen3.8-400B-A20B 开放权重"
