"""A courier at work for an hour, and whether its memory stays as it is: ``make soak``.

``SOAK_MINUTES`` says how long, ``SOAK_READERS`` how many are subscribed. Posts leave at a paid bot's 1,000 a second for
a strict server in a process of its own; when everybody has one, the next issue is planned.
"""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import uvloop

from bench.delivery import ISSUE, deliver, filled
from bench.posts import counts_of, one_page, sender_to, server
from core.clock import SystemClock
from core.delivery.pacing import Pace
from core.digest.parse import parse
from core.digest.sections import Vocabulary
from core.schedule.port import Order
from core.storage.agenda import SqlAgenda
from core.storage.archive import SqlArchive
from core.storage.runs import SqlRuns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.delivery.port import Sender
    from core.storage.engine import Database

RATE, LATENCY = 1000, 30
PACE = Pace(per_second=RATE, in_flight=RATE // 2)
FIRST = date(2026, 3, 2)
SAMPLE_SECONDS = 1.0
TOLD_SECONDS = 60
MEGABYTE = 1 << 20
MOST_MEGABYTES = 150
GROWTH = 1.03
"""The last quarter's median may be so many times the second quarter's: allocators breathe."""


def main() -> None:
    """Print the memory once a minute, and the verdict; fail if it grew."""
    minutes = float(os.environ.get("SOAK_MINUTES", "60"))
    readers = int(os.environ.get("SOAK_READERS", "1000000"))
    with server("sliding window", RATE, LATENCY) as url:
        samples, sent = uvloop.run(_soak(url, minutes * 60, readers))
        counts = counts_of(url)
    before, after = median(_quarter(samples, 1)), median(_quarter(samples, 3))
    is_flat = after <= before * GROWTH
    print(
        f"{readers:,} subscriptions, {minutes:g} minutes, {sent:,} sent: {before:.1f} MB in the second quarter, "
        f"{after:.1f} MB in the last, at most {max(samples):.1f} MB: {'flat' if is_flat else 'NOT flat'}, "
        f"{'below' if max(samples) < MOST_MEGABYTES else 'NOT below'} {MOST_MEGABYTES} MB; "
        f"the server took {counts['taken']:,.0f} and refused {counts['refused']:,.0f}"
    )
    if not is_flat:
        raise SystemExit(1)


def _quarter(samples: Sequence[float], number: int) -> Sequence[float]:
    size = len(samples) / 4
    return samples[int(number * size) : int((number + 1) * size)]


async def _soak(url: str, seconds: float, readers: int) -> tuple[Sequence[float], int]:
    samples: list[float] = []
    async with filled("", readers) as database, sender_to(url, database) as sender:
        working = asyncio.create_task(_work(database, sender))
        start = told = time.monotonic()
        while time.monotonic() - start < seconds and not working.done():
            await asyncio.sleep(SAMPLE_SECONDS)
            samples.append(_megabytes())
            if time.monotonic() - told >= TOLD_SECONDS:
                told = time.monotonic()
                print(f"{(told - start) / 60:5.1f} min {samples[-1]:7.1f} MB", flush=True)
        working.cancel()
        await asyncio.wait([working])
        sent = sum(run.counts.sent for run in await SqlRuns(database).newest(limit=1000))
    if not working.cancelled():
        working.result()
    return samples, sent


async def _work(database: Database, sender: Sender) -> None:
    """Send one issue after the other to everybody."""
    vocabulary = Vocabulary.bundled()
    archive = SqlArchive(database, vocabulary=vocabulary, clock=SystemClock())
    day = FIRST
    while True:
        text = ISSUE.replace(FIRST.isoformat(), day.isoformat())
        issue = parse(text, vocabulary=vocabulary).issue
        await archive.put(issue, text)
        order = Order(issue=issue.ref, kind="push", langs=frozenset({"en"}))
        await SqlAgenda(database).plan(order, datetime.now(UTC))
        await deliver(database, sender, PACE, pages=one_page)
        day += timedelta(days=1)


def _megabytes() -> float:
    resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return resident * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


if __name__ == "__main__":
    main()
