"""Keeping the archive in step with a source: new issues, revisions, withdrawals."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

from core.digest.dates import find_date
from core.digest.model import Problem
from core.digest.parse import parse
from core.errors import PaperboyError
from core.i18n import mark, texts

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from datetime import date

    from core.digest.model import Issue, IssueRef
    from core.digest.port import Archive, Change
    from core.digest.sections import Vocabulary
    from core.digest.sources.port import Source, SourceFile

UNDATED = "no-date"


class Findable(Protocol):
    """Keeps issues findable by words."""

    async def add(self, issue: Issue) -> None:
        """Index the issue; an earlier revision is replaced."""
        ...

    async def remove(self, ref: IssueRef) -> None:
        """Forget the issue."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    """Why a file of the source is not, or not as it stands, in the archive."""

    path: str
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What a reading of a source changed. ``drafts`` are paths of files that are read but never go out."""

    added: tuple[IssueRef, ...] = ()
    revised: tuple[IssueRef, ...] = ()
    unchanged: tuple[IssueRef, ...] = ()
    restored: tuple[IssueRef, ...] = ()
    withdrawn: tuple[IssueRef, ...] = ()
    drafts: tuple[str, ...] = ()
    problems: tuple[FileProblem, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the archive is another than before."""
        return bool(self.added or self.revised or self.restored or self.withdrawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a file was at the last reading: its hash, its issue (None: none that is kept) and what it told."""

    digest: str
    ref: IssueRef | None
    draft: bool = False
    problem: Problem | None = None


@dataclass(slots=True)
class Memory:
    """What earlier readings of one source found, so that unchanged files are neither parsed nor stored again.

    It may be forgotten at any time. ``kept`` says by which text an issue was last stored, ``unindexed`` which
    issues are stored but not yet findable.
    """

    files: dict[str, Known] = field(default_factory=dict)
    kept: dict[IssueRef, str] = field(default_factory=dict)
    unindexed: set[IssueRef] = field(default_factory=set)


async def sync(
    source: Source,
    archive: Archive,
    index: Findable,
    *,
    memory: Memory | None = None,
    vocabulary: Vocabulary | None = None,
    lang: str = "en",
) -> SyncReport:
    """Bring the archive in step with the source and report what changed; problems are told in ``lang``.

    The newest issues are read first: a reader asks for today's. One that fails does not stop the others. Drafts and
    files without a date are left out. Of two files for the same issue the later path counts. Issues that came from
    this source and have no file any more are withdrawn, unless a file that could not be read may be theirs: one that
    was an issue of that date before, or has the date in its name, or has none. Raises DigestError if the source as a
    whole cannot be read; then nothing changes.
    """
    files = await source.read()
    return await _Reading(source.name, archive, index, memory or Memory(), lang).run(files, vocabulary)


class _Reading:
    """One reading of a source."""

    def __init__(self, origin: str, archive: Archive, index: Findable, memory: Memory, lang: str) -> None:
        self._origin = origin
        self._archive = archive
        self._index = index
        self._memory = memory
        self._lang = lang
        self._changes: dict[Change, list[IssueRef]] = {"added": [], "revised": [], "unchanged": [], "restored": []}
        self._problems: list[FileProblem] = []

    async def run(self, files: Iterable[SourceFile], vocabulary: Vocabulary | None) -> SyncReport:
        by_path = {file.path: file for file in files}
        known = {path: self._known(file, vocabulary) for path, file in sorted(by_path.items())}
        chosen = self._chosen(known)
        for ref, path in sorted(chosen.items(), key=lambda entry: entry[0].date, reverse=True):
            await self._keep(ref, path, by_path[path].text, known[path].digest, vocabulary)
        unread = {path: self._date(path) for path, entry in known.items() if not entry.digest}
        withdrawn = () if None in unread.values() else await self._withdraw(chosen, set(unread.values()))
        kept = {path: self._memory.files[path] for path in unread if path in self._memory.files}
        self._memory.files = kept | {path: entry for path, entry in known.items() if entry.digest}
        return SyncReport(
            added=tuple(self._changes["added"]),
            revised=tuple(self._changes["revised"]),
            unchanged=tuple(self._changes["unchanged"]),
            restored=tuple(self._changes["restored"]),
            withdrawn=withdrawn,
            drafts=tuple(path for path, entry in known.items() if entry.draft),
            problems=tuple(self._problems),
        )

    def _known(self, file: SourceFile, vocabulary: Vocabulary | None) -> Known:
        digest = "" if file.error else hashlib.sha256(file.text.encode(errors="surrogatepass")).hexdigest()
        entry = self._memory.files.get(file.path)
        if not digest:
            entry = Known(
                digest="", ref=None, problem=Problem(line=1, level="error", code="unreadable", message=file.error)
            )
        elif entry is None or entry.digest != digest:
            entry = _read(file, digest, vocabulary)
        if entry.problem:
            self._report(file.path, entry.problem, entry.problem.message)
        return entry

    def _date(self, path: str) -> date | None:
        """Return the date of the issue in a file that cannot be read, None if it may be any."""
        before = self._memory.files.get(path)
        if before and before.ref:
            return before.ref.date
        found = find_date(PurePath(path).name)
        return found.day if found else None

    def _report(self, path: str, problem: Problem, message: str, values: Mapping[str, str] | None = None) -> None:
        said = texts(self._lang)(message, **(values or {}))
        told = Problem(line=problem.line, level=problem.level, code=problem.code, message=said)
        self._problems.append(FileProblem(path=path, problem=told))

    def _chosen(self, known: Mapping[str, Known]) -> dict[IssueRef, str]:
        """Return the path that counts for each issue: the later one."""
        chosen: dict[IssueRef, str] = {}
        for path, entry in known.items():
            if entry.ref is None or entry.draft:
                continue
            if (loser := chosen.get(entry.ref)) is not None:
                message = mark("{path} is the same issue and counts instead. Remove one of the files.")
                self._report(loser, _problem("duplicate-issue", message), message, {"path": path})
            chosen[entry.ref] = path
        return chosen

    async def _keep(self, ref: IssueRef, path: str, text: str, digest: str, vocabulary: Vocabulary | None) -> None:
        if self._memory.kept.get(ref) == digest and ref not in self._memory.unindexed:
            self._changes["unchanged"].append(ref)
            return
        issue = parse(text, path=path, vocabulary=vocabulary).issue
        try:
            change = await self._archive.put(issue, text, origin=self._origin)
            self._changes[change].append(ref)
            if change != "unchanged" or ref in self._memory.unindexed:
                self._memory.unindexed.add(ref)
                await self._index.add(await self._archive.get(ref) or issue)
                self._memory.unindexed.discard(ref)
        except PaperboyError as error:
            message = mark("This issue could not be kept: {reason}. It is tried again at the next reading.")
            self._report(path, _problem("not-kept", message), message, {"reason": str(error).rstrip(".")})
            return
        self._memory.kept[ref] = digest

    async def _withdraw(
        self, chosen: Mapping[IssueRef, str], uncertain: Container[date | None]
    ) -> tuple[IssueRef, ...]:
        found = await self._archive.of_origin(self._origin)
        gone = [ref for ref in found if ref not in chosen and ref.date not in uncertain]
        for ref in gone:
            await self._archive.withdraw(ref)
            await self._index.remove(ref)
            self._memory.kept.pop(ref, None)
        return tuple(sorted(gone))


def _read(file: SourceFile, digest: str, vocabulary: Vocabulary | None) -> Known:
    parsed = parse(file.text, path=file.path, vocabulary=vocabulary)
    undated = next((problem for problem in parsed.problems if problem.code == UNDATED), None)
    draft = parsed.issue.draft
    return Known(
        digest=digest, ref=None if undated else parsed.issue.ref, draft=draft, problem=None if draft else undated
    )


def _problem(code: str, message: str) -> Problem:
    return Problem(line=1, level="error", code=code, message=message)
