"""The courier: holds an account's budget, takes chunks of deliveries, and has their pages sent, urgent ones first."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from core.delivery.deliver import AHEAD, Deliverer, pause
from core.delivery.pacing import NEVER, Pace, Pacer
from core.delivery.printer import Printer
from core.delivery.retry import Policy
from core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.clock import Clock
    from core.delivery.port import Account, Chunk, Ledger, Pages, Sender
    from core.delivery.recorder import Recorder

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a courier works.

    It holds its account's budget for ``lease``, which is renewed three times in its length; another courier takes up
    what a dead one held once the lease is over. Its budget is one of ``shares`` equal ones; a ``spare`` courier takes
    one only when there has been work for a lease and nobody took it. It has at most ``open_chunks`` of each priority
    open at a time, and looks again after ``rest`` where it has to wait for something.
    """

    lease: timedelta = timedelta(seconds=18)
    rest: timedelta = timedelta(seconds=1)
    shares: int = 1
    spare: bool = False
    open_chunks: int = 4


class Courier:
    """Serves one account. Several may serve different accounts in one process and share a recorder."""

    def __init__(
        self,
        account: Account,
        *,
        sender: Sender,
        ledger: Ledger,
        recorder: Recorder,
        pages: Pages,
        clock: Clock,
        pace: Pace | None = None,
        policy: Policy | None = None,
        habits: Habits | None = None,
    ) -> None:
        self.account = account
        self._ledger = ledger
        self._clock = clock
        self._pace = pace or Pace()
        self._policy = policy or Policy()
        self._habits = habits or Habits()
        self._owner = uuid4().hex
        self._held_until = NEVER
        self._wanted_until = NEVER
        self._patient_until = NEVER
        self._open: dict[int, int] = {}
        self._carried: set[int] = set()
        self._finished: set[int] = set()
        self._woken = asyncio.Event()
        self._idle = asyncio.Event()
        self._at_work = False
        self._was_refused = False
        self._deliverer = Deliverer(
            sender=sender,
            recorder=recorder,
            printer=Printer(pages),
            clock=clock,
            pace=self._pace,
            pacer=Pacer(self._pace, ahead=AHEAD if self._pace.per_second else timedelta(0)),
            policy=self._policy,
            may_send=self.is_holding,
        )

    def is_holding(self) -> bool:
        """Return whether the budget is this courier's, as far as it knows without asking."""
        return self._clock.now() < self._held_until

    def want(self) -> None:
        """Note that there is work for the account: the budget is held from now on, until there was none for long."""
        now = self._clock.now()
        if now >= self._wanted_until:
            self._patient_until = now + self._habits.lease if self._habits.spare else now
            self._woken.set()
        self._wanted_until = now + self._habits.lease

    def has_room(self, priority: int) -> bool:
        """Return whether another chunk of this priority can be opened now."""
        return self.is_holding() and self._open.get(priority, 0) < self._habits.open_chunks

    async def run(self, stop: asyncio.Event, *, until_idle: bool = False) -> None:
        """Work on what ``carry`` is given until ``stop`` is set; finish the pages under way, give back the rest.

        With ``until_idle`` it takes what is due by itself, and returns when there is no more.

        Raises StorageError, in a group, when the recorder has ended; what is carried then is let go.
        """
        self._at_work = True
        try:
            async with asyncio.TaskGroup() as tasks:
                going = [tasks.create_task(self._keep()), tasks.create_task(self._deliverer.run(stop))]
                await (self._clear(stop) if until_idle else stop.wait())
                while self._carried:
                    self._idle.clear()
                    await self._idle.wait()
                self._at_work = False
                for task in going:
                    task.cancel()
        finally:
            self._at_work = False
            self._deliverer.abandon()
            await self._leave()

    async def carry(self, chunk: Chunk) -> None:
        """Make what is due in the chunk; return when nothing of it is left to do, or it is lost."""
        self._open[chunk.priority] = self._open.get(chunk.priority, 0) + 1
        lease = None
        try:
            if claimed := await self._ledger.claim(chunk.id, self._owner, now=self._clock.now()):
                lease = claimed[0].lease
                if self._at_work:
                    self._carried.add(lease)
                    await self._deliverer.make(claimed)
        finally:
            self._open[chunk.priority] -= 1
            if lease is not None:
                self._carried.discard(lease)
                self._idle.set()
                self._finished.add(lease)
                await self._put_down()

    async def _clear(self, stop: asyncio.Event) -> None:
        self._wanted_until = self._clock.now() + timedelta(days=1)
        await self._prolong()
        while not stop.is_set():
            waiting = await self._ledger.waiting(now=self._clock.now(), account=self.account)
            if not waiting:
                return
            if self.is_holding():
                line = iter(waiting)
                await asyncio.gather(*(self._carry_all(line, stop) for _ in range(self._habits.open_chunks)))
            else:
                await self._clock.sleep(self._habits.rest)

    async def _carry_all(self, line: Iterator[Chunk], stop: asyncio.Event) -> None:
        for chunk in line:
            if stop.is_set() or not self.is_holding():
                return
            await self.carry(chunk)

    async def _keep(self) -> None:
        """Hold the budget while there is work."""
        while True:
            self._woken.clear()
            now = self._clock.now()
            if self._patient_until <= now < self._wanted_until or self._carried:
                await self._prolong()
            elif self.is_holding():
                self._held_until = NEVER
                await self._leave()
            await self._put_down()
            wait = self._habits.lease / 3 if self.is_holding() else self._habits.rest
            await pause(self._clock, wait, self._woken)

    async def _prolong(self) -> None:
        now = self._clock.now()
        until = now + self._habits.lease
        try:
            held = await self._ledger.hold(
                self.account,
                self._owner,
                now=now,
                until=until,
                on_unknown=self._policy.on_unknown,
                shares=self._habits.shares,
                per_second=self._pace.per_second,
            )
        except StorageError as error:
            if not self._was_refused:
                log.warning("a budget could not be prolonged", account=self.account.account, reason=str(error))
            self._was_refused = True
            return
        self._was_refused = False
        if held:
            self._held_until = until
        else:
            self._held_until = NEVER
            self._deliverer.lose(self._carried)

    async def _put_down(self) -> None:
        """Give finished chunks back; what the database does not take now is tried again."""
        leases = list(self._finished)
        if leases and await self._release(leases):
            self._finished.difference_update(leases)
            self._deliverer.forget(leases)

    async def _leave(self) -> None:
        """Give everything back; what the database does not take others take up when the lease is over."""
        if await self._release(None):
            self._finished.clear()

    async def _release(self, leases: Sequence[int] | None) -> bool:
        now = self._clock.now()
        try:
            await self._ledger.release(self._owner, now=now, on_unknown=self._policy.on_unknown, held=leases)
        except StorageError as error:
            log.warning("chunks could not be given back", account=self.account.account, reason=str(error))
            return False
        return True
