"""One figure of the bench."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure; ``goal`` in words and whether it was ``met``, None where there is no goal."""

    group: str
    what: str
    figure: float
    unit: str
    goal: str = ""
    met: bool | None = None


def at_least(goal: float, **row: object) -> Row:
    """Return a row whose figure should be ``goal`` or more."""
    figure = float(str(row["figure"]))
    return Row(goal=f"≥ {goal:g}", met=figure >= goal, **row)  # type: ignore[arg-type]


def at_most(goal: float, **row: object) -> Row:
    """Return a row whose figure should be ``goal`` or less."""
    figure = float(str(row["figure"]))
    return Row(goal=f"≤ {goal:g}", met=figure <= goal, **row)  # type: ignore[arg-type]
