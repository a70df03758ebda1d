"""How long the command line behind a button is remembered that is too long for the button itself."""

from __future__ import annotations

from datetime import timedelta

from core.document.nodes import Action

TYPED = frozenset({"search", "explain"})
"""Commands whose buttons repeat what a reader typed. They stand on answers, never on a post."""
KEPT = timedelta(days=30)


def kept(line: str) -> timedelta | None:
    """Return how long to remember a line: what readers typed for a time, what stands on posts for good (None)."""
    return KEPT if Action.parse(line)[0] in TYPED else None
