"""A folder of issues, watched."""

from __future__ import annotations

import asyncio
from pathlib import PurePath
from typing import TYPE_CHECKING

from watchfiles import awatch

from core.digest.sources.port import SourceFile
from core.digest.sources.read import is_issue_file, issue_files, read_text
from core.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from watchfiles import Change

QUIET_MILLISECONDS = 300
LONGEST_WAIT_MILLISECONDS = 2_000
POLL_SECONDS = 5.0


class FolderSource:
    """The issue files below a folder.

    ``poll`` is how many seconds pass between looks where the system cannot announce changes.
    """

    def __init__(self, path: Path, *, poll: float = POLL_SECONDS) -> None:
        self._path = path.absolute()
        self._poll = poll

    @property
    def name(self) -> str:
        """The folder's absolute path."""
        return str(self._path)

    async def read(self) -> Sequence[SourceFile]:
        """Return the issue files, by path. Raises DigestError if the folder does not exist."""
        return await asyncio.to_thread(self._read)

    def _read(self) -> Sequence[SourceFile]:
        if not self._path.is_dir():
            raise DigestError(f"{self._path} is not a folder. Create it, or correct PAPERBOY_ISSUES.")
        return tuple(_file(file, relative) for file, relative in issue_files([self._path]))

    async def changes(self) -> AsyncIterator[None]:
        """Yield after issue files have changed and then kept quiet for a moment."""
        while True:
            before = await asyncio.to_thread(self._state)
            try:
                async for _changed in awatch(
                    self._path,
                    watch_filter=self._concerns,
                    debounce=LONGEST_WAIT_MILLISECONDS,
                    step=QUIET_MILLISECONDS,
                ):
                    yield
            except (OSError, RuntimeError, ExceptionGroup):
                # No such folder (yet), no inotify left, or (a group) a name that is not UTF-8, which cannot be told.
                await asyncio.sleep(self._poll)
                if await asyncio.to_thread(self._state) != before:
                    yield

    def _concerns(self, _change: Change, path: str) -> bool:
        return is_issue_file(PurePath(path).relative_to(self._path))

    def _state(self) -> frozenset[tuple[str, int, int]]:
        found = set()
        for file in self._path.rglob("*") if self._path.is_dir() else ():
            if is_issue_file(file.relative_to(self._path)):
                try:
                    status = file.stat()
                except OSError:
                    continue
                found.add((str(file), status.st_size, status.st_mtime_ns))
        return frozenset(found)


def _file(file: Path, relative: PurePath) -> SourceFile:
    path = relative.as_posix()
    try:
        return SourceFile(path=path, text=read_text(file))
    except DigestError as error:
        return SourceFile(path=path, error=str(error))
