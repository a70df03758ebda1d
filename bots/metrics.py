"""What the program tells Prometheus: what was sent from this process, and how runs stand in the database."""

from __future__ import annotations

from collections import Counter as Counts
from datetime import timedelta
from typing import TYPE_CHECKING, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from core.delivery.model import COUNTED, ErrorClass, Scope, SendError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence
    from datetime import datetime

    from core.delivery.model import Run
    from core.delivery.port import Envelope, Sender
    from core.render.port import Message
    from core.target import Target


PAGES = Counter("paperboy_pages", "Pages by what became of them: done, or an error's class.", ("platform", "outcome"))
HOLDS = Counter("paperboy_holds", "Times that a platform asked to wait, by whom it asked.", ("platform", "scope"))
HELD = Counter("paperboy_hold_seconds", "Seconds that a platform asked to wait.", ("platform",))
ANSWERS = Histogram("paperboy_answer_seconds", "How long a platform takes to answer to a page.", ("platform",))


LATELY = timedelta(days=1)


class Metered:
    """A sender whose pages are counted; satisfies ``core.delivery.port.Sender``."""

    def __init__(self, sender: Sender, platform: str) -> None:
        self._sender = sender
        self._platform = platform
        for outcome in ("done", *get_args(ErrorClass)):  # Prometheus sees no increase where a series begins
            PAGES.labels(platform, outcome)
        for scope in get_args(Scope):
            HOLDS.labels(platform, scope)
        HELD.labels(platform)

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        """Send one page."""
        return await self._counted(self._sender.send(target, message, envelope))

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        """Replace a page."""
        await self._counted(self._sender.edit(target, message_id, message))

    async def delete(self, target: Target, message_id: str) -> None:
        """Take a page back."""
        await self._counted(self._sender.delete(target, message_id))

    async def _counted(self, call: Awaitable[str | None]) -> str:
        outcome = "done"
        try:
            with ANSWERS.labels(self._platform).time():
                return await call or ""
        except SendError as error:
            outcome = error.kind
            if error.kind == "wait":
                HOLDS.labels(self._platform, error.scope).inc()
                HELD.labels(self._platform).inc(error.retry_after.total_seconds() if error.retry_after else 0)
            raise
        finally:
            PAGES.labels(self._platform, outcome).inc()


def exposition(runs: Sequence[Run], now: datetime, *, late: timedelta = timedelta(0)) -> bytes:
    """Return this process' metrics and those of the runs, in Prometheus' text format.

    Deliveries are those of runs that are not over or began within ``LATELY``: what is in doubt stays after its run.
    ``late`` is for how long readers wait for an issue.
    """
    registry = CollectorRegistry()
    open_runs = [run for run in runs if run.state in {"running", "paused"}]
    states = Counts(run.state for run in open_runs)
    by_state = Gauge("paperboy_runs", "Runs that are not over.", ("state",), registry=registry)
    for state in ("running", "paused"):
        by_state.labels(state).set(states[state])
    recent = [run for run in runs if run in open_runs or now - run.created_at <= LATELY]
    about = "Deliveries of runs that are not over, or began within a day."
    deliveries = Gauge("paperboy_deliveries", about, ("state",), registry=registry)
    for state in COUNTED:
        deliveries.labels(state).set(sum(getattr(run.counts, state) for run in recent))
    rate = Gauge("paperboy_deliveries_per_second", "Deliveries sent, over the last minute.", registry=registry)
    rate.set(sum(run.rate or 0 for run in open_runs))
    waiting = [run.oldest for run in open_runs if run.state == "running" and run.oldest]
    about = "For how long the delivery has been due that waits the longest."
    oldest = Gauge("paperboy_oldest_waiting_seconds", about, registry=registry)
    oldest.set((now - min(waiting)).total_seconds() if waiting else 0)
    about = "For how long readers' hour has come while their issue has not been planned."
    Gauge("paperboy_issue_late_seconds", about, registry=registry).set(late.total_seconds())
    return generate_latest(registry) + generate_latest()
