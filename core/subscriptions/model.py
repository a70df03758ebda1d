"""Subscriptions and their slots."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, time

    from core.target import Target

Style: TypeAlias = Literal["card", "full"]
EVERY_DAY: frozenset[int] = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time of the week in a zone.

    ``time`` is local, in whole minutes; ``zone`` an IANA name; ``weekdays`` ISO numbers, 1 for Monday.
    """

    time: time
    zone: str
    weekdays: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        ZoneInfo(self.zone)
        if not self.weekdays or not self.weekdays <= EVERY_DAY:
            raise ValueError("weekdays are numbers from 1 (Monday) to 7, at least one of them")
        if self.time.tzinfo is not None or self.time.second or self.time.microsecond:
            raise ValueError("a slot's time is local, in whole minutes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One target's wish for one edition.

    ``without`` are section kinds left out. ``paused_until`` is an aware instant, or None while it is active;
    ``ended`` says why a subscription no longer counts ("" while it does). ``created_by`` is a user id of the platform.
    ``extras`` are a platform's own wishes (pin, preview, form …), opaque to the core except ``form``, which
    names the renderer.
    """

    id: int
    target: Target
    edition: str
    lang: str
    slot: Slot
    without: frozenset[str] = frozenset()
    style: Style = "card"
    silent: bool = False
    paused_until: datetime | None = None
    ended: str = ""
    created_by: str = ""
    created_at: datetime
    extras: Mapping[str, str] = field(default_factory=dict)
