"""What a button says and sends back."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from core.document.build import clean
from core.document.nodes import Text
from core.document.text import plain, truncate

if TYPE_CHECKING:
    from core.document.nodes import Action

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
    return plain(truncate((Text(said),), units))
