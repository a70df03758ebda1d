from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import pytest

from core.clock import SystemClock
from core.digest.model import IssueRef
from core.digest.sections import Vocabulary
from core.digest.sources.folder import FolderSource
from core.digest.sources.sync import Memory, sync
from core.errors import DigestError, StorageError
from core.storage.archive import SqlArchive

if TYPE_CHECKING:
    from pathlib import Path

    from core.digest.model import Issue
    from core.digest.port import Archive
    from core.storage.engine import Database

SECOND = IssueRef(edition="daily", date=date(2026, 3, 2), lang="en")
THIRD = IssueRef(edition="daily", date=date(2026, 3, 3), lang="en")


@dataclass
class Shelf:
    """An index that notes what it was told, and refuses what it should."""

    issues: dict[IssueRef, str] = field(default_factory=dict)
    refused: set[IssueRef] = field(default_factory=set)

    async def add(self, issue: Issue) -> None:
        if issue.ref in self.refused:
            raise StorageError("the disk is full.")
        self.issues[issue.ref] = issue.title

    async def remove(self, ref: IssueRef) -> None:
        self.issues.pop(ref, None)


@pytest.fixture
def archive(database: Database) -> Archive:
    return SqlArchive(database, vocabulary=Vocabulary.bundled(), clock=SystemClock())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    issues = tmp_path / "issues"
    (issues / "en").mkdir(parents=True)
    write(issues, "en/2026-03-02.md", "Heron")
    return issues


def write(folder: Path, path: str, title: str) -> None:
    (folder / path).write_text(f"# {title}\n\nIt reads.\n", encoding="utf-8")


async def test_the_newest_issue_can_be_read_first(folder: Path, archive: Archive) -> None:
    (folder / "zh").mkdir()
    write(folder, "en/2026-03-03.md", "Wren")
    write(folder, "zh/2026-03-01.md", "海鸥")
    shelf = Shelf()
    await sync(FolderSource(folder), archive, shelf)
    assert list(shelf.issues.values()) == ["Wren", "Heron", "海鸥"]


async def test_files_that_appear_change_and_vanish_become_issues_revisions_and_withdrawals(
    folder: Path, archive: Archive
) -> None:
    source, shelf = FolderSource(folder), Shelf()
    assert (await sync(source, archive, shelf)).added == (SECOND,)
    again = await sync(source, archive, shelf)
    assert (again.unchanged, again.changed) == ((SECOND,), False)

    write(folder, "en/2026-03-02.md", "Heron, corrected")
    write(folder, "en/2026-03-03.md", "Wren")
    both = await sync(source, archive, shelf)
    assert (both.revised, both.added, both.changed) == ((SECOND,), (THIRD,), True)
    assert shelf.issues == {SECOND: "Heron, corrected", THIRD: "Wren"}

    (folder / "en" / "2026-03-02.md").unlink()
    assert (await sync(source, archive, shelf)).withdrawn == (SECOND,)
    assert shelf.issues == {THIRD: "Wren"}
    assert await archive.get(SECOND) is None

    write(folder, "en/2026-03-02.md", "Heron, corrected")
    assert (await sync(source, archive, shelf)).restored == (SECOND,)
    assert shelf.issues == {SECOND: "Heron, corrected", THIRD: "Wren"}


async def test_only_a_sources_own_issues_are_withdrawn(folder: Path, archive: Archive, tmp_path: Path) -> None:
    await sync(FolderSource(folder), archive, Shelf())
    other = tmp_path / "other"
    other.mkdir()
    write(other, "2026-03-03.en.md", "Wren")
    report = await sync(FolderSource(other), archive, Shelf())
    assert (report.added, report.withdrawn) == ((THIRD,), ())
    assert await archive.get(SECOND) is not None


async def test_drafts_and_files_without_a_date_stay_out(folder: Path, archive: Archive) -> None:
    write(folder, "en/2026-03-03-draft.md", "Wren")
    write(folder, "en/ideas.md", "Ideas")
    report = await sync(FolderSource(folder), archive, Shelf())
    assert report.added == (SECOND,)
    assert report.drafts == ("en/2026-03-03-draft.md",)
    assert [(found.path, found.problem.code) for found in report.problems] == [("en/ideas.md", "no-date")]


