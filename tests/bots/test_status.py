from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console

from bots.cli import delivery
from core.delivery.model import Counts, Run

if TYPE_CHECKING:
    import pytest

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
COUNTS = Counts(planned=1_234_567, sent=2_345_678, unknown=1234, failed=12_345, skipped=123_456)


def test_status_can_be_read_in_a_terminal_of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [
        Run(
            id=1234, edition="daily", date="2026-03-02", state="running", created_at=NOON, counts=COUNTS,
            rate=12.34, permitted=30, eta=NOON, oldest=NOON, lang="en",
        ),
        Run(
            id=1233, edition="weekly", date="2026-03-01", state="cancelled", created_at=NOON, counts=Counts(),
            note="brought up to date: [withdrawn]", lang="zh",
        ),
        Run(
            id=7, edition="daily", date="2026-03-01", state="paused", created_at=NOON, counts=COUNTS,
            note="stopped, 25 deliveries failed: content, [bad] markup",
        ),
        Run(id=6, edition="daily", date="2026-03-01", state="paused", created_at=NOON, counts=Counts(planned=5)),
        Run(
            id=5, edition="daily", date="2026-03-01", state="running", created_at=NOON, counts=Counts(planned=9),
            goes_on=NOON, again=3,
        ),
    ]  # fmt: skip
    paper = StringIO()
    monkeypatch.setattr(delivery, "console", Console(file=paper, width=80))
    monkeypatch.setattr(delivery, "in_house", lambda _look: (runs, None, "here"))
    delivery.status()
    heading, first, second, _third, _fourth, _fifth, *told = paper.getvalue().splitlines()
    assert heading.split() == ["run", "issue", "state", "planned", "sent", "unknown", "failed", "skipped"]
    numbers = ["1234567", "2345678", "1234", "12345", "123456"]
    assert first.split() == ["1234", "daily/en/2026-03-02", "running", *numbers]
    assert second.split() == ["1233", "weekly/zh/2026-03-01", "cancelled", *"00000"]
    assert told == [
        (
            "run 1234: 12.3 per second (41% of what is permitted); done at 12:00:00 UTC; "
            "oldest waiting since 2026-03-02 12:00:00 UTC; "
            "`paperboy retry 1234 --only unknown` sends again what may be missing"
        ),
        "run 1233: brought up to date: [withdrawn]",
        (
            "run 7: stopped, 25 deliveries failed: content, [bad] markup; mend the cause, then "
            "`paperboy retry 7 --only failed`; `paperboy resume 7` goes on anyway; "
            "`paperboy retry 7 --only unknown` sends again what may be missing"
        ),
        "run 6: `paperboy resume 6` goes on",
        "run 5: goes on at 12:00:00 UTC; 3 were in doubt and sent again",
    ]
