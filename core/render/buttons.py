"""What a button says and sends back."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from core.document.build import clean
from core.document.nodes import Text
from core.document.text import plain, truncate, utf16_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.document.nodes import Action

Row: TypeAlias = "tuple[Action, ...]"

MARK = "~"
LENGTH = 22


def token(data: str) -> str:
    """Return the short name that stands for a command line that is too long for a button.

    The same line always gives the same token, "~" and 22 characters of ``[A-Za-z0-9_-]``: 132 bits of a hash. Whoever
    sends a message remembers what the tokens on it stand for. No command begins with "~".
    """
    return MARK + urlsafe_b64encode(sha256(data.encode("utf-8", "replace")).digest()).decode("ascii")[:LENGTH]


def label(action: Action, units: int) -> str:
    """Return the label on one line in at most ``units`` UTF-16 code units, the command's name if it is blank."""
    said = " ".join(clean(action.label).split()) or action.command
    return said if utf16_length(said) <= units else plain(truncate((Text(said),), units))


def grouped(rows: Iterable[Row]) -> Iterator[Row]:
    """Put neighbouring rows together that run one command throughout; empty rows are left out."""
    for command, group in groupby((row for row in rows if row), key=command_of):
        together = tuple(group)
        if command:
            yield tuple(action for row in together for action in row)
        else:
            yield from together


def command_of(row: Row) -> str:
    """Return the command that all buttons of the row run, "" if they run several."""
    commands = {action.command for action in row}
    return commands.pop() if len(commands) == 1 else ""


def distinct(row: Row) -> Row:
    """Return the buttons without those that send back what one before them does."""
    first: dict[str, Action] = {}
    for action in row:
        first.setdefault(action.data, action)
    return tuple(first.values())


def chunks(row: Row, size: int) -> Iterator[Row]:
    """Divide a row into rows of at most ``size`` buttons."""
    return (row[start : start + size] for start in range(0, len(row), size))
