"""A desk as the program wires it, on a database of its own, served on a real port."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import httpx
import uvicorn

from bots.desk.send import ACCOUNT, PLATFORM
from bots.settings import DeskSettings, ModelSettings, Settings
from bots.wiring import House, desk_app, open_house
from core.delivery.port import Account
from core.digest.parse import parse
from core.digest.samples import folder
from couriers import carry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from starlette.applications import Starlette

    from bots.desk.services import DeskServices


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An open house, its desk's parts, and the app."""

    house: House
    services: DeskServices
    app: Starlette


class Client(httpx.AsyncClient):
    """A browser or a program that talks to the desk."""

    desk: Desk


class Opens(Protocol):
    """Opens a desk with these settings and gives a client of it."""

    def __call__(self, settings: DeskSettings | None = None) -> AbstractAsyncContextManager[Client]: ...


@asynccontextmanager
async def open_desk(
    data: Path, settings: DeskSettings | None = None, *, llm: ModelSettings | None = None
) -> AsyncIterator[Desk]:
    """Open an installation with the bundled issues in it."""
    own = Settings(data_dir=data, desk=settings or DeskSettings(), llm=llm or ModelSettings())
    async with open_house(own) as house:
        if not await house.archive.heads(limit=1):
            await _fill(house)
        app = desk_app(house)
        yield Desk(house=house, services=app.state.desk, app=app)
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
    await carry(house, Account(platform=PLATFORM, account=ACCOUNT), house.desk_sender)
    return sum(one.outcome.planned for one in pushed)


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
