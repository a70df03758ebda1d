"""What time it is, as a port, so that tests decide."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

EARLIEST_MORNING = timedelta(hours=14)
"""A date begins this long before it does in UTC: Pacific/Kiritimati, https://www.iana.org/time-zones."""


def latest_date(now: datetime) -> date:
    """Return the latest date that has begun anywhere on earth at the aware instant ``now``, in UTC."""
    return (now + EARLIEST_MORNING).date()


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...

    async def sleep(self, duration: timedelta) -> None:
        """Wait for ``duration``; return at once if it is not positive."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, duration: timedelta) -> None:
        """Wait for ``duration``; return at once if it is not positive."""
        await asyncio.sleep(max(0.0, duration.total_seconds()))
