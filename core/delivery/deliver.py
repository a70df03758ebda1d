"""One delivery: its pages leave one after the other, and what happened to each is written down.

Before a page leaves, its intent is durable; its message id is durable before the next page's intent. So after a
crash exactly the pages in flight are in doubt, and everything else goes on where it stood.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

import structlog

from core.delivery.amend import steps
from core.delivery.model import PageReceipt, SendError
from core.delivery.port import Effect, Entry, Envelope, Settled
from core.delivery.printer import PrintError
from core.delivery.retry import Decision, Policy, Trouble, decide

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from core.clock import Clock
    from core.delivery.amend import Step
    from core.delivery.model import ErrorClass, PageState, Scope
    from core.delivery.pacing import Pace, Pacer, Passage, Verb
    from core.delivery.port import Content, Sender, Work
    from core.delivery.printer import Printer, Sheet
    from core.delivery.recorder import Recorder

DONE: dict[Verb, PageState] = {"send": "sent", "edit": "edited", "delete": "deleted"}

log = structlog.get_logger(__name__)


class Deliverer:
    """Makes the deliveries of one account. ``may_send`` tells whether its budget is still held."""

    def __init__(
        self,
        *,
        sender: Sender,
        recorder: Recorder,
        printer: Printer,
        clock: Clock,
        pace: Pace,
        pacer: Pacer,
        policy: Policy,
        may_send: Callable[[], bool],
    ) -> None:
        self._sender = sender
        self._recorder = recorder
        self._printer = printer
        self._clock = clock
        self._pace = pace
        self._pacer = pacer
        self._policy = policy
        self._may_send = may_send
        self._gate = asyncio.Lock()
        self.lost: set[int] = set()
        """The leases under which something was refused: nothing more is begun under them."""

    async def deliver(self, work: Work, stop: asyncio.Event) -> None:
        """Make the delivery, until it is settled, its lease is lost or there is a stop."""
        sheets = () if work.skip else self._printer.printed(work.content) or await self._sheets(work, work.content)
        if sheets is None:
            return
        if work.shown is not None and not sheets:
            await self._settle(work, "sent")
            return
        if not sheets:
            await self._settle(work, "skipped", reason=work.skip or "withdrawn")
            return
        if work.shown is not None:
            await self._amend(_Trip(work=work, content=work.content, sheets=sheets, page=0, first=""), stop)
            return
        trip: _Trip | None = _Trip(
            work=work, content=work.content, sheets=sheets, page=work.delivery.next_page, first=work.first_message
        )
        if work.delivery.next_page >= len(sheets):
            await self._settle(work, "sent", next_page=len(sheets))
            return
        while trip:
            trip = await self._step(trip, stop)

    async def _amend(self, trip: _Trip, stop: asyncio.Event) -> None:
        """Bring a post that is there up to date."""
        shown = trip.work.shown or ()
        trip = replace(trip, first=next((page.message_id for page in shown if page.page == 0), ""))
        for step in steps(trip.sheets, shown):
            if not await self._change(replace(trip, page=step.page), step, stop):
                return
        await self._settle(trip.work, "sent", next_page=len(trip.sheets))

    async def _change(self, trip: _Trip, step: Step, stop: asyncio.Event) -> bool:
        """Change one page of the post; return whether it is as it should be. Only a new page needs an intent."""
        target = trip.work.delivery.target
        passage = await self._turn(target.chat, stop, step.verb)
        if passage is None or (step.verb == "send" and not await self._put(trip, "sending")) or not self._may_send():
            return False
        self._pacer.made(passage, self._clock.now())
        try:
            message_id = await self._do(trip, step)
        except SendError as error:
            return await self._unchanged(trip, step, error)
        except Exception as error:  # a fault of the adapter
            log.exception("an adapter raised what it must not", platform=target.platform)
            return await self._unchanged(trip, step, SendError("unknown", type(error).__name__))
        finally:
            self._pacer.arrive(passage, self._clock.now())
        return await self._put(trip, DONE[step.verb], message_id=message_id)

    async def _do(self, trip: _Trip, step: Step) -> str:
        target = trip.work.delivery.target
        if step.sheet is None:
            await self._sender.delete(target, step.message_id)
            return ""
        if step.verb == "send":
            return await self._sender.send(target, step.sheet.message, _envelope(trip))
        await self._sender.edit(target, step.message_id, step.sheet.message)
        return step.message_id

    async def _unchanged(self, trip: _Trip, step: Step, error: SendError) -> bool:
        """Write down why a page could not be changed. What was changed may be changed again: no doubt, no strikes."""
        now, work = self._clock.now(), trip.work
        kind = error.kind
        if step.verb != "send":
            milder: dict[ErrorClass, ErrorClass] = {"unknown": "transient", "config": "content", "pause": "content"}
            kind = milder.get(kind, kind)
        trouble = Trouble(
            kind=kind,
            name=page_key(work, step.page),
            attempts=work.delivery.attempts,
            retry_after=error.retry_after,
            priority=work.priority,
        )
        decision = decide(trouble, self._policy)
        if decision.hold:
            scope = error.scope if decision.hold == "limit" else ""
            self._hold(now + decision.wait, work.delivery.target.chat, scope, step.verb)
        settled = _settled(trip, error, kind, decision, now)
        if step.verb == "send":
            await self._put(trip, "unknown" if kind == "unknown" else "failed", reason=error.reason, settled=settled)
        else:
            await self._enter(Entry(lease=work.lease, delivery=work.delivery.id, at=now, settled=settled))
        return False

    async def _sheets(self, work: Work, content: Content) -> tuple[Sheet, ...] | None:
        try:
            return await self._printer.sheets(content)
        except PrintError as error:
            await self._settle(work, "failed", kind="content", reason=str(error))
            return None

    async def _step(self, trip: _Trip, stop: asyncio.Event) -> _Trip | None:
        """Send one page; return the trip with the next page, or None if it is over."""
        target = trip.work.delivery.target
        if (rest := self._pacer.own_wait(target.chat, self._clock.now())) > self._pace.patience:
            await self._put_back(trip, rest)
            return None
        passage = await self._turn(target.chat, stop)
        if passage is None or not await self._put(trip, "sending"):
            return None
        if not self._may_send():  # the budget ran out meanwhile: the page was surely not sent
            await self._put_back(trip, timedelta(0))
            return None
        self._pacer.made(passage, self._clock.now())
        try:
            message_id = await self._sender.send(target, trip.sheet.message, _envelope(trip))
        except SendError as error:
            return await self._trouble(trip, error)
        except Exception as error:  # a fault of the adapter, after which the page may have been sent
            log.exception("an adapter raised what it must not", platform=target.platform)
            return await self._trouble(trip, SendError("unknown", type(error).__name__))
        finally:
            self._pacer.arrive(passage, self._clock.now())
        return await self._on(trip, "sent", message_id=message_id)

    async def _on(self, trip: _Trip, state: PageState, *, message_id: str = "", reason: str = "") -> _Trip | None:
        """Write down how the page ended and go on with the next one, if there is one."""
        page = trip.page + 1
        if page < len(trip.sheets):
            kept = await self._put(trip, state, message_id=message_id, reason=reason)
            return replace(trip, page=page, first=trip.first or message_id) if kept else None
        settled = _all_sent(page, trip.work.delivery.attempts, had_failed=trip.work.failures > 0)
        await self._put(trip, state, message_id=message_id, reason=reason, settled=settled)
        return None

    async def _turn(self, chat: str, stop: asyncio.Event, verb: Verb = "send") -> Passage | None:
        """Wait until a page may go to the chat, and let it leave; None if there was a stop before.

        Who waits for a chat waits beside the gate; those whose chat is free pass through it one after the other.
        """
        now = self._clock.now()
        if not (self._gate.locked() or self._pacer.own_wait(chat, now, verb) or self._pacer.wait(now)):
            return self._pacer.leave(chat, now, verb)
        while not stop.is_set():
            if wait := self._pacer.own_wait(chat, self._clock.now(), verb):
                await pause(self._clock, wait, stop)
                continue
            async with self._gate:
                while (wait := self._pacer.wait(self._clock.now())) and not stop.is_set():
                    await pause(self._clock, wait, stop)
                now = self._clock.now()
                if not stop.is_set() and not self._pacer.own_wait(chat, now, verb):
                    return self._pacer.leave(chat, now, verb)
        return None

    async def _put_back(self, trip: _Trip, rest: timedelta) -> None:
        now, delivery = self._clock.now(), trip.work.delivery
        settled = Settled(state="planned", next_page=trip.page, attempts=delivery.attempts, due=now + rest)
        await self._enter(Entry(lease=trip.work.lease, delivery=delivery.id, at=now, settled=settled))

    async def _trouble(self, trip: _Trip, error: SendError) -> _Trip | None:
        work, now = trip.work, self._clock.now()
        kind = "gone" if error.kind == "move" and not error.moved_to else error.kind
        trouble = Trouble(
            kind=kind,
            name=page_key(work, trip.page),
            attempts=work.delivery.attempts,
            failures=work.failures,
            retry_after=error.retry_after,
            priority=work.priority,
            plainer=bool(trip.content.form) and trip.page == 0,
        )
        decision = decide(trouble, self._policy)
        if decision.hold:
            scope = error.scope if decision.hold == "limit" else ""
            self._hold(now + decision.wait, work.delivery.target.chat, scope, "send")
        if decision.outcome == "sent":
            return await self._on(trip, "unknown", reason=error.reason)
        if decision.plainer:
            content = replace(trip.content, form="")
            sheets = await self._sheets(work, content)
            return replace(trip, content=content, sheets=sheets) if sheets else None
        state: PageState = "unknown" if kind == "unknown" else "failed"
        await self._put(trip, state, reason=error.reason, settled=_settled(trip, error, kind, decision, now))
        return None

    def _hold(self, until: datetime, chat: str, scope: Scope | Literal[""], verb: Verb) -> None:
        self._pacer.hold(until, chat=chat if scope == "chat" else None, verb=verb if scope == "method" else None)

    async def _put(
        self,
        trip: _Trip,
        state: PageState,
        *,
        message_id: str = "",
        reason: str = "",
        settled: Settled | None = None,
    ) -> bool:
        now = self._clock.now()
        receipt = PageReceipt(page=trip.page, state=state, at=now, message_id=message_id, reason=reason)
        entry = Entry(
            lease=trip.work.lease,
            delivery=trip.work.delivery.id,
            at=now,
            page=receipt,
            digest="" if trip.over else trip.sheet.digest,
            revision=trip.content.revision,
            settled=settled,
        )
        return await self._enter(entry)

    async def _settle(
        self,
        work: Work,
        state: Literal["sent", "failed", "skipped"],
        *,
        next_page: int | None = None,
        kind: Literal["", "content"] = "",
        reason: str = "",
    ) -> None:
        settled = Settled(
            state=state,
            next_page=work.delivery.next_page if next_page is None else next_page,
            attempts=work.delivery.attempts,
            kind=kind,
            reason=reason,
        )
        entry = Entry(
            lease=work.lease,
            delivery=work.delivery.id,
            at=self._clock.now(),
            revision=work.content.revision,
            settled=settled,
        )
        await self._enter(entry)

    async def _enter(self, entry: Entry) -> bool:
        kept = await self._recorder.put(entry)
        if not kept:
            self.lost.add(entry.lease)
        return kept


async def pause(clock: Clock, duration: timedelta, until: asyncio.Event) -> None:
    """Wait for so long, or until the event."""
    waits = [asyncio.ensure_future(clock.sleep(duration)), asyncio.ensure_future(until.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trip:
    """A delivery on its way: what it shows, the page that comes next, and the id of the first that was sent."""

    work: Work
    content: Content
    sheets: tuple[Sheet, ...]
    page: int
    first: str

    @property
    def sheet(self) -> Sheet:
        return self.sheets[self.page]

    @property
    def over(self) -> bool:
        return self.page >= len(self.sheets)


@lru_cache(maxsize=256)
def _all_sent(pages: int, attempts: int, *, had_failed: bool) -> Settled:
    effect = Effect(subscription="clear") if had_failed else None
    return Settled(state="sent", next_page=pages, attempts=attempts, effect=effect)


def _envelope(trip: _Trip) -> Envelope:
    work = trip.work
    return Envelope(key=page_key(work, trip.page), silent=work.silent, after=trip.first, extras=work.extras)


def page_key(work: Work, page: int) -> str:
    """Return the page's idempotency key: 24 characters, the same for the same page of the same delivery."""
    delivery = work.delivery
    name = f"{delivery.id}/{page}/{delivery.issue}/{delivery.target.key}"
    return blake2b(name.encode(), digest_size=12).hexdigest()


def _settled(trip: _Trip, error: SendError, kind: ErrorClass, decision: Decision, now: datetime) -> Settled:
    again = decision.outcome == "again"
    effect = Effect(
        subscription=decision.subscription,
        until=now + decision.pause if decision.pause else None,
        moved_to=error.moved_to or "",
        notice=error.reason if decision.notice else "",
    )
    return Settled(
        state="planned" if again else "unknown" if decision.outcome == "unknown" else "failed",
        next_page=trip.page,
        attempts=trip.work.delivery.attempts + decision.counts,
        due=now + decision.wait if again else None,
        kind=kind,
        reason=error.reason,
        effect=effect if effect != Effect() else None,
    )
