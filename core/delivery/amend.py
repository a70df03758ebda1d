"""What must be done to pages that are there so that they show what they should. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.delivery.pacing import Verb
    from core.delivery.port import Shown
    from core.delivery.printer import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page to edit, add ("send") or delete. ``sheet`` is None where it is deleted, ``message_id`` "" if added."""

    verb: Verb
    page: int
    message_id: str = ""
    sheet: Sheet | None = None


def steps(sheets: Sequence[Sheet], shown: Sequence[Shown]) -> list[Step]:
    """Return the steps from the pages that are shown to the sheets; equal pages are left alone."""
    there = {page.page: page for page in shown}
    found = []
    for number, sheet in enumerate(sheets):
        page = there.get(number)
        if page is None:
            found.append(Step(verb="send", page=number, sheet=sheet))
        elif page.digest != sheet.digest:
            found.append(Step(verb="edit", page=number, message_id=page.message_id, sheet=sheet))
    rest = [page for page in shown if page.page >= len(sheets)]
    return found + [Step(verb="delete", page=page.page, message_id=page.message_id) for page in reversed(rest)]
