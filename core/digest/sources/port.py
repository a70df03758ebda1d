"""What a source of issues is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of a source: its path relative to the source, with "/", and its text.

    ``error`` says why there is no text ("" if there is); it is an English message id of ``core.i18n``.
    """

    path: str
    text: str = ""
    error: str = ""


class Source(Protocol):
    """A place where an editor puts issues."""

    @property
    def name(self) -> str:
        """What the source is called in logs and in the archive, without credentials; the same in every run."""
        ...

    async def read(self) -> Sequence[SourceFile]:
        """Return every file that may be an issue, by path. Raises DigestError if the source cannot be reached."""
        ...

    def changes(self) -> AsyncIterator[None]:
        """Yield whenever the source may have changed; end at once if it cannot tell by itself."""
        ...
