"""A desk as the program wires it, on a database of its own, served on a real port."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn

from bots.desk.app import create_app
from bots.desk.send import ACCOUNT, PLATFORM
from bots.desk.services import DeskServices, Question, Reading, Setup
from bots.settings import Settings
from bots.wiring import House, open_house, renderers
from core.commands.dispatch import dispatch
from core.delivery.courier import Courier
from core.delivery.port import Account
from core.delivery.recorder import Recorder
from core.digest.check import check
from core.digest.parse import parse
from core.digest.samples import folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from starlette.applications import Starlette

    from core.digest.model import Issue
    from core.digest.port import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An open house, its desk's parts, and the app."""

    house: House
    services: DeskServices
    app: Starlette


@asynccontextmanager
async def open_desk(data: Path, setup: Setup | None = None) -> AsyncIterator[Desk]:
    """Open an installation with the bundled issues in it."""
    async with open_house(Settings(data_dir=data)) as house:
        if not await house.archive.heads(limit=1):
            await _fill(house)
        services = desk_services(house, setup or Setup())
        yield Desk(house=house, services=services, app=create_app(services))
        house.bell.close()


async def _fill(house: House) -> None:
    for file in sorted(folder().rglob("*.md")):
        source = file.read_text(encoding="utf-8")
        issue = parse(source, path=file.relative_to(folder())).issue
        await house.archive.put(issue, source)
        await house.indexer.add(issue)


async def deliver(house: House, edition: str = "daily") -> int:
    """Send the newest issue to everybody at the desk who is subscribed; return to how many."""
    pushed = await house.pusher.push(edition)
    recorder = Recorder(house.ledger)
    courier = Courier(
        Account(platform=PLATFORM, account=ACCOUNT),
        sender=house.desk_sender,
        ledger=house.ledger,
        recorder=recorder,
        pages=house.press,
        clock=house.clock,
    )
    recording = asyncio.create_task(recorder.run())
    await courier.run(asyncio.Event(), until_idle=True)
    recording.cancel()
    return sum(one.outcome.planned for one in pushed)


def desk_services(house: House, setup: Setup) -> DeskServices:
    def read(source: str, lang: str) -> Reading:
        parsed = parse(source, today=house.clock.now().date())
        return Reading(issue=parsed.issue, problems=check(parsed, source, lang=lang))

    async def publish(source: str, issue: Issue) -> Change:
        change = await house.archive.put(issue, source)
        await house.indexer.add(issue)
        return change

    async def ask(question: Question) -> Mapping[str, Any]:
        answer = await house.answerer.ask(question.text, lang=question.lang or "en")
        return {"answer": answer.text, "lang": answer.lang, "found": answer.found, "citations": [], "nearest": []}

    async def ready() -> None:
        await house.archive.heads(limit=1)

    return DeskServices(
        services=house.services,
        dispatch=dispatch,
        presenter=house.presenter,
        renderers=renderers(),
        inbox=house.inbox,
        bell=house.bell,
        runs=house.runs,
        receipts=house.receipts,
        read=read,
        publish=publish,
        ask=ask,
        ready=ready,
        setup=setup,
    )


@asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[str]:
    """Serve the app on a free loopback port; give its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1, ws="none")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110  uvicorn offers no event to wait for
            await asyncio.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            app.state.desk.bell.close()
            server.should_exit = True
            await task
