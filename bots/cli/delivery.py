"""Commands on runs: ``push``, ``status``, ``pause``, ``resume``, ``retry``, ``receipts``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Table

from bots.cli.app import AsJson, console, day_of, in_house, print_json, say, target_of
from bots.doctor import advice_on
from core.delivery.model import COUNTED
from core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.wiring import House
    from core.answers.spending import Spent
    from core.delivery.model import Again, Receipt, Run

MOST = 2**63 - 1
"""What a database can number."""
RunNumber = Annotated[int, typer.Argument(max=MOST, help="The run's number, as `paperboy status` shows it.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (push, status, pause, resume, cancel, undo, retry, receipts):
        app.command()(command)


def push(
    edition: Annotated[str | None, typer.Option(help="The edition; the installation's own if left out.")] = None,
    day: Annotated[str | None, typer.Option("--date", help="The issue's date; the newest if left out.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count who would get it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send an issue to every subscriber now; who has it already is left alone."""
    wanted = day_of(day)

    async def run(house: House) -> list[dict[str, Any]]:
        pushed = await house.pusher.push(edition or house.settings.edition, wanted, dry_run=dry_run)
        return [
            {
                "edition": one.issue.edition,
                "date": one.issue.date.isoformat(),
                "lang": one.issue.lang,
                "run": one.outcome.run,
                "planned": one.outcome.planned,
                "skipped": one.outcome.skipped,
            }
            for one in pushed
        ]

    results = in_house(run)
    if as_json:
        print_json({"dry_run": dry_run, "pushed": results})
        return
    for one in results:
        said = "would go to" if dry_run else f"run {one['run']}:" if one["run"] else "nobody new:"
        console.print(f"{one['edition']}/{one['lang']}/{one['date']} {said} {one['planned']} target(s)", soft_wrap=True)


def status(as_json: AsJson = False, limit: Annotated[int, typer.Option(min=1)] = 20) -> None:
    """Show runs, those first that are not over: how many were sent, how fast, and when they will be done."""

    async def look(house: House) -> tuple[Sequence[Run], Spent | None, str]:
        spent = await house.spending.today() if house.settings.llm.model else None
        return await house.run_service.status(limit=limit), spent, house.database.place

    runs, spent, place = in_house(look)
    if as_json:
        model = {"model": {"tokens": spent.tokens, "of": spent.of, "used_up": spent.is_up}} if spent else {}
        print_json({"runs": [_run_as_json(run) for run in runs], **model})
        return
    console.print(_table(runs) if runs else f"no run has begun yet in {place}", markup=False, soft_wrap=True)
    for run in runs:
        if told := _pace(run) + ([run.note] if run.note else []) + advice_on(run):
            console.print(f"run {run.id}: {'; '.join(told)}", markup=False, soft_wrap=True)
    if spent:
        used_up = "; used up, answers are quoted" if spent.is_up else ""
        console.print(
            f"model: {spent.tokens:,} tokens today of {f'{spent.of:,}' if spent.of else 'any number'}{used_up}"
        )


def _table(runs: Sequence[Run]) -> Table:
    """Lay the counts out for a terminal of 80 columns."""
    table = Table("run", "issue", "state", box=None, padding=(0, 1, 0, 0))
    for name in COUNTED:
        table.add_column(name, justify="right", no_wrap=True)
    for run in runs:
        numbers = [str(getattr(run.counts, name)) for name in COUNTED]
        table.add_row(str(run.id), run.issue, run.state, *numbers)
    return table


def _pace(run: Run) -> list[str]:
    """Say how fast the run is, as far as this is known."""
    told = []
    if run.rate:
        share = f" ({run.share:.0%} of what is permitted)" if run.share is not None else ""
        told.append(f"{run.rate:.1f} per second{share}")
    if run.eta:
        told.append(f"done at {run.eta:%H:%M:%S} UTC")
    if run.oldest:
        told.append(f"oldest waiting since {run.oldest:%F %T} UTC")
    if run.goes_on:
        told.append(f"goes on at {run.goes_on:%H:%M:%S} UTC")
    if run.again:
        told.append(f"{run.again} were in doubt and sent again")
    if erased := run.erased.of():
        told.append(f"receipts erased: {erased}")
    return told


def _run_as_json(run: Run) -> dict[str, Any]:
    counts = run.counts
    return {
        "id": run.id,
        "edition": run.edition,
        "date": run.date,
        "lang": run.lang,
        "state": run.state,
        "kind": run.kind,
        "note": run.note,
        "created_at": run.created_at.isoformat(),
        "counts": {
            "planned": counts.planned,
            "sent": counts.sent,
            "unknown": counts.unknown,
            "failed": counts.failed,
            "skipped": counts.skipped,
        },
        "rate": run.rate,
        "eta": run.eta.isoformat() if run.eta else None,
        "share": run.share,
        "oldest": run.oldest.isoformat() if run.oldest else None,
        "goes_on": run.goes_on.isoformat() if run.goes_on else None,
        "sent_again": run.again,
        "receipts_erased": run.erased.of(),
    }


def pause(run: RunNumber) -> None:
    """Stop a run after what is under way."""
    _change(run, "pause", "paused")


def resume(run: RunNumber) -> None:
    """Let a paused run go on."""
    _change(run, "resume", "running")


def cancel(run: RunNumber) -> None:
    """End a run: whatever was not begun is skipped."""
    _change(run, "cancel", "cancelled")


