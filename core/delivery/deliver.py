"""Deliveries: their pages leave one after the other, and what happened to each is written down.

Before a page leaves, its intent is durable; its message id is durable before the next page's intent. So after a
crash exactly the pages in flight are in doubt, and everything else goes on where it stood. What may leave soon is one
wave, whose intents are written down together, along with what became of the pages before; each of its pages has a
connection from then on, and uses it at its own instant.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from hashlib import blake2b
from heapq import heapify, heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Literal, TypeAlias

import structlog

from core.delivery.amend import steps
from core.delivery.hands import Hands
from core.delivery.model import PageReceipt, SendError
from core.delivery.pacing import NEVER
from core.delivery.port import Effect, Entry, Envelope, Settled
from core.delivery.printer import PrintError
from core.delivery.retry import Decision, Policy, Trouble, decide
from core.delivery.runs import REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from core.clock import Clock
    from core.delivery.amend import Step
    from core.delivery.model import ErrorClass, PageState, Scope
    from core.delivery.pacing import Pace, Pacer, Passage, Verb
    from core.delivery.port import Content, Sender, Work
    from core.delivery.printer import Printer, Sheet
    from core.delivery.recorder import Recorder

DONE: dict[Verb, PageState] = {"send": "sent", "edit": "edited", "delete": "deleted"}
MILDER: dict[ErrorClass, ErrorClass] = {"unknown": "transient", "config": "content", "pause": "content"}
"""What was changed may be changed again: no doubt, no strikes."""
WAVE = 500
"""So many pages leave together at most, so that others are written down while these are sent."""
WAVES = 2
"""So many waves are being written down at most: whoever waits for the next one shares it."""

_Line: TypeAlias = "tuple[_Trip, Entry]"
_Leaving: TypeAlias = "tuple[_Trip, Passage]"

BREATH = timedelta(milliseconds=50)
"""How long a courier that may not send as fast as it can waits between waves, which then share a commit."""
AHEAD = 2 * BREATH
"""How early such a courier writes down what is to leave: a commit may take as long as a breath."""
TICK = timedelta(milliseconds=10)
"""Pages whose instants lie so close together leave together."""

log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class _Load:
    """What is left to do under one lease, deliveries and lines to be written down, and when nothing is."""

    left: int
    empty: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True, eq=False)
class _Trip:
    """A delivery on its way: what it shows, its steps, which of them is next, and the id of its first page.

    ``pages`` is how many there are in the end, ``issue`` the issue's name.
    """

    work: Work
    load: _Load
    content: Content
    issue: str
    pages: int
    steps: Sequence[Step]
    next: int
    first: str

    @property
    def step(self) -> Step:
        return self.steps[self.next]

    @property
    def is_begun(self) -> bool:
        """Return whether a part of the post is there, which the rest must follow even if its run is cancelled."""
        return not self.work.amends and (self.step.page > 0 or self.step.verb != "send")

    @property
    def next_page(self) -> int:
        """Return how many pages of the post are settled."""
        return max(self.step.page, self.work.delivery.next_page)


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
        self._turn = count()
        self._ready: list[tuple[int, int, _Trip]] = []
        self._resting: list[tuple[datetime, int, _Trip]] = []
        self._leaving: list[tuple[datetime, int, _Trip, Passage]] = []
        self._leave_soon = asyncio.Event()
        self._at_hand: Hands[_Leaving] = Hands()
        self._working = 0
        self._on_the_way = 0
        self._writing = 0
        self._lines: list[_Line] = []
        self._woken = asyncio.Event()
        self._lost: set[int] = set()
        self._loads: set[_Load] = set()
        self._rests_until = NEVER

    async def make(self, works: Sequence[Work]) -> None:
        """Make these deliveries of one lease.

        Return when each is settled, or the lease is lost, or there was a stop, or all is abandoned. Raises StorageError
        where an issue cannot be read; nothing was begun then.
        """
        load = _Load(len(works))
        self._loads.add(load)
        try:
            await self._set_out(works, load)
            await load.empty.wait()
        finally:
            self._loads.discard(load)

    async def _set_out(self, works: Sequence[Work], load: _Load) -> None:
        contents = {id(work.content): work.content for work in works if not work.skip}  # hashing them all costs more
        printed = {key: await self._printed(content) for key, content in contents.items()}
        sends = {key: steps(found, ()) for key, found in printed.items() if not isinstance(found, str)}
        names = {key: str(content.issue) for key, content in contents.items()}
        for work in works:
            found = printed.get(id(work.content), ()) if not work.skip else ()
            name = names.get(id(work.content), "")
            trip = _Trip(work, load, work.content, name, len(found), (), 0, work.first_message)
            if isinstance(found, str):
                self._settle(trip, "failed", kind="content", reason=found)
            elif not found and not work.amends:
                self._settle(trip, "skipped", reason=work.skip or "withdrawn")
            else:
                trip.steps = sends[id(work.content)] if _is_new(work) else _rest(found, work)
                self._begin(trip)
        self._woken.set()

    def lose(self, leases: Iterable[int]) -> None:
        """Begin nothing more under these leases: they are not held any more, or their run does not go on.

        What was begun goes on for as long as the ledger takes it.
        """
        self._lost.update(leases)
        self._drop(self._lost)

    def forget(self, leases: Iterable[int]) -> None:
        """Forget leases under which there is nothing left to do."""
        self._lost.difference_update(leases)

    def abandon(self) -> None:
        """Let every ``make`` return, since nobody sends any more."""
        for load in self._loads:
            load.empty.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until cancelled, but begin no page after ``stop``. Raises StorageError when the recorder has ended."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._wake(stop))
            tasks.create_task(self._let_leave())
            while True:
                self._woken.clear()
                if stop.is_set():
                    self._drop(None)
                if self._writing < WAVES:
                    wave = self._wave()
                    lines, self._lines = self._lines, []
                    if lines or wave:
                        self._writing += 1
                        tasks.create_task(self._send_off(lines, wave, tasks))
                        if self._pace.per_second:
                            await self._clock.sleep(BREATH)
                        continue
                await self._rest()

    async def _wake(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._woken.set()

    async def _rest(self) -> None:
        """Wait until something happens or a page may leave."""
        now = self._clock.now()
        waits = [self._resting[0][0] - now] if self._resting else []
        if self._ready and self._on_the_way < self._pace.in_flight and self._writing < WAVES:
            waits.append(self._pacer.wait(now))
        if waits:
            await pause(self._clock, min(waits), self._woken)
        else:
            await self._woken.wait()

    async def _printed(self, content: Content) -> tuple[Sheet, ...] | str:
        """Return the pages, or why there cannot be any."""
        try:
            return await self._printer.sheets(content)
        except PrintError as error:
            return str(error)

    def _begin(self, trip: _Trip) -> None:
        if trip.steps:
            self._line_up(trip)
        else:
            self._settle(trip, "sent", next_page=trip.pages)

    def _line_up(self, trip: _Trip) -> None:
        if trip.work.lease in self._lost and not trip.is_begun:
            _is_done(trip)
            return
        heappush(self._ready, (trip.work.priority, next(self._turn), trip))

    def _drop(self, leases: set[int] | None) -> None:
        """Begin nothing more under these leases, or (None) go on with nothing at all."""

        def stays(trip: _Trip) -> bool:
            return leases is not None and (trip.work.lease not in leases or trip.is_begun)

        dropped = [one[2] for line in (self._ready, self._resting) for one in line if not stays(one[2])]
        if not dropped:
            return
        self._ready = [one for one in self._ready if stays(one[2])]
        self._resting = [one for one in self._resting if stays(one[2])]
        heapify(self._ready)
        heapify(self._resting)
        for trip in dropped:
            _is_done(trip)

    def _wave(self) -> list[_Leaving]:
        """Return what may leave soon; who must wait for a chat waits beside, and holds up nobody."""
        now = self._clock.now()
        while self._resting and self._resting[0][0] <= now:
            self._line_up(heappop(self._resting)[2])
        wave: list[_Leaving] = []
        free = min(WAVE, self._pace.in_flight - self._on_the_way)
        while self._ready and len(wave) < free and not self._pacer.wait(now):
            trip = heappop(self._ready)[2]
            chat, verb = trip.work.delivery.target.chat, trip.step.verb
            if wait := self._pacer.own_wait(chat, now, verb):
                self._let_wait(trip, wait, now)
                continue
            wave.append((trip, self._pacer.leave(chat, now, verb)))
        self._on_the_way += len(wave)
        return wave

    def _let_wait(self, trip: _Trip, wait: timedelta, now: datetime) -> None:
        if not trip.work.amends and wait > self._pace.patience:
            self._put_back(trip, now + wait)
        else:
            heappush(self._resting, (now + wait, next(self._turn), trip))

    async def _send_off(self, lines: Sequence[_Line], wave: Sequence[_Leaving], tasks: asyncio.TaskGroup) -> None:
        """Write down what became of pages and which leave soon, then let these leave. Only new pages need intents."""
        now = self._clock.now()
        while self._working < self._on_the_way:
            self._working += 1
            tasks.create_task(self._work())
        new = [one for one in wave if one[0].step.verb == "send"]
        for trip, passage in wave:
            if trip.step.verb != "send":
                self._leave(trip, passage, now)
        entries = [entry for _, entry in lines]
        entries += [_entry(trip, now, page=_sending(trip.step.page, now)) for trip, _ in new]
        kept = await self._recorder.put(entries) if entries else ()
        if not all(kept):
            self.lose({entry.lease for entry, is_kept in zip(entries, kept, strict=True) if not is_kept})
        for trip, _ in lines:
            _is_done(trip)
        now = self._clock.now()
        for (trip, passage), is_kept in zip(new, kept[len(lines) :], strict=True):
            if is_kept:
                self._leave(trip, passage, now)
            else:
                self._on_the_way -= 1
                _is_done(trip)
        self._writing -= 1
        self._woken.set()

    def _leave(self, trip: _Trip, passage: Passage, now: datetime) -> None:
        """Have a page sent at its instant, unless its lease was lost or the account has to wait for long meanwhile.

        Where a run was cancelled the lease still takes that the page did not leave, which would be in doubt otherwise.
        """
        wait = self._pacer.late_wait(passage, now)
        if trip.work.lease in self._lost and not trip.is_begun:
            self._on_the_way -= 1
            self._put_back(trip, now)
        elif wait > self._pace.patience:
            self._on_the_way -= 1
            self._let_wait(trip, wait, now)
        elif wait:
            heappush(self._leaving, (now + wait, next(self._turn), trip, passage))
            self._leave_soon.set()
        else:
            self._at_hand.give((trip, passage))

    async def _let_leave(self) -> None:
        """Let pages leave whose instant has come, until cancelled."""
        while True:
            self._leave_soon.clear()
            now = self._clock.now()
            while self._leaving and self._leaving[0][0] <= now:
                _, _, trip, passage = heappop(self._leaving)
                self._leave(trip, passage, now)
                self._woken.set()
            if not self._leaving:
                await self._leave_soon.wait()
            elif (wait := self._leaving[0][0] - now) > TICK:
                await pause(self._clock, wait, self._leave_soon)
            else:
                await self._clock.sleep(TICK)

    async def _work(self) -> None:
        """Use one connection, for page after page, until cancelled."""
        while True:
            trip, passage = await self._at_hand.take()
            try:
                await self._make(trip, trip.step, passage)
            finally:
                self._on_the_way -= 1
                self._woken.set()

    async def _make(self, trip: _Trip, step: Step, passage: Passage) -> None:
        """Make a step, and note what became of it before another page takes its place."""
        now = self._clock.now()
        if not self._may_send():  # the budget ran out meanwhile: nothing was sent, surely
            self._put_back(trip, now)
            return
        self._pacer.made(passage, now)
        try:
            message_id = await self._do(trip, step)
        except SendError as error:
            self._pacer.arrive(passage, self._clock.now())
            await self._trouble(trip, step, error)
        except Exception as error:  # a fault of the adapter, after which the page may have been sent
            self._pacer.arrive(passage, self._clock.now())
            log.exception("an adapter raised what it must not", platform=trip.content.platform)
            await self._trouble(trip, step, SendError("unknown", type(error).__name__))
        else:
            now = self._clock.now()
            self._pacer.arrive(passage, now)
            self._go_on(trip, step, DONE[step.verb], now, message_id=message_id)

    async def _do(self, trip: _Trip, step: Step) -> str:
        target = trip.work.delivery.target
        if step.sheet is None:
            await self._sender.delete(target, step.message_id)
            return ""
        if step.verb == "send":
            return await self._sender.send(target, step.sheet.message, _envelope(trip, step))
        await self._sender.edit(target, step.message_id, step.sheet.message)
        return step.message_id

    def _go_on(
        self, trip: _Trip, step: Step, state: PageState, now: datetime, *, message_id: str = "", reason: str = ""
    ) -> None:
        """Note how the page ended and go on with the next one, if there is one."""
        page = PageReceipt(page=step.page, state=state, at=now, message_id=message_id, reason=reason)
        trip.next += 1
        trip.first = trip.first or message_id
        if trip.next < len(trip.steps):
            trip.load.left += 1
            self._note(trip, _entry(trip, now, page=page, sheet=step.sheet))
            self._line_up(trip)
            return
        work = trip.work
        had_failed = not work.amends and work.failures > 0
        had_stopped = work.delivery.kind == "fatal"
        settled = _all_sent(trip.pages, work.delivery.attempts, had_failed=had_failed, had_stopped=had_stopped)
        self._note(trip, _entry(trip, now, page=page, sheet=step.sheet, settled=settled))

    def _put_back(self, trip: _Trip, due: datetime) -> None:
        settled = Settled(state="planned", next_page=trip.next_page, attempts=trip.work.delivery.attempts, due=due)
        self._note(trip, _entry(trip, self._clock.now(), settled=settled))

    async def _trouble(self, trip: _Trip, step: Step, error: SendError) -> None:
        work, now = trip.work, self._clock.now()
        kind = _kind(error, step.verb)
        trouble = Trouble(
            kind=kind,
            name=_key(trip, step.page),
            attempts=work.delivery.attempts,
            failures=work.failures,
            retry_after=error.retry_after,
            priority=work.priority,
            plainer=bool(trip.content.form) and trip.next == 0,
        )
        decision = decide(trouble, self._policy)
        if decision.hold == "account" and now >= self._rests_until:
            self._rests_until = now + decision.wait
            target, wait = work.delivery.target, decision.wait.total_seconds()
            log.error(REFUSED, platform=target.platform, account=target.account, reason=error.reason, again_in=wait)
        if decision.hold:
            scope = error.scope if decision.hold == "limit" else ""
            self._hold(now + decision.wait, work.delivery.target.chat, scope, step.verb)
        if decision.outcome == "sent":
            self._go_on(trip, step, "unknown", now, reason=error.reason)
            return
        if decision.plainer:
            await self._plainer(trip)
            return
        page = None
        if step.verb == "send":
            state: PageState = "unknown" if kind == "unknown" else "failed"
            page = PageReceipt(page=step.page, state=state, at=now, reason=error.reason)
        settled = _settled(trip, error, kind, decision, now)
        self._note(trip, _entry(trip, now, page=page, sheet=step.sheet, settled=settled))

    async def _plainer(self, trip: _Trip) -> None:
        """Begin anew in the platform's usual form."""
        trip.content = replace(trip.content, form="")
        found = await self._printed(trip.content)
        if isinstance(found, str):
            self._settle(trip, "failed", kind="content", reason=found)
        elif found:
            trip.steps, trip.pages = _rest(found, trip.work), len(found)
            self._begin(trip)
        else:
            self._settle(trip, "skipped", reason="withdrawn")

    def _hold(self, until: datetime, chat: str, scope: Scope | Literal[""], verb: Verb) -> None:
        self._pacer.hold(until, chat=chat if scope == "chat" else None, verb=verb if scope == "method" else None)

    def _settle(
        self,
        trip: _Trip,
        state: Literal["sent", "failed", "skipped"],
        *,
        next_page: int | None = None,
        kind: Literal["", "content"] = "",
        reason: str = "",
    ) -> None:
        delivery = trip.work.delivery
        settled = Settled(
            state=state,
            next_page=delivery.next_page if next_page is None else next_page,
            attempts=delivery.attempts,
            kind=kind,
            reason=reason,
        )
        self._note(trip, _entry(trip, self._clock.now(), settled=settled))

    def _note(self, trip: _Trip, entry: Entry) -> None:
        self._lines.append((trip, entry))


