from __future__ import annotations

import asyncio

from core.delivery.hands import Hands


async def worked(things: int, workers: int, seconds: float) -> tuple[list[int], int]:
    """Have so many workers take things; return these as they were taken, and how many workers took some."""
    hands: Hands[int] = Hands()
    taken, busy = list[int](), set[int]()

    async def work(name: int) -> None:
        while True:
            taken.append(await hands.take())
            busy.add(name)
            if seconds:
                await asyncio.sleep(seconds)

    tasks = [asyncio.create_task(work(name)) for name in range(workers)]
    await asyncio.sleep(0)
    for thing in range(things):
        hands.give(thing)
    async with asyncio.timeout(5):
        while len(taken) < things:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    for task in tasks:
        task.cancel()
    return taken, len(busy)


async def test_who_never_waits_takes_everything_in_order() -> None:
    assert await worked(100, 8, 0) == (list(range(100)), 1)


async def test_where_each_has_to_wait_all_of_them_are_at_work() -> None:
    taken, busy = await worked(24, 8, 0.05)
    assert (sorted(taken), busy) == (list(range(24)), 8)
