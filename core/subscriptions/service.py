"""Subscribing, changing, pausing, moving and ending, for readers and for platforms."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from core.errors import UsageError
from core.i18n import texts
from core.subscriptions.model import Subscription

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from core.clock import Clock
    from core.subscriptions.model import Slot, Style
    from core.subscriptions.port import NextRun, Subscriptions
    from core.target import Target

PAUSE_AT_MOST = 365
STOPPED = "stopped"
MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a reader wants to be different. None leaves a thing as it is.

    ``extras`` are put over those that there are; an empty value takes one away.
    """

    slot: Slot | None = None
    lang: str | None = None
    without: frozenset[str] | None = None
    style: Style | None = None
    silent: bool | None = None
    extras: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A subscription before and after a change."""

    before: Subscription | None
    after: Subscription

    @property
    def changed(self) -> frozenset[str]:
        """The names of the fields that are different; all of them when it is new."""
        names = (field.name for field in fields(Subscription))
        return frozenset(
            name for name in names if self.before is None or getattr(self.before, name) != getattr(self.after, name)
        )


class SubscriptionService:
    """What can be done with subscriptions.

    Methods that name an ``edition`` raise ``UsageError``, in the language ``speak``, when the target has no
    active subscription to it. A subscription that ended keeps its settings for the reader's return.
    """

    def __init__(self, subscriptions: Subscriptions, clock: Clock, next_run: NextRun) -> None:
        self._subscriptions = subscriptions
        self._clock = clock
        self._next_run = next_run

    async def subscribe(
        self, target: Target, edition: str, *, slot: Slot, lang: str, by: str = "", wish: Wish | None = None
    ) -> Outcome:
        """Subscribe, or change the slot and language of the subscription that there is; a pause ends.

        ``by`` is the platform's id of the user who asks. ``wish`` is put on top.
        """
        before = await self._find(target, edition)
        known = before or Subscription(
            id=0, target=target, edition=edition, lang=lang, slot=slot, created_by=by, created_at=self._clock.now()
        )
        after = replace(known, slot=slot, lang=lang, paused_until=None, ended="")
        return await self._save(before, _granted(after, wish or Wish()))

    async def change(self, target: Target, edition: str, wish: Wish, *, speak: str | None = None) -> Outcome:
        """Grant the wish."""
        before = await self._active(target, edition, speak)
        return await self._save(before, _granted(before, wish))

    async def unsubscribe(self, target: Target, edition: str, *, speak: str | None = None) -> Outcome:
        """End the subscription because the reader says so."""
        before = await self._active(target, edition, speak)
        return await self._save(before, replace(before, ended=STOPPED))

    async def pause(self, target: Target, edition: str, days: int, *, speak: str | None = None) -> Outcome:
        """Leave out what is due within the next ``days`` times 24 hours; raises ``UsageError`` unless 1 to 365."""
        if not 1 <= days <= PAUSE_AT_MOST:
            _ = texts(speak)
            raise UsageError(_("A pause lasts 1 to {most} days, for example /pause 3.", most=PAUSE_AT_MOST))
        before = await self._active(target, edition, speak)
        return await self._save(before, replace(before, paused_until=self._clock.now() + timedelta(days=days)))

    async def resume(self, target: Target, edition: str, *, speak: str | None = None) -> Outcome:
        """End the pause, if there is one."""
        before = await self._active(target, edition, speak)
        return await self._save(before, replace(before, paused_until=None))

    async def find(self, target: Target, edition: str) -> Subscription | None:
        """Return the target's active subscription to the edition."""
        found = await self._find(target, edition)
        return None if found is None or found.ended else found

    async def of_target(self, target: Target) -> Sequence[Subscription]:
        """Return the target's active subscriptions."""
        return [each for each in await self._of_target(target) if not each.ended]

    async def of_chat(self, target: Target) -> Sequence[Subscription]:
        """Return the active subscriptions of the target's chat and all its threads."""
        return [each for each in await self._subscriptions.of_chat(target) if not each.ended]

    async def resume_chat(self, target: Target) -> int:
        """Resume what the target's chat is subscribed to, because the platform says that it is open again."""
        return await self._change_chat(target, lambda each: replace(each, paused_until=None))

    async def end(self, target: Target, reason: str) -> int:
        """End the target's subscriptions because the platform refuses it for good; return how many ended."""
        active = await self.of_target(target)
        for each in active:
            await self._save(each, replace(each, ended=reason))
        return len(active)

    async def end_chat(self, target: Target, reason: str) -> int:
        """End the subscriptions of the target's chat and all its threads; return how many ended."""
        return await self._change_chat(target, lambda each: replace(each, ended=reason))

    async def revive_chat(self, target: Target, reason: str) -> int:
        """Take up again what ended in the target's chat and its threads; return how many that were.

        ``reason`` is what the subscriptions ended for, or how that begins.
        """
        ended = [each for each in await self._subscriptions.of_chat(target) if each.ended.startswith(reason)]
        for each in ended:
            await self._save(each, replace(each, ended=""))
        return len(ended)

    async def move(self, target: Target, chat: str) -> int:
        """Follow the target's chat, with all its threads, to the new id that the platform announced.

        Where the new chat is subscribed already, the old subscription ends. Return how many moved or ended.
        """
        active = await self.of_chat(target)
        for each in active:
            moved = replace(each, target=each.target.moved_to(chat))
            there = await self._find(moved.target, each.edition)
            if there is None:
                await self._save(each, moved)
                continue
            await self._save(each, replace(each, ended=MOVED))
            if there.ended:
                since = min(there.created_at, moved.created_at)
                await self._save(there, replace(moved, id=there.id, created_at=since))
        return len(active)

    async def due(self, subscription: Subscription) -> datetime:
        """Return the instant that the subscription's round is worked on next, past while it waits for its issue."""
        return await self._subscriptions.due(subscription)

    async def _save(self, before: Subscription | None, after: Subscription) -> Outcome:
        if before != after:
            after = await self._subscriptions.save(after, due=self._next_run(after.slot, self._clock.now()))
        return Outcome(before=before, after=after)

    async def _change_chat(self, target: Target, change: Callable[[Subscription], Subscription]) -> int:
        active = await self.of_chat(target)
        for each in active:
            await self._save(each, change(each))
        return len(active)

    async def _of_target(self, target: Target) -> list[Subscription]:
        return [each for each in await self._subscriptions.of_chat(target) if each.target == target]

    async def _find(self, target: Target, edition: str) -> Subscription | None:
        return next((each for each in await self._of_target(target) if each.edition == edition), None)

    async def _active(self, target: Target, edition: str, speak: str | None) -> Subscription:
        found = await self.find(target, edition)
        if found is None:
            _ = texts(speak)
            raise UsageError(_("Nothing is subscribed here. Send /subscribe 8:30 to begin."))
        return found


def _granted(subscription: Subscription, wish: Wish) -> Subscription:
    extras = {**subscription.extras, **(wish.extras or {})}
    return replace(
        subscription,
        slot=wish.slot or subscription.slot,
        lang=wish.lang or subscription.lang,
        without=subscription.without if wish.without is None else wish.without,
        style=wish.style or subscription.style,
        silent=subscription.silent if wish.silent is None else wish.silent,
        extras={name: value for name, value in extras.items() if value},
    )
