"""What is right and what is wrong with an installation."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bots.platform import Finding
from bots.settings import strays
from bots.wiring import platforms, sources
from core.answers.model import ModelError
from core.clock import latest_date
from core.delivery.runs import REFUSED
from core.digest.sources.folder import FolderSource
from core.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bots.wiring import House
    from core.answers.model import Trouble
    from core.delivery.model import Run


MODEL_SECONDS = 5
RUNS_LOOKED_AT = 200
FAR_AHEAD = timedelta(days=31)
LATE = timedelta(minutes=30)
STANDS = timedelta(minutes=2)
"""How long a delivery that is due may wait, while none is sent."""


def advice_on(run: Run) -> list[str]:
    """Say what can be done about a run that waits for somebody."""
    told = []
    if run.note.startswith(REFUSED):
        told.append("`paperboy doctor` tells what the platform says")
    elif run.state == "paused":
        resume = f"`paperboy resume {run.id}` goes on"
        mend = f"mend the cause, then `paperboy retry {run.id} --only failed`"
        told += [mend, f"{resume} anyway"] if run.counts.failed else [resume]
    if run.counts.unknown:
        told.append(f"`paperboy retry {run.id} --only unknown` sends again what may be missing")
    return told


async def examine(house: House) -> AsyncIterator[Finding]:
    """Yield findings about settings, database, archive, runs, desk, and every platform that has a token."""
    for stray in strays():
        advice = "Correct the name, or take it out: nobody reads it. All settings: docs/operator.md"
        yield Finding(level="warning", subject="settings", message=stray, advice=advice)
    yield Finding(level="ok", subject="database", message=f"{house.database.place}, up to date")
    async for finding in _issues(house):
        yield finding
    async for finding in _runs(house):
        yield finding
    yield _desk(house)
    async for finding in _model(house):
        yield finding
    served = platforms(house)
    for platform in served:
        async for finding in platform.doctor():
            yield finding
    if not served:
        advice = "Set PAPERBOY_TELEGRAM__TOKEN, PAPERBOY_DISCORD__TOKEN or PAPERBOY_SLACK__BOT_TOKEN to serve one."
        yield Finding(level="ok", subject="platforms", message="none has a token; the desk serves alone", advice=advice)


async def _issues(house: House) -> AsyncIterator[Finding]:
    today = latest_date(house.clock.now())
    if ahead := await house.archive.heads(since=today + FAR_AHEAD, limit=1):
        advice = "Correct its date if that is a slip: it comes to nobody before."
        yield Finding(level="warning", subject="archive", message=f"far ahead: {ahead[0].ref}", advice=advice)
    newest = await house.archive.heads(until=today, limit=1)
    if newest:
        yield Finding(level="ok", subject="archive", message=f"newest issue: {newest[0].ref}")
    else:
        advice = "Name a folder or git URL of issues in PAPERBOY_ISSUES, or use `paperboy import`."
        yield Finding(level="warning", subject="archive", message="no issues", advice=advice)
    async for finding in _folders(house):
        yield finding
    if (late := await house.planner.late()) > LATE:
        message = f"readers' hour came {late.total_seconds() / 3600:.1f} hours ago, and their issue has not gone out"
        advice = "Look whether the issue is where PAPERBOY_ISSUES says, and into the planner's log."
        yield Finding(level="warning", subject="issues", message=message, advice=advice)


async def _folders(house: House) -> AsyncIterator[Finding]:
    """Look into the folders of issues; repositories are left to the program that has them checked out."""
    try:
        for source in sources(house.settings):
            if isinstance(source, FolderSource):
                files = await source.read()
                yield Finding(level="ok", subject="issues", message=f"{source.name}: {len(files)} files")
    except DigestError as error:
        yield Finding(level="error", subject="issues", message=str(error))


async def _runs(house: House) -> AsyncIterator[Finding]:
    now = house.clock.now()
    for run in await house.run_service.status(limit=RUNS_LOOKED_AT):
        name = f"run {run.id} ({run.issue})"
        if run.state == "paused":
            message = ": ".join(filter(None, (f"{name} is paused", run.note)))
            yield Finding(level="warning", subject="runs", message=message, advice="; ".join(advice_on(run)))
        elif run.state == "running" and not run.rate and run.oldest and now - run.oldest > STANDS:
            waits = f"{run.counts.planned} wait since {run.oldest:%F %T} UTC, and none was sent in the last minute"
            message = "; ".join(filter(None, (f"{name}: {waits}", run.note)))
            accounts = {f"{one.account.platform}:{one.account.account}" for one in await house.ledger.waiting(now=now)}
            tokens = " and ".join(sorted(accounts)) or "its accounts"
            advice = (
                f"Look whether a courier runs (`paperboy run`, or its role `carry`) that has the token of {tokens}."
            )
            yield Finding(level="error", subject="runs", message=message, advice=advice)


def _desk(house: House) -> Finding:
    desk = house.settings.desk
    if desk.is_local or desk.token:
        return Finding(level="ok", subject="desk", message=desk.url)
    advice = "Set PAPERBOY_DESK__TOKEN to a long random string, or PAPERBOY_DESK__HOST to 127.0.0.1."
    return Finding(level="error", subject="desk", message=f"{desk.host} can be reached by others", advice=advice)


_MODEL_ADVICE: Mapping[Trouble, str] = {
    "unreachable": "Start the server, or set PAPERBOY_LLM__BASE_URL to where it is.",
    "refused": "Set PAPERBOY_LLM__API_KEY to a key that it takes.",
    "missing": "Set PAPERBOY_LLM__MODEL to a model that it has.",
    "limited": "Wait, or raise the limits of your account there.",
    "rejected": "Set PAPERBOY_LLM__PROVIDER to the SDK whose language it speaks.",
    "broken": "Look at the server's own log.",
}


async def _model(house: House) -> AsyncIterator[Finding]:
    writer = house.answerer.writer
    if writer is None:
        yield Finding(level="ok", subject="model", message="none is named; answers are quoted")
        return
    try:
        async with asyncio.timeout(MODEL_SECONDS):
            await writer.model.check()
        yield Finding(level="ok", subject="model", message=f"{writer.model.name} answers")
    except (ModelError, TimeoutError) as error:
        trouble: Trouble = error.trouble if isinstance(error, ModelError) else "unreachable"
        message = f"{writer.model.name} cannot be used: {trouble}; answers are quoted"
        yield Finding(level="error", subject="model", message=message, advice=_MODEL_ADVICE[trouble])
    spent = await writer.spending.today()
    if spent.is_up:
        advice = "Raise PAPERBOY_LLM__TOKENS_PER_DAY, or wait for tomorrow (UTC)."
        message = f"all {spent.of:,} tokens of today are used; answers are quoted"
        yield Finding(level="warning", subject="model", message=message, advice=advice)
