"""Issues of an invented publication, so that a first start has something to read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.digest.sources.folder import FolderSource

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from core.digest.sources.port import Source, SourceFile

ORIGIN = "bundled samples"


def folder() -> Path:
    """Return the folder of the bundled issues: ``daily/<lang>/<date>.md``, two days in zh and en."""
    return Path(__file__).parent


class _Samples:
    """The bundled issues as a source, under a name that does not depend on where the program is installed."""

    @property
    def name(self) -> str:
        """What the archive calls it."""
        return ORIGIN

    async def read(self) -> Sequence[SourceFile]:
        """Return the bundled issues."""
        return await FolderSource(folder()).read()

    async def changes(self) -> AsyncIterator[None]:
        """Yield nothing: they come with the program."""
        never: tuple[None, ...] = ()
        for moment in never:
            yield moment


def source() -> Source:
    """Return the bundled issues as a source."""
    return _Samples()
