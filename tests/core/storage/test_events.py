from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from clock import ManualClock
from core.storage.events import SqlEvents

if TYPE_CHECKING:
    from core.storage.engine import Database

MINE, OTHER = "telegram:1", "telegram:2"


async def test_events_wait_in_order_until_they_are_handled_even_by_another_process(database: Database) -> None:
    clock = ManualClock()
    await SqlEvents(database, clock).add(MINE, {12: "b", 11: "a"})
    await SqlEvents(database, clock).add(OTHER, {11: "x"})
    restarted = SqlEvents(database, clock)
    assert list((await restarted.waiting(MINE)).items()) == [(11, "a"), (12, "b")]
    await restarted.done(MINE, [11])
    assert await restarted.waiting(MINE) == {12: "b"}
    assert await restarted.waiting(OTHER) == {11: "x"}


async def test_an_event_that_comes_again_is_not_handled_again_until_it_is_forgotten(database: Database) -> None:
    clock = ManualClock()
    events = SqlEvents(database, clock)
    await events.add(MINE, {11: "a"})
    await events.add(MINE, {11: "a again", 12: "b"})
    await events.done(MINE, [11, 12])
    await events.add(MINE, {11: "a"})
    assert await events.waiting(MINE) == {}
    assert await events.sweep() == 0
    clock.advance(timedelta(hours=25))
    assert await events.sweep() == 2
    await events.add(MINE, {11: "a"})
    assert await events.waiting(MINE) == {11: "a"}
