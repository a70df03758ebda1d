"""Buttons as action rows of buttons and select menus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from bots.discord.profile import DISCORD
from core.document.text import utf16_length
from core.i18n import texts
from core.render.buttons import chunks, command_of, distinct, grouped, label, token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from core.document.nodes import Action, Actions
    from core.render.buttons import Row

Component: TypeAlias = dict[str, Any]

ACTION_ROW, BUTTON, STRING_SELECT = 1, 2, 3
STYLES = {"primary": 1, "normal": 2, "danger": 4}
MOST_ROWS = 15
"""Rows that a message carries at most when all its buttons have become menus."""
MOST_COMPONENTS = 30
AGAIN = "^"
"""Begins the id of a component whose data another component of the message has already, and of menus."""
MENU = f"{AGAIN}menu"


def action_rows(blocks: Iterable[Actions], lang: str) -> list[Component]:
    """Return the buttons as action rows.

    Six and more neighbours that run one command become a menu, fewer stand in one row. If that takes too many
    components for a message, everything becomes menus; what does not fit even there is left out.
    """
    rows = [row for block in blocks for row in block.rows if row]
    made = _made(grouped(rows), lang)
    if count(made) > MOST_COMPONENTS:
        made = _made([tuple(action for row in rows for action in row)], lang)
    return made[:MOST_ROWS]


def button_rows(actions: Sequence[Action]) -> list[Component]:
    """Return rows of buttons, however many they are."""
    ids = _Ids()
    width = DISCORD.limits["buttons_in_row"].value
    return [
        {"type": ACTION_ROW, "components": [_button(action, ids) for action in chunk]}
        for chunk in chunks(tuple(actions), width)
    ]


def count(rows: Iterable[Component]) -> int:
    """Return how many components the rows are, with what is in them."""
    return sum(1 + len(row["components"]) for row in rows)


def pressed(custom_id: str, values: Sequence[str] = ()) -> str:
    """Return the ``Action.data``, or the token that stands for it, of a pressed button or of the chosen value."""
    if values:
        return values[0]
    return custom_id.partition(" ")[2] if custom_id.startswith(AGAIN) else custom_id


def short(data: str) -> str:
    """Return the data if it fits a component, else its token, which has to be remembered (``buttons.token``)."""
    fits = 0 < utf16_length(data) <= DISCORD.limits["custom_id"].value and not data.startswith((AGAIN, "~"))
    return data if fits else token(data)


def _made(groups: Iterable[Row], lang: str) -> list[Component]:
    ids = _Ids()
    return [component for group in groups for component in _rows(group, ids, lang)]


class _Ids:
    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, data: str) -> str:
        """Return an id for the data, which is short, that no other component has."""
        wanted = data
        again = 1
        unique = wanted
        while unique in self._taken:
            again += 1
            unique = f"{AGAIN}{again} {wanted}"
            if utf16_length(unique) > DISCORD.limits["custom_id"].value:
                wanted = token(data)
        self._taken.add(unique)
        return unique


def _rows(group: Row, ids: _Ids, lang: str) -> Iterator[Component]:
    width = DISCORD.limits["buttons_in_row"].value
    if len(group) > width and (command_of(group) or len(group) > MOST_COMPONENTS):
        for chunk in chunks(distinct(group), DISCORD.limits["options"].value):
            yield _menu(chunk, ids, lang)
    else:
        for chunk in chunks(group, width):
            yield {"type": ACTION_ROW, "components": [_button(action, ids) for action in chunk]}


def _button(action: Action, ids: _Ids) -> Component:
    return {
        "type": BUTTON,
        "style": STYLES[action.style],
        "label": label(action, DISCORD.limits["label"].value),
        "custom_id": ids.take(short(action.data)),
    }


def _menu(actions: Row, ids: _Ids, lang: str) -> Component:
    longest = DISCORD.limits["option_label"].value
    options = [{"label": label(action, longest), "value": short(action.data)} for action in actions]
    menu = {
        "type": STRING_SELECT,
        "custom_id": ids.take(MENU),
        "placeholder": texts(lang)("Choose…"),
        "options": options,
    }
    return {"type": ACTION_ROW, "components": [menu]}
