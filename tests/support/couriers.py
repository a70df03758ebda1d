"""Couriers for tests, each with a recorder of its own that runs as long as it is needed."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from core.clock import SystemClock
from core.delivery.courier import Courier
from core.delivery.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.wiring import House
    from core.delivery.port import Account, Ledger, Sender


@asynccontextmanager
async def hired(account: Account, ledger: Ledger, **given: Any) -> AsyncIterator[Courier]:  # noqa: ANN401  # Courier's own
    """Give a courier; on the system's clock unless another is given."""
    recorder = Recorder(ledger)
    recording = asyncio.create_task(recorder.run())
    try:
        yield Courier(account, ledger=ledger, recorder=recorder, **{"clock": SystemClock()} | given)
    finally:
        recording.cancel()
        await asyncio.gather(recording, return_exceptions=True)


async def carry(house: House, account: Account, sender: Sender) -> None:
    """Send whatever is due at this account, as the house presents it."""
    async with hired(account, house.ledger, sender=sender, pages=house.press, clock=house.clock) as courier:
        await courier.run(asyncio.Event(), until_idle=True)