async def test_of_two_files_for_one_issue_the_later_path_counts(folder: Path, archive: Archive) -> None:
    write(folder, "en/2026-03-02-final.md", "Heron, final")
    report = await sync(FolderSource(folder), archive, Shelf(), lang="zh")
    stored = await archive.get(SECOND)
    assert stored
    assert stored.title == "Heron"
    assert [(found.path, found.problem.code) for found in report.problems] == [
        ("en/2026-03-02-final.md", "duplicate-issue")
    ]
    assert "en/2026-03-02.md 与本文件是同一期" in report.problems[0].problem.message


async def test_the_other_file_counts_when_the_later_one_goes(folder: Path, archive: Archive) -> None:
    write(folder, "en/2026-03-02-final.md", "Heron, final")
    source, memory, shelf = FolderSource(folder), Memory(), Shelf()
    await sync(source, archive, shelf, memory=memory)
    (folder / "en" / "2026-03-02.md").unlink()
    report = await sync(source, archive, shelf, memory=memory)
    assert (report.revised, report.withdrawn) == ((SECOND,), ())
    assert shelf.issues == {SECOND: "Heron, final"}


async def test_nothing_is_withdrawn_while_a_file_cannot_be_read(folder: Path, archive: Archive) -> None:
    source = FolderSource(folder)
    await sync(source, archive, Shelf())
    (folder / "en" / "2026-03-02.md").write_bytes(b"")
    report = await sync(source, archive, Shelf())
    assert (report.withdrawn, [found.problem.code for found in report.problems]) == ((), ["unreadable"])
    assert await archive.get(SECOND) is not None


@pytest.mark.parametrize(("unread", "withdrawn"), [("en/2026-03-09.md", (SECOND,)), ("en/ideas.md", ())])
async def test_a_file_that_cannot_be_read_keeps_no_issue_of_another_date(
    unread: str, withdrawn: tuple[IssueRef, ...], folder: Path, archive: Archive
) -> None:
    write(folder, "en/2026-03-03.md", "Wren")
    source, memory = FolderSource(folder), Memory()
    await sync(source, archive, Shelf(), memory=memory)
    (folder / unread).write_bytes(b"")
    (folder / "en" / "2026-03-02.md").unlink()
    for expected in (withdrawn, ()):
        assert (await sync(source, archive, Shelf(), memory=memory)).withdrawn == expected
    assert await archive.get(THIRD) is not None


async def test_an_issue_dated_by_its_front_matter_stays_while_its_file_cannot_be_read(
    folder: Path, archive: Archive
) -> None:
    (folder / "en" / "2026-03-09.md").write_text("---\ndate: 2026-03-03\n---\n# Wren\n", encoding="utf-8")
    source, memory = FolderSource(folder), Memory()
    await sync(source, archive, Shelf(), memory=memory)
    (folder / "en" / "2026-03-09.md").write_bytes(b"")
    for _reading in range(2):
        assert (await sync(source, archive, Shelf(), memory=memory)).withdrawn == ()
    assert await archive.get(THIRD) is not None


async def test_a_source_that_is_away_withdraws_nothing(folder: Path, archive: Archive) -> None:
    source = FolderSource(folder)
    await sync(source, archive, Shelf())
    shutil.rmtree(folder)
    with pytest.raises(DigestError):
        await sync(source, archive, Shelf())
    assert await archive.get(SECOND) is not None


async def test_an_issue_that_fails_does_not_stop_the_others_and_is_tried_again(folder: Path, archive: Archive) -> None:
    write(folder, "en/2026-03-03.md", "Wren")
    source, memory, shelf = FolderSource(folder), Memory(), Shelf(refused={SECOND})
    report = await sync(source, archive, shelf, memory=memory)
    assert [(found.path, found.problem.code) for found in report.problems] == [("en/2026-03-02.md", "not-kept")]
    assert "the disk is full." in report.problems[0].problem.message
    assert shelf.issues == {THIRD: "Wren"}
    shelf.refused.clear()
    assert (await sync(source, archive, shelf, memory=memory)).problems == ()
    assert shelf.issues == {SECOND: "Heron", THIRD: "Wren"}


async def test_with_a_memory_unchanged_files_are_left_alone(folder: Path, archive: Archive) -> None:
    source, memory = FolderSource(folder), Memory()
    await sync(source, archive, Shelf(), memory=memory)
    await archive.withdraw(SECOND)
    report = await sync(source, archive, Shelf(), memory=memory)
    assert (report.unchanged, report.changed) == ((SECOND,), False)
    assert await archive.get(SECOND) is None
