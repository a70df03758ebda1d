"""How runs fare, and changing their course."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.clock import Clock
    from core.delivery.model import Again, ErrorClass, Run
    from core.delivery.port import Runs

WINDOW = timedelta(minutes=1)
TELLING: frozenset[ErrorClass] = frozenset({"content", "config"})
"""Classes of failures that a run as a whole may be to blame for."""
FEW = 25
UNDONE = timedelta(minutes=1)
RUNS_LOOKED_AT = 500
REFUSED = "an account cannot send"
"""What the note of a run begins with while an account that it needs is refused."""
RESUMED = "resumed by hand"
"""The note of a run that goes on although it was stopped or might be."""


class RunService:
    """Shows runs with their rate and ETA; pauses, resumes, cancels and retries them."""

    def __init__(self, runs: Runs, clock: Clock) -> None:
        self._runs = runs
        self._clock = clock

    async def status(self, *, ids: Sequence[int] = (), limit: int = 20) -> Sequence[Run]:
        """Return runs, those first that are not over, each part newest first, with rates over the last minute."""
        now = self._clock.now()
        found = [_waiting(run, now) for run in await self._runs.newest(ids=ids, limit=limit)]
        return [await self._with_rate(run, now) if run.state == "running" else run for run in found]

    async def pause(self, run: int) -> bool:
        """Stop sending after what is under way; return whether the run was running."""
        return await self._runs.change(run, states=["running"], to="paused", note="", now=self._clock.now())

    async def resume(self, run: int) -> bool:
        """Go on, however much failed; return whether the run was paused."""
        return await self._runs.change(run, states=["paused"], to="running", note=RESUMED, now=self._clock.now())

    async def cancel(self, run: int, *, note: str = "") -> bool:
        """Skip whatever was not begun; return whether there was a run to cancel. ``note`` says why."""
        now = self._clock.now()
        return await self._runs.change(run, states=["running", "paused"], to="cancelled", note=note, now=now)

    async def undo(self) -> Sequence[Run]:
        """Cancel every run that began within the last ``UNDONE``; return those runs as they stand then."""
        found = await self._runs.newest(limit=RUNS_LOOKED_AT)
        recent = [run.id for run in found if self._clock.now() - run.created_at <= UNDONE]
        cancelled = [run for run in recent if await self.cancel(run, note="undone")]
        return await self._runs.newest(ids=cancelled, limit=len(cancelled)) if cancelled else ()

    async def retry(self, run: int, *, only: Sequence[Again] = ("failed", "unknown"), reason: str = "") -> int:
        """Send again what is in one of these states, where reason or error class contain ``reason``; return how many.

        What was cancelled is sent after all.
        """
        return await self._runs.retry(run, states=only, reason=reason, now=self._clock.now())

    async def _with_rate(self, run: Run, now: datetime) -> Run:
        window = min(WINDOW, now - run.created_at)
        sent = await self._runs.sent_since(run.id, now - WINDOW)
        return forecast(run, sent, window, now)


def is_hopeless(failed: int, sent: int) -> bool:
    """Return whether a run should stop, of which ``failed`` deliveries failed for one class and ``sent`` arrived."""
    return failed >= FEW and failed > sent


def forecast(run: Run, sent: int, window: timedelta, now: datetime) -> Run:
    """Return the run with its rate, from ``sent`` deliveries in the last ``window``, and when it ends at this rate.

    While all that is left has to wait, for the end of a canary's pause for example, no end is foretold.
    """
    if not sent or window <= timedelta(0):
        return run
    rate = sent / window.total_seconds()
    if run.counts.planned and run.oldest is None:
        return replace(run, rate=rate)
    return replace(run, rate=rate, eta=now + timedelta(seconds=run.counts.planned / rate))


def _waiting(run: Run, now: datetime) -> Run:
    """Return the run without an ``oldest`` that is not due yet: it does not wait for us."""
    return replace(run, oldest=None, goes_on=run.oldest) if run.oldest and run.oldest > now else run
