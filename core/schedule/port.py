"""What the planner needs from outside: the rounds that are due, and a ledger that plans their deliveries.

A round is everybody who reads one edition in one language at one slot. It is to the planner what a street is to a
paperboy: a million subscriptions are a few thousand rounds, and the planner never looks at a single reader. A
round's ``due`` is the instant that is worked on next. It stays in the past while the round waits for its issue, and
moves on once the issue is planned or no longer waited for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime, timedelta

    from core.delivery.model import RunKind
    from core.digest.model import IssueRef
    from core.subscriptions.model import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The readers of one edition in one language at one slot.

    ``due`` is an aware instant. ``planned`` is the date of the issue that was planned for this ``due`` while the
    round went on waiting for a newer one, None if nothing was.
    """

    id: int
    slot: Slot
    edition: str
    lang: str
    due: datetime
    planned: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An issue that is to go out.

    ``round`` names the readers; None means every subscription of the issue's edition whose language is one of
    ``langs``, at whatever slot. ``langs`` is empty when there is a round. ``missed`` are the dates that a
    catch-up makes up for, oldest first, without the issue's own.
    """

    issue: IssueRef
    kind: RunKind
    round: Round | None = None
    langs: frozenset[str] = frozenset()
    missed: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What an order came to. ``run`` is None when it added no delivery; ``skipped`` are those of paused readers."""

    run: int | None
    planned: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """Who gets an issue first: every ``one_in``-th reader, or the chats that ``users`` (``platform:id``) subscribed.

    The rest follow after ``pause``, unless the first were refused for what the issue holds: then the run stops.
    """

    pause: timedelta
    one_in: int = 100
    users: frozenset[str] = frozenset()


class Agenda(Protocol):
    """Keeps the rounds, and plans runs of deliveries without showing a single one."""

    async def rounds(self, until: datetime) -> Sequence[Round]:
        """Return the rounds with ``due`` ≤ ``until``, earliest first, by one indexed query."""
        ...

    async def advance(self, before: Round, after: Round) -> bool:
        """Write ``due`` and ``planned`` of ``after`` if the round still is as ``before``; return whether it was."""
        ...

    async def plan(self, order: Order, at: datetime) -> Planned:
        """Make a run with a delivery for each reader of the order, in one transaction.

        A delivery is unique per issue and target: readers who have one already are left alone, and an order that
        adds none makes no run, so that planning twice is harmless. Ended subscriptions do not count. Readers who
        are paused at ``at`` get a delivery in state "skipped" with the reason "paused".
        """
        ...

    async def amend(self, at: datetime, *, settled: datetime) -> int:
        """Plan to bring posts up to date whose issue was revised or withdrawn until ``settled``; return how many.

        They are carried out by the runs that made them, after everything that is new. Posts that are under way as the
        issue was before are found by a later call. Who was left out of a run because the issue was withdrawn gets it
        after all when it comes back, within the hours that a round waits for its issue.
        """
        ...

    async def count(self, order: Order, at: datetime) -> Planned:
        """Return what ``plan`` would come to now, and write nothing (``run`` is None)."""
        ...
