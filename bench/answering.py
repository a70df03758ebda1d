"""Answers of ``/today`` and ``/search`` from an archive of 300 issues, on SQLite."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from bench.row import Row
from bots.settings import Settings
from bots.wiring import open_house, renderers
from core.commands.dispatch import dispatch
from core.commands.model import Request
from core.digest.parse import parse
from core.digest.sources.read import issue_files, read_text
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bots.wiring import House

DAYS = 150
CALLS = 300
FIRST = date(2025, 6, 1)
ISSUES = Path("tests/data/issues/daily")
REQUESTS = {"/today": ("today", ""), "/search": ("search", "open weights"), "/search zh": ("search", "开源模型")}


def rows() -> Iterator[Row]:
    """Fill an archive and ask."""
    with tempfile.TemporaryDirectory() as folder:
        yield from asyncio.run(_measure(Settings(data_dir=Path(folder))))


async def _measure(settings: Settings) -> list[Row]:
    found: list[Row] = []
    async with open_house(settings) as house:
        start = time.perf_counter()
        stories = await _fill(house)
        seconds = time.perf_counter() - start
        rate = stories / seconds
        found.append(Row(group="answer", what="import and index", figure=rate, unit="stories/s"))
        for name, (command, args) in REQUESTS.items():
            found.extend(await _ask(house, name, command, args))
    return found


async def _fill(house: House) -> int:
    texts = [(path, read_text(file)) for file, path in issue_files([ISSUES])]
    stories = 0
    for day in range(DAYS):
        for lang in ("zh", "en"):
            own = [text for path, text in texts if path.parts[0] == lang]
            issue = parse(own[day % len(own)], vocabulary=house.services.vocabulary).issue
            ref = replace(issue.ref, date=FIRST + timedelta(days=day), lang=lang)
            await house.publish(own[day % len(own)], structs.replace(issue, ref=ref))
            stories += sum(len(section.stories) for section in issue.sections)
    return stories


async def _ask(house: House, name: str, command: str, args: str) -> list[Row]:
    renderer = renderers()["telegram"]
    times = []
    for number in range(CALLS):
        target = Target(platform="bench", account="bench", chat=str(number))
        request = Request(command=command, args=args, target=target, user=str(number), lang="en")
        start = time.perf_counter()
        reply = await dispatch(request, house.services)
        renderer.render(reply.document)
        times.append(time.perf_counter() - start)
    cuts = statistics.quantiles(times, n=100)
    return [
        Row(group="answer", what=f"{name}: one after the other", figure=CALLS / sum(times), unit="answers/s"),
        Row(group="answer", what=f"{name}: p50", figure=1000 * cuts[49], unit="ms"),
        Row(group="answer", what=f"{name}: p99", figure=1000 * cuts[98], unit="ms"),
    ]
