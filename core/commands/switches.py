"""Switches of ``/settings`` that only some platforms understand; each is kept in the subscription's extras."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.document.nodes import Action
from core.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.i18n import Texts
    from core.subscriptions.model import Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """What is kept in the extras while it is turned, and what the button says that turns it there and back."""

    value: str
    turn: str
    back: str


SWITCHES: Final[Mapping[str, Switch]] = {
    "pin": Switch(value="on", turn=mark("Pin each issue"), back=mark("Stop pinning")),
    "preview": Switch(value="off", turn=mark("Hide link previews"), back=mark("Show link previews")),
    "thread": Switch(value="off", turn=mark("Details outside the thread"), back=mark("Details in the thread")),
    "form": Switch(value="rich", turn=mark("Try rich layout"), back=mark("Plain layout")),
}


def switches(subscription: Subscription, offers: frozenset[str], _: Texts) -> tuple[Action, ...]:
    """Return a button for each switch that the platform offers."""
    return tuple(
        Action(_(switch.back), "settings", f"{name} off")
        if subscription.extras.get(name) == switch.value
        else Action(_(switch.turn), "settings", f"{name} on")
        for name, switch in SWITCHES.items()
        if name in offers
    )


def extras_for(name: str, value: str) -> Mapping[str, str] | None:
    """Return the change of extras that turns the switch "on" or "off"; None for any other value."""
    return {name: SWITCHES[name].value if value == "on" else ""} if value in {"on", "off"} else None