async def pause(clock: Clock, duration: timedelta, until: asyncio.Event) -> None:
    """Wait for so long, or until the event."""
    waits = [asyncio.ensure_future(clock.sleep(duration)), asyncio.ensure_future(until.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def _is_new(work: Work) -> bool:
    return not work.amends and not work.delivery.next_page


def _rest(sheets: tuple[Sheet, ...], work: Work) -> Sequence[Step]:
    """Return what is left to do: pages that are there show what they should, and the others follow.

    What counts as sent though its message is not known stays as it is.
    """
    if not sheets:
        return ()
    found = steps(sheets, work.shown)
    return [step for step in found if step.verb != "send" or step.page >= work.delivery.next_page]


def _is_done(trip: _Trip) -> None:
    trip.load.left -= 1
    if not trip.load.left:
        trip.load.empty.set()


@lru_cache(maxsize=256)
def _sending(page: int, now: datetime) -> PageReceipt:
    return PageReceipt(page=page, state="sending", at=now)


@lru_cache(maxsize=256)
def _all_sent(pages: int, attempts: int, *, had_failed: bool, had_stopped: bool) -> Settled:
    effect = Effect(subscription="clear" if had_failed else "", sends_again=had_stopped)
    return Settled(
        state="sent", next_page=pages, attempts=attempts, effect=effect if had_failed or had_stopped else None
    )


def _entry(
    trip: _Trip,
    now: datetime,
    *,
    page: PageReceipt | None = None,
    sheet: Sheet | None = None,
    settled: Settled | None = None,
) -> Entry:
    work = trip.work
    return Entry(work.lease, work.delivery.id, now, page, sheet.digest if sheet else "", trip.content.revision, settled)


def _envelope(trip: _Trip, step: Step) -> Envelope:
    work = trip.work
    return Envelope(_key(trip, step.page), work.silent, trip.first, work.extras)


def _key(trip: _Trip, page: int) -> str:
    """Return the page's idempotency key: 24 characters, the same for the same page of the same delivery."""
    delivery = trip.work.delivery
    name = f"{delivery.id}/{page}/{trip.issue}/{delivery.target.chat}"
    return blake2b(name.encode(), digest_size=12).hexdigest()


def _kind(error: SendError, verb: Verb) -> ErrorClass:
    if verb != "send":
        return MILDER.get(error.kind, error.kind)
    return "gone" if error.kind == "move" and not error.moved_to else error.kind


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
        next_page=trip.next_page,
        attempts=trip.work.delivery.attempts + decision.counts,
        due=now + decision.wait if again else None,
        kind=kind,
        reason=error.reason,
        effect=effect if effect != Effect() else None,
    )
