"""Headings of a message, below those of the page that shows it."""

from __future__ import annotations

ABOVE = 2
"""The preview's title, and the platform's name."""
LOWEST = 6


def lowered(tag: str) -> str:
    """Return the tag of a message's heading as it stands on the page: ``h3`` for ``h1``; any other as it is."""
    if len(tag) == len("h1") and tag[0] == "h" and tag[1].isdigit():
        return f"h{min(int(tag[1]) + ABOVE, LOWEST)}"
    return tag
