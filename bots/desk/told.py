"""What was written down about runs and deliveries, in the visitor's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import mark

if TYPE_CHECKING:
    from core.i18n import Texts

OURS = frozenset(
    {
        *(mark("from the desk"), mark("undone"), mark("resumed by hand")),
        *(mark("brought up to date"), mark("the issue is back")),
        mark("an account cannot send"),
        *(mark("paused"), mark("cancelled"), mark("withdrawn"), mark("stopped")),
    }
)
"""Our own words, as English message ids; everything else is what platforms said."""


def told(said: str, _: Texts) -> str:
    """Return a run's note or a delivery's reason, translated where it begins with words of ours."""
    words, _colon, more = said.partition(": ")
    if words not in OURS:
        return said
    return _("{what}: {why}", what=_(words), why=more) if more else _(words)
