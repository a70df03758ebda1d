"""What handlers work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from core.answers.answer import Answerer
    from core.answers.port import Search
    from core.clock import Clock
    from core.commands.guard import Guard
    from core.commands.port import Eraser, Preferences, Receipts
    from core.commands.reasons import Words
    from core.digest.port import Archive
    from core.digest.sections import Vocabulary
    from core.subscriptions.service import SubscriptionService


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What the installation publishes, and what a reader gets who asks for nothing else.

    ``zone`` is an IANA name and ``time`` a local time in whole minutes: the hour of a plain ``/subscribe``.
    """

    name: str = "Paperboy"
    edition: str = "daily"
    lang: str = "en"
    zone: str = "UTC"
    time: time = time(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts of the core that commands use, put together once by ``bots.wiring``.

    ``reasons`` are the words of each platform, by its name, for what it refuses. ``receipts_kept`` is how long
    receipts are kept once their run is over, None for good.
    """

    archive: Archive
    search: Search
    answerer: Answerer
    subscriptions: SubscriptionService
    receipts: Receipts
    preferences: Preferences
    eraser: Eraser
    vocabulary: Vocabulary
    clock: Clock
    guard: Guard
    publication: Publication = Publication()
    reasons: Mapping[str, Words] = field(default_factory=dict)
    receipts_kept: timedelta | None = None
