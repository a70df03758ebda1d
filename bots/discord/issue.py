"""Which issue a message belongs to: its buttons say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.commands.issues import parse_ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from core.digest.model import IssueRef


def lines_in(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the command lines of a message's buttons and menus, as Discord's JSON has them."""
    for component in components:
        yield from filter(None, [component.get("custom_id")])
        yield from (option["value"] for option in component.get("options", []))
        yield from lines_in(component.get("components", []))


def ref_in(lines: Iterable[str]) -> IssueRef | None:
    """Return the first issue that the command lines of a message's buttons name."""
    return next((ref for line in lines for word in line.split() if (ref := parse_ref(word))), None)
