from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from clock import ManualClock
from core.digest.model import IssueRef
from core.digest.parse import parse
from core.digest.sections import Vocabulary
from core.storage.archive import SqlArchive

if TYPE_CHECKING:
    from core.digest.model import Issue
    from core.digest.port import Archive
    from core.storage.engine import Database

SOURCE = """# A quiet day

Nothing much happened, and we say so.

## 🧠 Models

- **Small model** — It is [small](https://example.com/small).
- **Large modle** — It is large, and takes a large machine to run at all.

## 🎓 What is a token?

A token is a piece of a word.
"""
REVISED = SOURCE.replace("modle", "model").replace("## 🧠 Models\n\n", "## 🧠 Models\n\n- **First** — Came later.\n")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def archive(database: Database, clock: ManualClock) -> Archive:
    return SqlArchive(database, vocabulary=Vocabulary.bundled(), clock=clock)


def read(source: str, day: str = "2026-03-02", lang: str = "en", edition: str = "daily") -> Issue:
    return parse(source, path=f"{edition}/{lang}/{day}.md").issue


def titles(issue: Issue | None) -> dict[str, str]:
    assert issue is not None
    return {str(story.title): story.key for _, story in issue.stories()}


async def test_an_issue_comes_back_as_it_was_put(archive: Archive) -> None:
    issue = read(SOURCE)
    assert await archive.put(issue, SOURCE) == "added"
    assert await archive.get(issue.ref) == issue
    assert await archive.source(issue.ref) == SOURCE


async def test_what_is_not_there_is_none(archive: Archive) -> None:
    ref = read(SOURCE).ref
    assert await archive.get(ref) is None
    assert await archive.source(ref) is None
    assert not await archive.withdraw(ref)


async def test_putting_the_same_again_changes_nothing(archive: Archive, clock: ManualClock) -> None:
    issue = read(SOURCE)
    await archive.put(issue, SOURCE)
    before = await archive.heads()
    clock.advance(timedelta(hours=1))
    assert await archive.put(issue, SOURCE) == "unchanged"
    assert await archive.heads() == before


async def test_a_revision_keeps_the_keys_of_its_stories(archive: Archive) -> None:
    first, second = read(SOURCE), read(REVISED)
    await archive.put(first, SOURCE)
    assert await archive.put(second, REVISED) == "revised"
    kept = await archive.get(first.ref)
    before = {key for _, story in first.stories() if (key := story.key)}
    after = [story.key for _, story in kept.stories()] if kept else []
    assert before < set(after)
    assert len(set(after)) == len(after) == 3
    assert after[2] == [story.key for _, story in first.stories()][1]
    again = read(REVISED + "\nOne more line.\n")
    await archive.put(again, REVISED + "\nOne more line.\n")
    last = await archive.get(first.ref)
    assert last
    assert [story.key for _, story in last.stories()] == after


async def test_heads_say_when_an_issue_first_appeared_and_last_changed(archive: Archive, clock: ManualClock) -> None:
    await archive.put(read(SOURCE), SOURCE)
    added = clock.now()
    clock.advance(timedelta(hours=1))
    await archive.put(read(REVISED), REVISED)
    (head,) = await archive.heads()
    assert (head.added, head.updated, head.stories, head.title) == (added, clock.now(), 3, "A quiet day")


async def test_a_withdrawn_issue_is_gone_until_it_is_put_again(archive: Archive) -> None:
    issue = read(SOURCE)
    await archive.put(issue, SOURCE)
    assert await archive.withdraw(issue.ref)
    assert not await archive.withdraw(issue.ref)
    assert await archive.get(issue.ref) is None
    assert await archive.heads() == []
    assert [head.withdrawn for head in await archive.heads(withdrawn=True)] == [True]
    assert await archive.put(issue, SOURCE) == "restored"
    assert await archive.get(issue.ref) == issue


async def test_heads_are_newest_first_and_can_be_narrowed(archive: Archive) -> None:
    for day, lang, edition in [
        ("2026-03-02", "en", "daily"),
        ("2026-03-04", "zh", "daily"),
        ("2026-03-03", "en", "daily"),
        ("2026-03-02", "en", "weekly"),
    ]:
        await archive.put(read(SOURCE, day, lang, edition), SOURCE)
    march = [date(2026, 3, number) for number in range(1, 5)]

    async def found(**wishes: object) -> list[str]:
        return [str(head.ref) for head in await archive.heads(**wishes)]  # type: ignore[arg-type]

    everything = ["daily/zh/2026-03-04", "daily/en/2026-03-03", "daily/en/2026-03-02", "weekly/en/2026-03-02"]
    assert await found() == everything
    assert await found(limit=2, offset=1) == everything[1:3]
    assert await found(edition="weekly") == everything[3:]
    assert await found(lang="zh") == everything[:1]
    assert await found(edition="daily", since=march[1], until=march[2]) == everything[1:3]


async def test_a_draft_is_kept_but_not_listed(archive: Archive) -> None:
    draft = replace(read(SOURCE), draft=True)
    await archive.put(draft, SOURCE)
    assert await archive.heads() == []
    assert await archive.get(draft.ref) == draft


async def test_an_origin_answers_for_what_it_put_last(archive: Archive) -> None:
    one, other = read(SOURCE), read(SOURCE, lang="zh")
    await archive.put(one, SOURCE, origin="folder")
    await archive.put(other, SOURCE, origin="folder")
    await archive.put(other, SOURCE, origin="git")
    assert await archive.of_origin("folder") == [one.ref]
    await archive.withdraw(one.ref)
    assert await archive.of_origin("folder") == []
    assert await archive.of_origin("git") == [IssueRef(edition="daily", date=date(2026, 3, 2), lang="zh")]
