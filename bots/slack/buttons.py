"""Buttons as blocks of buttons and select menus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from bots.slack.profile import SLACK
from core.document.text import utf16_length
from core.i18n import texts
from core.render.buttons import MARK, chunks, command_of, distinct, grouped, label, token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.document.nodes import Action, Actions
    from core.render.buttons import Row

Block: TypeAlias = dict[str, Any]

MOST_BUTTONS = 5
"""Buttons that run one command stand side by side up to this number; more become a menu."""
MOST_BLOCKS = 20


def action_blocks(blocks: Iterable[Actions], lang: str) -> list[Block]:
    """Return the buttons as ``actions`` blocks, one for each row or menu.

    Ids are unique in the message and mean nothing: what was pressed is in ``value``. Beyond twenty blocks all rows
    become menus; what does not fit even there is left out.
    """
    rows = [row for block in blocks for row in block.rows if row]
    groups = list(grouped(rows))
    if len(groups) > MOST_BLOCKS:
        groups = [tuple(action for row in rows for action in row)]
    elements = [part for group in groups for part in _elements(group, lang)][:MOST_BLOCKS]
    number = 0
    made: list[Block] = []
    for part in elements:
        made.append({"type": "actions", "elements": []})
        for element in part:
            number += 1
            made[-1]["elements"].append({**element, "action_id": f"{element['type']}_{number}"})
    return made


def short(data: str, limit: int) -> str:
    """Return the data if it has at most ``limit`` characters, else its token, which has to be remembered."""
    return data if 0 < utf16_length(data) <= limit and not data.startswith(MARK) else token(data)


def _elements(group: Row, lang: str) -> Iterator[list[Block]]:
    limits = SLACK.limits
    if len(group) > MOST_BUTTONS and (command_of(group) or len(group) > limits["elements"].value):
        for chunk in chunks(distinct(group), limits["options"].value):
            yield [_menu(chunk, lang)]
    else:
        for chunk in chunks(group, limits["elements"].value):
            yield [_button(action) for action in chunk]


def _button(action: Action) -> Block:
    limits = SLACK.limits
    button = {
        "type": "button",
        "text": _plain(label(action, limits["label"].value)),
        "value": short(action.data, limits["value"].value),
    }
    return button if action.style == "normal" else {**button, "style": action.style}


def _menu(actions: Row, lang: str) -> Block:
    limits = SLACK.limits
    options = [
        {
            "text": _plain(label(action, limits["label"].value)),
            "value": short(action.data, limits["option"].value),
        }
        for action in actions
    ]
    return {"type": "static_select", "placeholder": _plain(texts(lang)("Choose…")), "options": options}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
