"""What Prometheus is told, and that the guide and the alerts speak of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bots.metrics import Metered, exposition
from core.delivery.model import Counts, Run, SendError
from core.delivery.port import Envelope
from core.render.port import Message
from core.target import Target

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
RUN = Run(
    id=1,
    edition="daily",
    date="2026-03-02",
    state="running",
    created_at=NOW - timedelta(minutes=5),
    counts=Counts(planned=7, sent=20, failed=2),
    rate=12.5,
    oldest=NOW - timedelta(minutes=5),
)
LABELS = ("platform", "outcome", "scope", "state")
PAGE = Message(method="send", payload={}, text="", counts={})


class Stubborn:
    """Takes one page and asks to wait with the next."""

    def __init__(self) -> None:
        self.taken = 0

    async def send(self, _target: Target, _message: Message, envelope: Envelope) -> str:
        self.taken += 1
        if self.taken > 1:
            raise SendError("wait", "429", retry_after=timedelta(seconds=7), scope="chat")
        return envelope.key

    async def edit(self, _target: Target, _message_id: str, _message: Message) -> None:
        raise AssertionError

    async def delete(self, _target: Target, _message_id: str) -> None:
        return None


def figures(*runs: Run) -> dict[str, float]:
    families = text_string_to_metric_families(exposition(runs, NOW).decode())
    samples = [sample for family in families for sample in family.samples if sample.name.startswith("paperboy")]
    return {
        " ".join([one.name, *(one.labels[name] for name in LABELS if name in one.labels)]): one.value for one in samples
    }


def test_runs_are_measured_that_are_not_over_or_began_within_a_day() -> None:
    week = timedelta(days=7)
    paused = replace(RUN, id=2, state="paused", created_at=NOW - week, rate=None, oldest=NOW - week)
    doubtful = replace(RUN, id=3, state="done", counts=Counts(sent=10, unknown=1), oldest=None)
    told = figures(RUN, paused, doubtful, replace(doubtful, id=4, created_at=NOW - week))
    assert (told["paperboy_runs running"], told["paperboy_runs paused"]) == (1, 1)
    assert (told["paperboy_deliveries planned"], told["paperboy_deliveries failed"]) == (14, 4)
    assert (told["paperboy_deliveries sent"], told["paperboy_deliveries unknown"]) == (50, 1)
    assert told["paperboy_deliveries_per_second"] == 12.5
    assert told["paperboy_oldest_waiting_seconds"] == 300


def test_a_run_that_waits_for_its_hour_or_is_only_corrected_late_is_not_old() -> None:
    waits = replace(RUN, oldest=None, goes_on=NOW + timedelta(hours=1))
    assert figures(waits)["paperboy_oldest_waiting_seconds"] == 0
    corrected = replace(RUN, created_at=NOW - timedelta(days=7), oldest=NOW - timedelta(seconds=5))
    assert figures(corrected)["paperboy_oldest_waiting_seconds"] == 5


def test_an_issue_that_is_late_is_measured() -> None:
    assert figures()["paperboy_issue_late_seconds"] == 0
    late = exposition([], NOW, late=timedelta(minutes=40)).decode()
    assert "paperboy_issue_late_seconds 2400.0" in late


def test_what_alerts_look_for_is_there_before_it_happens() -> None:
    Metered(Stubborn(), "calm")
    told = figures()
    assert told["paperboy_pages_total calm fatal"] == told["paperboy_holds_total calm account"] == 0


async def test_pages_are_counted_by_what_became_of_them() -> None:
    sender = Metered(Stubborn(), "nowhere")
    target = Target(platform="nowhere", account="1", chat="7")
    assert await sender.send(target, PAGE, Envelope(key="k")) == "k"
    with pytest.raises(SendError):
        await sender.send(target, PAGE, Envelope(key="k"))
    await sender.delete(target, "1")
    told = figures()
    assert told["paperboy_pages_total nowhere done"] == 2
    assert told["paperboy_pages_total nowhere wait"] == told["paperboy_holds_total nowhere chat"] == 1
    assert told["paperboy_hold_seconds_total nowhere"] == 7
    assert told["paperboy_answer_seconds_count nowhere"] == 3


async def test_every_metric_is_documented_and_alerts_ask_for_metrics_that_are_there() -> None:
    await Metered(Stubborn(), "nowhere").send(Target(platform="n", account="1", chat="7"), PAGE, Envelope(key="k"))
    there = {name.split()[0].removesuffix("_created") for name in figures(RUN)}
    named = {re.sub(r"_(bucket|count|sum)$", "", name) for name in there} - {"paperboy_pages", "paperboy_holds"}
    guide = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    assert {name for name in named if f"`{name}" not in guide} == set()
    rules = yaml.safe_load((ROOT / "deploy" / "alerts.yaml").read_text(encoding="utf-8"))
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    asked = {name for rule in alerts for name in re.findall(r"paperboy_\w+", rule["expr"])}
    assert asked
    assert asked - there == set()
    assert all(rule["annotations"]["summary"] and rule["labels"]["severity"] for rule in alerts)
