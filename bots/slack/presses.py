"""What pressed buttons and chosen options stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bots.kept import Lines
from bots.slack.buttons import short
from bots.slack.profile import SLACK
from core.render.buttons import MARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.document.nodes import Action
    from core.storage.notes import SqlNotes


class Presses:
    """Remembers the command lines that are too long for a button or an option."""

    def __init__(self, notes: SqlNotes) -> None:
        self._lines = Lines(notes, "slack")

    async def remember(self, actions: Iterable[Action]) -> None:
        """Keep what the tokens on these buttons stand for."""
        for action in actions:
            name = short(action.data, SLACK.limits["option"].value)
            if name != action.data:
                await self._lines.keep(name, action.data)

    async def data(self, pressed: Mapping[str, Any]) -> str | None:
        """Return the ``Action.data`` of a pressed element, None if nobody remembers it."""
        value = str((pressed.get("selected_option") or pressed).get("value", ""))
        return await self._lines.get(value) if value.startswith(MARK) else value
