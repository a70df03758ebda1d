"""When a slot comes next, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.schedule.next_run import next_run
from core.subscriptions.model import Slot

ALL = "1234567"


def slot(at: str, zone: str, days: str = ALL) -> Slot:
    return Slot(time=time.fromisoformat(at), zone=zone, weekdays=frozenset(map(int, days)))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


CASES = [
    ("today still", slot("08:30", "Asia/Shanghai"), "2026-02-19 00:00", "2026-02-19 00:30"),
    ("strictly after", slot("08:30", "Asia/Shanghai"), "2026-02-19 00:30", "2026-02-20 00:30"),
    ("a second before", slot("08:30", "Asia/Shanghai"), "2026-02-19 00:29:59", "2026-02-19 00:30"),
    ("UTC", slot("00:00", "UTC"), "2026-12-31 12:00", "2027-01-01 00:00"),
    ("west of us it is still yesterday", slot("23:30", "America/Los_Angeles"), "2026-02-19 06:00", "2026-02-19 07:30"),
    ("far east", slot("00:15", "Pacific/Kiritimati"), "2026-02-19 10:00", "2026-02-19 10:15"),
    ("over the weekend", slot("09:00", "Europe/Berlin", "12345"), "2026-02-20 08:00", "2026-02-23 08:00"),
    ("only Sundays", slot("09:00", "Europe/Berlin", "7"), "2026-02-22 08:00", "2026-03-01 08:00"),
    ("weekdays are local", slot("07:00", "Asia/Tokyo", "1"), "2026-02-21 23:00", "2026-02-22 22:00"),
    ("29 February", slot("08:00", "Europe/London"), "2028-02-28 08:00", "2028-02-29 08:00"),
    ("after 29 February", slot("08:00", "Europe/London"), "2028-02-29 08:00", "2028-03-01 08:00"),
    ("no 29 February", slot("08:00", "Europe/London"), "2026-02-28 08:00", "2026-03-01 08:00"),
    ("gap in Berlin", slot("02:30", "Europe/Berlin"), "2026-03-28 12:00", "2026-03-29 01:00"),
    ("after the gap", slot("02:30", "Europe/Berlin"), "2026-03-29 01:00", "2026-03-30 00:30"),
    ("start of the gap", slot("02:00", "Europe/Berlin"), "2026-03-28 12:00", "2026-03-29 01:00"),
    ("end of the gap", slot("03:00", "Europe/Berlin"), "2026-03-28 12:00", "2026-03-29 01:00"),
    ("before the gap", slot("01:59", "Europe/Berlin"), "2026-03-28 12:00", "2026-03-29 00:59"),
    ("summer", slot("08:30", "Europe/Berlin"), "2026-03-29 00:00", "2026-03-29 06:30"),
    ("twice: the first", slot("02:30", "Europe/Berlin"), "2026-10-24 12:00", "2026-10-25 00:30"),
    ("twice: not the second", slot("02:30", "Europe/Berlin"), "2026-10-25 00:30", "2026-10-26 01:30"),
    ("between the two", slot("02:30", "Europe/Berlin"), "2026-10-25 01:00", "2026-10-26 01:30"),
    ("gap in New York", slot("02:15", "America/New_York"), "2026-03-07 12:00", "2026-03-08 07:00"),
    ("twice in New York", slot("01:30", "America/New_York"), "2026-10-31 12:00", "2026-11-01 05:30"),
    ("gap of half an hour", slot("02:10", "Australia/Lord_Howe"), "2026-10-03 12:00", "2026-10-03 15:30"),
    ("twice by half an hour", slot("01:45", "Australia/Lord_Howe"), "2026-04-04 12:00", "2026-04-04 14:45"),
    ("gap at midnight", slot("00:10", "Asia/Beirut"), "2026-03-28 12:00", "2026-03-28 22:00"),
    ("gap at midnight, only that day", slot("00:10", "Asia/Beirut", "7"), "2026-03-28 12:00", "2026-03-28 22:00"),
    ("gap at a date's end", slot("23:30", "America/Nuuk"), "2026-03-28 12:00", "2026-03-29 00:59"),
    ("half-hour zone", slot("08:30", "Asia/Kolkata"), "2026-02-19 00:00", "2026-02-19 03:00"),
    ("quarter-hour zone", slot("08:30", "Asia/Kathmandu"), "2026-02-19 00:00", "2026-02-19 02:45"),
    ("Chatham", slot("08:30", "Pacific/Chatham"), "2026-02-18 12:00", "2026-02-18 18:45"),
    ("a date that was left out", slot("08:30", "Pacific/Apia"), "2011-12-29 18:30", "2011-12-30 18:30"),
    ("its weekday waits a week", slot("08:30", "Pacific/Apia", "5"), "2011-12-24 00:00", "2012-01-05 18:30"),
    ("the zone's rule changed for good", slot("08:00", "Europe/Istanbul"), "2016-10-30 12:00", "2016-10-31 05:00"),
    ("DST given up", slot("08:00", "America/Sao_Paulo"), "2019-11-10 00:00", "2019-11-10 11:00"),
    ("Samoa gave it up too", slot("08:00", "Pacific/Apia"), "2026-02-18 12:00", "2026-02-18 19:00"),
    ("Ramadan in Casablanca", slot("02:30", "Africa/Casablanca"), "2026-02-14 12:00", "2026-02-15 01:30"),
    ("fixed offset", slot("08:00", "Etc/GMT-8"), "2026-07-01 00:00", "2026-07-02 00:00"),
    ("gap over a date's end", slot("23:45", "America/Toronto"), "1919-03-30 12:00", "1919-03-31 04:29"),
]


@pytest.mark.parametrize(("wanted", "after", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_next_run(wanted: Slot, after: str, expected: str) -> None:
    assert next_run(wanted, utc(after)) == utc(expected)


def test_after_may_be_in_any_zone() -> None:
    wanted = slot("08:30", "Europe/Berlin")
    here = datetime(2026, 10, 25, 2, 45, fold=1, tzinfo=ZoneInfo("Europe/Berlin"))
    assert next_run(wanted, here) == next_run(wanted, here.astimezone(UTC))


def test_runs_are_in_utc() -> None:
    assert next_run(slot("08:30", "Asia/Tokyo"), utc("2026-02-19 00:00")).tzinfo is UTC


SLOTS = st.builds(
    Slot,
    time=st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    zone=st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})),
    weekdays=st.frozensets(st.integers(1, 7), min_size=1),
)
INSTANTS = st.datetimes(datetime(1975, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the bounds are naive by contract
WITH_CHANGES = [
    "America/Nuuk",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Gaza",
]


@given(SLOTS, INSTANTS)
@settings(max_examples=300, deadline=None)
def test_a_run_is_later_on_a_wanted_day_and_at_the_time_unless_in_a_gap(wanted: Slot, after: datetime) -> None:
    run = next_run(wanted, after)
    local = run.astimezone(ZoneInfo(wanted.zone))
    assert run > after
    assert local.isoweekday() in wanted.weekdays
    skipped = datetime.combine(local.date(), wanted.time, tzinfo=local.tzinfo)
    in_gap = skipped.astimezone(UTC).astimezone(local.tzinfo).time() != wanted.time
    assert in_gap or local.time() == wanted.time
    assert local.fold == 0


@given(SLOTS, INSTANTS, st.integers(0, 20 * 24 * 3600))
@settings(max_examples=200, deadline=None)
def test_nothing_lies_between_an_instant_and_its_next_run(wanted: Slot, after: datetime, seconds: int) -> None:
    run = next_run(wanted, after)
    between = min(after + timedelta(seconds=seconds), run - timedelta(microseconds=1))
    assert next_run(wanted, between) == run


@pytest.mark.parametrize("zone", WITH_CHANGES)
@pytest.mark.parametrize("at", ["00:00", "01:45", "02:30", "23:30"])
def test_each_local_date_has_one_run(zone: str, at: str) -> None:
    wanted = slot(at, zone)
    runs = [utc("2025-01-01 00:00")]
    while runs[-1] < utc("2027-01-01 00:00"):
        runs.append(next_run(wanted, runs[-1]))
    dates = [run.astimezone(ZoneInfo(zone)).date() for run in runs[1:]]
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(dates))
