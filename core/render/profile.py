"""Facts about a platform, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Feature: TypeAlias = Literal[
    "heading",
    "list",
    "quote",
    "fold",
    "table",
    "divider",
    "code_block",
    "strike",
    "time",
    "actions",
    "nested_quote",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A documented limit: the number, what is counted, and the page that says so."""

    value: int
    unit: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a platform (in one of its forms) can show, and how much of it.

    ``features`` are the node kinds that it shows natively; ``core.render.lower`` rewrites the others into what
    it has. ``limits`` are by name, so that previews, checks and tests can show them. ``threads`` tells whether a
    delivery's pages after the first stand out of sight, in a thread of it: a card then has the whole issue there.
    """

    platform: str
    form: str = ""
    features: frozenset[Feature] = frozenset()
    limits: dict[str, Limit] = field(default_factory=dict)
    threads: bool = False
