"""The couriers of a process: they are told where there is work, and are brought it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING

import structlog

from core.delivery.deliver import pause
from core.delivery.engine import Lane
from core.delivery.model import AMENDS, PRIVATE, SHARED
from core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from core.clock import Clock
    from core.delivery.courier import Courier
    from core.delivery.engine import Engine
    from core.delivery.port import Account, Chunk, Ledger

log = structlog.get_logger(__name__)


class Office:
    """Looks every ``rest`` for chunks that wait, offers them to the engine, and gives what it brings to couriers."""

    def __init__(self, engine: Engine, ledger: Ledger, clock: Clock, *, rest: timedelta) -> None:
        self._engine = engine
        self._ledger = ledger
        self._clock = clock
        self._rest = rest
        self._couriers: dict[Account, list[Courier]] = defaultdict(list)
        self._is_blind = False

    def hire(self, courier: Courier) -> None:
        """Give work of its account to this courier as well. It must be running."""
        self._couriers[courier.account].append(courier)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop``. Raises StorageError, in a group, when the engine's database fails."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._engine.carry(self._give, self._room, stop))
            while not stop.is_set():
                await self._look()
                await pause(self._clock, self._rest, stop)

    async def _look(self) -> None:
        try:
            waiting = await self._ledger.waiting(now=self._clock.now())
            ours = [chunk for chunk in waiting if chunk.account in self._couriers]
            for account in {chunk.account for chunk in ours}:
                for courier in self._couriers[account]:
                    courier.want()
            if ours:
                await self._engine.offer(ours)
        except StorageError as error:
            if not self._is_blind:
                log.warning("cannot look for work", reason=str(error))
            self._is_blind = True
        else:
            if self._is_blind:
                log.info("can look for work again")
            self._is_blind = False

    def _room(self) -> Iterator[Lane]:
        for account, couriers in self._couriers.items():
            for priority in (SHARED, PRIVATE, AMENDS):
                if any(courier.has_room(priority) for courier in couriers):
                    yield Lane(account=account, priority=priority)

    async def _give(self, chunk: Chunk) -> None:
        for courier in self._couriers.get(chunk.account, ()):
            if courier.has_room(chunk.priority):
                await courier.carry(chunk)
                return
