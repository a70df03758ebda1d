"""Which issue a message belongs to: its buttons say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.commands.issues import parse_ref

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.digest.model import IssueRef


def ref_in(lines: Iterable[str]) -> IssueRef | None:
    """Return the first issue that the command lines of a message's buttons name."""
    return next((ref for line in lines for word in line.split() if (ref := parse_ref(word))), None)
