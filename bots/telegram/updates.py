"""Updates between arrival and answer: kept before they are confirmed, handled once, a person's in order."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import structlog
from telegram import Update

from bots.telegram.hear import worth_answering

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from telegram import Bot, User

    from core.clock import Clock
    from core.storage.events import SqlEvents

OLD = timedelta(minutes=5)
"""A text this old is answered only if it is the last that its chat said to us, or changes something there."""
FINISH_SECONDS = 5

Lane: TypeAlias = tuple[int, ...]

log = structlog.get_logger(__name__)


class Mail:
    """Updates of one bot that wait to be handled, in the database."""

    def __init__(self, events: SqlEvents, account: str) -> None:
        self._events = events
        self._stream = f"telegram:{account}"

    async def keep(self, updates: Sequence[Mapping[str, Any]]) -> None:
        """Keep updates as they came. Telegram may be told that they arrived when this returns."""
        await self._events.add(self._stream, {int(each["update_id"]): json.dumps(each) for each in updates})

    async def waiting(self, bot: Bot, *, busy: Collection[int] = ()) -> Sequence[Update]:
        """Return what is not handled yet, without the ``busy`` numbers; what cannot be read never will be."""
        found = []
        for number, body in (await self._events.waiting(self._stream)).items():
            if number in busy:
                continue
            try:
                found.append(Update.de_json(json.loads(body), bot))
            except (AttributeError, KeyError, TypeError, ValueError):
                log.warning("an update that cannot be read", update=number)
                await self.handled([number])
        return found

    async def handled(self, numbers: Sequence[int]) -> None:
        """Take updates as handled."""
        await self._events.done(self._stream, numbers)


class Lanes:
    """Handles updates of different chats and people side by side, those of one in one chat one after the other."""

    def __init__(
        self, handle: Callable[[Update], Awaitable[None]], mail: Mail, bot: Bot, clock: Clock, me: User
    ) -> None:
        self._handle = handle
        self._mail = mail
        self._bot = bot
        self._clock = clock
        self._me = me
        self._last: dict[Lane, asyncio.Task[None]] = {}
        self._running: dict[int, asyncio.Task[None]] = {}

    async def hand_out(self) -> None:
        """Begin with every update that waits; what is too old to be answered waits no longer."""
        busy = set(self._running)  # before it is looked what waits: one that ends meanwhile may still be among it
        fresh = await self._mail.waiting(self._bot, busy=busy)
        worth = worth_answering(fresh, self._clock.now(), OLD, self._me)
        for update in worth:
            self._enter(update)
        late = {each.update_id for each in fresh} - {each.update_id for each in worth}
        if late:
            await self._mail.handled(sorted(late))

    async def finish(self) -> None:
        """Wait a little for what is under way; the rest waits for the next start."""
        if self._running:
            await asyncio.wait(self._running.values(), timeout=FINISH_SECONDS)
        for task in self._running.values():
            task.cancel()

    def _enter(self, update: Update) -> None:
        lane = tuple(who.id if who else 0 for who in (update.effective_chat, update.effective_user))
        task = asyncio.create_task(self._after(self._last.get(lane), update))
        self._last[lane] = self._running[update.update_id] = task
        task.add_done_callback(lambda done: self._leave(lane, update.update_id, done))

    def _leave(self, lane: Lane, number: int, task: asyncio.Task[None]) -> None:
        del self._running[number]
        if self._last.get(lane) is task:
            del self._last[lane]

    async def _after(self, before: asyncio.Task[None] | None, update: Update) -> None:
        if before:
            await asyncio.wait({before})
        await self._handle(update)
        await self._mail.handled([update.update_id])
