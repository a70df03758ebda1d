"""What subscriptions need from outside: a place that keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from typing import TypeAlias

    from core.subscriptions.model import Slot, Subscription
    from core.target import Target

    NextRun: TypeAlias = Callable[[Slot, datetime], datetime]
    """Says when a slot comes next, strictly after an aware instant, in UTC (``core.schedule.next_run``)."""


class Subscriptions(Protocol):
    """Keeps subscriptions: at most one of each target and edition, ended ones included."""

    async def save(self, subscription: Subscription, *, due: datetime) -> Subscription:
        """Store a new subscription (``id`` 0) or replace the one with this id; return it with its id.

        A new one whose target and edition are kept already replaces that one and takes over its id. The
        subscription joins the round of its slot, edition and language (see ``core.schedule.port``); a round that
        does not exist yet is opened with ``due`` as its next instant, or with that of the round that the subscription
        leaves if this is of the same slot and waits for its issue; one that exists keeps its own.
        """
        ...

    async def due(self, subscription: Subscription) -> datetime:
        """Return the instant that the round of a kept subscription is worked on next, past while it waits."""
        ...

    async def of_chat(self, target: Target) -> Sequence[Subscription]:
        """Return every subscription of the target's chat, whatever its thread, ended ones included, by id."""
        ...
