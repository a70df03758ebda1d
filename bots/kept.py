"""The command lines behind buttons whose own room is too short for them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.document.nodes import Action

if TYPE_CHECKING:
    from core.storage.notes import SqlNotes

TYPED = frozenset({"search", "explain"})
"""Commands whose buttons repeat what a reader typed. They stand on answers, never on a post."""
KEPT = timedelta(days=30)


class Lines:
    """Remembers lines by name: those that readers typed for ``KEPT``, those that stand on posts for good."""

    def __init__(self, notes: SqlNotes, platform: str) -> None:
        self._notes = notes
        self._platform = platform
        self._for_good: set[str] = set()

    async def keep(self, name: str, line: str) -> None:
        """Remember what the name stands for."""
        if name in self._for_good:
            return
        is_typed = Action.parse(line)[0] in TYPED
        await self._notes.put(self._key(name), line, keep=KEPT if is_typed else None)
        if not is_typed:
            self._for_good.add(name)

    async def get(self, name: str) -> str | None:
        """Return the line, None if nobody remembers it."""
        return await self._notes.get(self._key(name))

    def _key(self, name: str) -> str:
        return f"{self._platform}:button:{name}"
