"""Buttons as an inline keyboard."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from bots.telegram.profiles import CLASSIC
from core.document.build import clean
from core.document.nodes import Actions, Text
from core.document.text import plain, truncate, utf16_length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.document.nodes import Action, Blocks

LABEL_LENGTH = 64
EMPTY = len(json.dumps({"inline_keyboard": []}))
"""Bytes of a keyboard without buttons."""
TOKEN_MARK = "~"  # noqa: S105  # begins a short name of a command line; commands never begin so
TOKEN_LENGTH = 22


def token(action: Action) -> str | None:
    """Return the short name that stands for ``action.data`` on a button, None if the data fits a button itself."""
    fits = 0 < len(_bytes(action.data)) <= CLASSIC.limits["callback_data"].value
    return None if fits and not action.data.startswith(TOKEN_MARK) else name_of(action.data)


def name_of(data: str) -> str:
    """Return a short name for data: the same each time, "~" and 22 of ``[A-Za-z0-9_-]``, 132 bits of a hash.

    Whoever sends it has to remember what it stands for.
    """
    return TOKEN_MARK + urlsafe_b64encode(sha256(_bytes(data)).digest()).decode("ascii")[:TOKEN_LENGTH]


def _bytes(data: str) -> bytes:
    return data.encode("utf-8", "replace")


def actions_of(blocks: Blocks) -> tuple[tuple[Action, ...], ...]:
    """Return the rows of buttons among ``blocks`` as a keyboard takes them.

    Rows longer than a keyboard is wide are divided. Buttons beyond the limits of one keyboard are left out.
    """
    limits = CLASSIC.limits
    rows: list[tuple[Action, ...]] = []
    room = limits["buttons"].value
    size = EMPTY
    for row in _rows(blocks, limits["buttons_in_row"].value):
        kept = row[:room]
        size += len(json.dumps([_button(action) for action in kept]).encode()) + 2
        if not kept or size > limits["keyboard"].value:
            break
        rows.append(kept)
        room -= len(kept)
    return tuple(rows)


def keyboard(rows: tuple[tuple[Action, ...], ...]) -> dict[str, Any]:
    """Return ``reply_markup`` for rows that ``actions_of`` returned."""
    return {"inline_keyboard": [[_button(action) for action in row] for row in rows]}


def _rows(blocks: Blocks, width: int) -> Iterator[tuple[Action, ...]]:
    for block in blocks:
        for row in block.rows if isinstance(block, Actions) else ():
            yield from (row[start : start + width] for start in range(0, len(row), width))


def _button(action: Action) -> dict[str, Any]:
    label = clean(action.label)
    if utf16_length(label) > LABEL_LENGTH:
        label = plain(truncate((Text(label),), LABEL_LENGTH))
    button = {"text": " ".join(label.split()) or action.command, "callback_data": token(action) or action.data}
    if action.style != "normal":
        button["style"] = action.style
    return button
