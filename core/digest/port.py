"""What the digest needs from outside: a place that keeps issues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from core.digest.model import Issue, IssueRef


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueHead:
    """A line of the archive's table of contents.

    ``added`` is when the archive first had the issue, whatever its revision; ``updated`` when it last changed.
    """

    ref: IssueRef
    title: str
    revision: str
    stories: int
    added: datetime
    updated: datetime
    withdrawn: bool = False


Change = Literal["added", "revised", "unchanged", "restored"]


class Archive(Protocol):
    """Keeps issues: one of each ref, in its newest revision."""

    async def put(self, issue: Issue, source: str, *, origin: str = "") -> Change:
        """Store ``issue`` with the Markdown it was read from, and remember ``origin``, whatever the change.

        ``origin`` is the ``name`` of the source (see ``core.digest.sources``) that answers for the issue from now
        on; "" for an issue that no source answers for, such as one imported by hand. Story keys of an earlier
        revision are carried over to the same stories (see ``core.digest.keys``). A withdrawn issue that is put
        again is restored.
        """
        ...

    async def get(self, ref: IssueRef) -> Issue | None:
        """Return the issue, None if it is unknown or withdrawn."""
        ...

    async def source(self, ref: IssueRef) -> str | None:
        """Return the Markdown of the issue."""
        ...

    async def heads(
        self,
        *,
        edition: str | None = None,
        lang: str | None = None,
        since: date | None = None,
        until: date | None = None,
        withdrawn: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> Sequence[IssueHead]:
        """List issues, newest first, dates ``since`` to ``until`` inclusive."""
        ...

    async def of_origin(self, origin: str) -> Sequence[IssueRef]:
        """Return the issues that this origin answers for, without withdrawn ones."""
        ...

    async def withdraw(self, ref: IssueRef) -> bool:
        """Take the issue back; return whether there was one."""
        ...
