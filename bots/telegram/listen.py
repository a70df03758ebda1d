"""Updates: fetched by long polling, or taken from a webhook, and handled once each."""

from __future__ import annotations

import asyncio
import hmac
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from starlette.responses import Response
from starlette.routing import Route

from bots.telegram.api import ALLOWED_UPDATES
from bots.telegram.hear import worth_answering
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import Request
    from telegram import Update

    from bots.telegram.api import Api
    from core.clock import Clock
    from core.storage.notes import SqlNotes

REMEMBERED = timedelta(hours=25)
"""Telegram keeps updates for a day. https://core.telegram.org/bots/api#getting-updates."""
OLD = timedelta(minutes=5)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the header's name
LONGEST_BODY = 1_000_000
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(seconds=60)
FINISH_SECONDS = 5

log = structlog.get_logger(__name__)


class Lanes:
    """Handles updates of different chats side by side, those of one chat one after the other."""

    def __init__(self, handle: Callable[[Update], Awaitable[None]], notes: SqlNotes, account: str) -> None:
        self._handle = handle
        self._notes = notes
        self._account = account
        self._last: dict[int, asyncio.Task[None]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def enter(self, update: Update) -> None:
        """Let the update be handled when those before it in its chat are."""
        chat = update.effective_chat or update.effective_user
        lane = chat.id if chat else 0
        task = asyncio.create_task(self._after(self._last.get(lane), update))
        self._last[lane] = task
        self._running.add(task)
        task.add_done_callback(lambda done: self._leave(lane, done))

    async def finish(self) -> None:
        """Wait a little for what is under way."""
        if self._running:
            await asyncio.wait(self._running, timeout=FINISH_SECONDS)

    def _leave(self, lane: int, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._last.get(lane) is task:
            del self._last[lane]

    async def _after(self, before: asyncio.Task[None] | None, update: Update) -> None:
        if before:
            await asyncio.wait({before})
        if await self._notes.first(f"telegram:update:{self._account}:{update.update_id}", keep=REMEMBERED):
            await self._handle(update)


async def poll(api: Api, lanes: Lanes, clock: Clock) -> None:
    """Fetch updates until cancelled. Raises SendError of kind "fatal" on a refused token."""
    offset, wait = 0, FIRST_WAIT
    try:
        while True:
            try:
                updates = await api.updates(offset)
            except SendError as error:
                if _is_refusal(error):
                    raise
                log.warning("no updates", reason=error.reason)
                await clock.sleep(error.retry_after or wait)
                wait = min(wait * 2, LONGEST_WAIT)
                continue
            wait = FIRST_WAIT
            for update in worth_answering(updates, clock.now(), OLD):
                lanes.enter(update)
            offset = max((update.update_id + 1 for update in updates), default=offset)
    finally:
        await lanes.finish()


def _is_refusal(error: SendError) -> bool:
    return error.kind == "fatal" and "unauthorized" in error.reason.casefold()


class Webhook:
    """Takes updates over HTTP. ``url`` is the public address; its path is where the route stands."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.secret = sha256(f"webhook:{token}".encode()).hexdigest()
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(maxsize=10_000)

    @property
    def routes(self) -> Sequence[Route]:
        """The route."""
        return [Route(urlsplit(self.url).path or "/", self._take, methods=["POST"])]

    async def _take(self, request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            return Response(status_code=403)
        body = await request.body()
        if len(body) > LONGEST_BODY:
            return Response(status_code=413)
        await self._queue.put(body)
        return Response()

    async def listen(self, api: Api, lanes: Lanes) -> None:
        """Tell Telegram the address and handle what comes, until cancelled."""
        await api.call(
            "setWebhook",
            {"url": self.url, "secret_token": self.secret, "allowed_updates": list(ALLOWED_UPDATES)},
        )
        try:
            while True:
                self.enter(await self._queue.get(), api, lanes)
        finally:
            await lanes.finish()

    def enter(self, body: bytes, api: Api, lanes: Lanes) -> None:
        """Hand on an update, if it can be read."""
        try:
            lanes.enter(api.read(body))
        except ValueError:
            log.warning("an update that cannot be read")
