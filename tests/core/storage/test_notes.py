from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from clock import ManualClock
from core.storage.notes import SqlNotes

if TYPE_CHECKING:
    from core.storage.engine import Database

HOUR = timedelta(hours=1)


async def test_a_note_lasts_as_long_as_it_was_meant_to(database: Database) -> None:
    clock = ManualClock()
    notes = SqlNotes(database, clock)
    await notes.put("for good", "a")
    await notes.put("for good", "b")
    await notes.put("for an hour", "c", keep=HOUR)
    assert [await notes.get(name) for name in ("for good", "for an hour", "never")] == ["b", "c", None]
    clock.advance(HOUR)
    assert await notes.get("for an hour") is None
    assert await notes.sweep() == 1
    assert await notes.get("for good") == "b"


async def test_an_event_is_new_once_until_it_is_forgotten(database: Database) -> None:
    clock = ManualClock()
    notes = SqlNotes(database, clock)
    assert [await notes.first("event:1", keep=HOUR) for _ in range(3)] == [True, False, False]
    clock.advance(HOUR)
    assert await notes.first("event:1", keep=HOUR)


async def test_notes_are_found_by_how_their_names_begin(database: Database) -> None:
    notes = SqlNotes(database, ManualClock())
    for name in ("queue:b", "queue:a", "queue_c", "other"):
        await notes.put(name, "", keep=HOUR)
    assert await notes.named("queue:") == ["queue:a", "queue:b"]
    await notes.drop("queue:a")
    assert await notes.named("queue:") == ["queue:b"]


async def test_a_count_grows_and_begins_anew_when_its_time_is_over(database: Database) -> None:
    clock = ManualClock()
    notes = SqlNotes(database, clock)
    assert [await notes.count("asked", by, keep=HOUR) for by in (1, 1, 40)] == [1, 2, 42]
    assert await notes.get("asked") == "42"
    clock.advance(HOUR)
    assert await notes.count("asked", 3, keep=HOUR) == 3


@pytest.mark.parametrize(
    ("said", "kept"),
    [("a\0b", "a\ufffdb"), ("\0", "\ufffd"), ("北\ud83d", "北\ufffd"), ("\udfff\ud83d", "\ufffd\ufffd"), ("👍", "👍")],
)
async def test_no_character_keeps_a_text_from_being_written_and_found(database: Database, said: str, kept: str) -> None:
    notes = SqlNotes(database, ManualClock())
    assert await notes.get(said) is None
    await notes.put(said, said)
    assert await notes.get(said) == kept
    assert await notes.named(said) == [kept]
