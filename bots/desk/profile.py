"""What the desk shows."""

from __future__ import annotations

from core.render.profile import Profile

DESK = Profile(
    platform="desk",
    features=frozenset(
        {
            "heading",
            "list",
            "quote",
            "nested_quote",
            "fold",
            "table",
            "divider",
            "code_block",
            "strike",
            "time",
            "actions",
        }
    ),
)
"""HTML has no limits: every document is one page."""