def undo() -> None:
    """Cancel every run that began within the last minute: what has not gone out does not."""
    undone = in_house(lambda house: house.run_service.undo())
    if not undone:
        raise UsageError("No run began within the last minute: `paperboy cancel RUN` ends an older one.")
    for run in undone:
        counts = run.counts
        said = f"run {run.id} ({run.issue}) is cancelled"
        console.print(f"{said}: {counts.sent} had gone out, {counts.skipped} do not", soft_wrap=True)
    console.print("`paperboy retry RUN --only cancelled` sends the mended issue to these after all", soft_wrap=True)


def _change(run: int, verb: Literal["pause", "resume", "cancel"], state: str) -> None:
    async def change(house: House) -> bool:
        service = house.run_service
        verbs = {"pause": service.pause, "resume": service.resume, "cancel": service.cancel}
        return bool(await verbs[verb](run))

    if not in_house(change):
        raise UsageError(f"Run {run} cannot {verb}: `paperboy status` shows the runs and their states.")
    console.print(f"run {run} is {state}")


def retry(
    run: RunNumber,
    only: Annotated[list[str] | None, typer.Option(help="failed, unknown or cancelled; else the first two.")] = None,
    reason: Annotated[str, typer.Option(help="Only where reason or error class contain this.")] = "",
) -> None:
    """Send again what failed or is unknown, or after all what was cancelled."""
    known: tuple[Again, ...] = ("failed", "unknown", "cancelled")
    wanted = only or ["failed", "unknown"]
    states = [state for state in known if state in wanted]
    if set(wanted) - set(known):
        raise UsageError("--only takes failed, unknown or cancelled.")

    async def again(house: House) -> tuple[int, int]:
        found = await _found(house, run)
        counted = ["skipped" if state == "cancelled" else state for state in states]
        return await house.run_service.retry(run, only=states, reason=reason), found.erased.of(counted)

    count, gone = in_house(again)
    console.print(f"run {run}: {count} to be sent again")
    if gone:
        say(_erased(gone, run))


def receipts(
    target: Annotated[str | None, typer.Argument(help="platform:account:chat[:thread], as receipts show it.")] = None,
    run: Annotated[int | None, typer.Option(max=MOST, help="The deliveries of this run instead of a target's.")] = None,
    state: Annotated[list[str] | None, typer.Option(help="Of the run, only planned, sent, unknown, …")] = None,
    limit: Annotated[int, typer.Option(min=1)] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what happened to the deliveries of a target or a run, page by page."""
    if unknown := [one for one in state or () if one not in COUNTED]:
        raise UsageError(f"There is no state {unknown[0]}; there are: {', '.join(COUNTED)}.")
    if (target is None) == (run is None) or (state and run is None):
        raise UsageError("Name a target, or a run as in: paperboy receipts --run 7 --state failed.")

    async def look(house: House) -> tuple[Sequence[Receipt], str]:
        if run is not None:
            gone = (await _found(house, run)).erased.of(state or ())
            told = _erased(gone, run) if gone else ""
            return await house.receipts.of_run(run, states=state or (), limit=limit + 1), told
        found = await house.receipts.of_target(target_of(target or ""), limit=limit + 1)
        days = house.settings.receipts_days
        return found, f"there are none of the last {days} days, and older ones are erased" if days and not found else ""

    found, told = in_house(look)
    if as_json:
        print_json([_receipt_as_json(receipt) for receipt in found[:limit]])
    else:
        _print_receipts(found[:limit])
    if len(found) > limit:
        say(f"these are {limit}, there are more: --limit shows as many as you like")
    if told:
        say(told)


async def _found(house: House, run: int) -> Run:
    if not (found := await house.runs.newest(ids=[run])):
        raise UsageError(f"There is no run {run}: `paperboy status` shows the runs and their states.")
    return found[0]


def _erased(count: int, run: int) -> str:
    return f"run {run}: receipts erased: {count}"


def _receipt_as_json(receipt: Receipt) -> dict[str, Any]:
    delivery = receipt.delivery
    return {
        "delivery": delivery.id,
        "run": delivery.run,
        "issue": str(delivery.issue),
        "target": delivery.target.key,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "kind": delivery.kind,
        "reason": delivery.reason,
        "planned_at": receipt.planned_at.isoformat(),
        "updated_at": receipt.updated_at.isoformat(),
        "pages": [
            {
                "page": page.page,
                "state": page.state,
                "at": page.at.isoformat(),
                "message_id": page.message_id,
                "reason": page.reason,
            }
            for page in receipt.pages
        ],
    }


def _print_receipts(found: Sequence[Receipt]) -> None:
    """Print a line for each delivery and one for each of its pages, which no terminal is too narrow for."""
    for receipt in found:
        delivery = receipt.delivery
        kind = "sent again, had been in doubt" if delivery.state == "sent" else delivery.kind
        why = f"{kind}: {delivery.reason}" if delivery.kind else delivery.reason
        _print_line(delivery.target.key, str(delivery.issue), delivery.state, receipt.updated_at, why)
        for page in receipt.pages:
            message = f"message {page.message_id}" if page.message_id else ""
            _print_line(f"    page {page.page + 1}", page.state, page.at, message, page.reason)


def _print_line(*told: str | datetime) -> None:
    words = [f"{one:%F %T}" if isinstance(one, datetime) else one for one in told]
    console.print("  ".join(filter(None, words)), markup=False, soft_wrap=True)
