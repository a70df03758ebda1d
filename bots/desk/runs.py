"""Runs and receipts: what went out, what did not, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from bots.desk.numbers import number
from bots.desk.pages import html
from bots.desk.visitor import desk_of, visitor_of
from core.delivery.model import COUNTED
from core.target import Target

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

NOTE = "from the desk"
AT_ONCE = 100


async def runs_page(request: Request) -> Response:
    """List the newest runs."""
    return html(request, "runs.html", runs=await desk_of(request).runs.status(limit=50))


async def change_run(request: Request) -> Response:
    """Pause, resume, cancel or retry a run, as the form's field ``do`` says."""
    runs = desk_of(request).runs
    run = number(request.path_params["run"])
    if run is None:
        raise HTTPException(404)
    match (await request.form()).get("do"):
        case "pause":
            await runs.pause(run)
        case "resume":
            await runs.resume(run)
        case "cancel":
            await runs.cancel(run, note=NOTE)
        case "retry":
            await runs.retry(run, only=["failed"])
        case "resend":
            await runs.retry(run, only=["unknown"])
        case "after-all":
            await runs.retry(run, only=["cancelled"])
        case _:
            raise HTTPException(400)
    return RedirectResponse("/runs", 303)


async def receipts_page(request: Request) -> Response:
    """Show receipts: those of a target, of a run, or of the reader's own chat."""
    desk = desk_of(request)
    key = request.query_params.get("target", "").strip()
    run = number(request.query_params.get("run", ""))
    if run is not None:
        return await _receipts_of_run(request, run)
    target = _target(key) if key else visitor_of(request).target
    receipts = await desk.receipts.of_target(target) if target else []
    kept = desk.services.receipts_kept
    return html(
        request,
        "receipts.html",
        receipts=receipts,
        key=key,
        run="",
        rest=None,
        erased=0,
        days=kept.days if kept else 0,
        unreadable=target is None,
    )


async def _receipts_of_run(request: Request, run: int) -> Response:
    """Show a part of the run's receipts, of one state or of all."""
    state, since = request.query_params.get("state", ""), request.query_params.get("from", "")
    offset = number(since) or 0
    states = [state] if state in COUNTED else []
    desk = desk_of(request)
    found = await desk.receipts.of_run(run, states=states, limit=AT_ONCE + 1, offset=offset)
    erased = sum(one.erased.of(states) for one in await desk.runs.status(ids=[run]))
    rest = {"state": state, "more": offset + AT_ONCE} if len(found) > AT_ONCE else None
    shown = found[:AT_ONCE]
    return html(
        request,
        "receipts.html",
        receipts=shown,
        key="",
        run=run,
        rest=rest,
        erased=erased,
        days=0,
        unreadable=False,
    )


def _target(key: str) -> Target | None:
    try:
        return Target.from_key(key)
    except ValueError:
        return None
