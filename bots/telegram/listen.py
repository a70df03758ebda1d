"""Where updates come from: long polling, or a webhook beside the desk."""

from __future__ import annotations

import asyncio
import hmac
import json
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from starlette.responses import Response
from starlette.routing import Route

from bots.telegram.api import ALLOWED_UPDATES, MOST_UPDATES
from bots.telegram.errors import is_conflict
from bots.telegram.rivals import host_of
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from bots.telegram.api import Api
    from bots.telegram.rivals import Rivals
    from bots.telegram.updates import Lanes, Mail
    from core.clock import Clock

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the header's name
LONGEST_BODY = 1_000_000
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(seconds=60)
LOOK_SECONDS = 1
"""How often it is looked whether another process took updates."""
LOOK_AGAIN = timedelta(minutes=5)
"""How often it is looked whether another program changed the webhook."""
BACKLOG = 5000
"""So many updates are fetched before the first of them is answered, after a downtime."""

log = structlog.get_logger(__name__)


async def poll(api: Api, mail: Mail, lanes: Lanes, rivals: Rivals, clock: Clock) -> None:
    """Fetch updates until cancelled. Raises SendError of kind "fatal" on a refused token."""
    offset, wait, behind = 0, FIRST_WAIT, 0
    try:
        await lanes.hand_out()
        while True:
            try:
                updates = await api.updates(offset)
            except SendError as error:
                if _is_refusal(error):
                    raise
                if is_conflict(error):
                    await rivals.meet(error)
                else:
                    log.warning("no updates", reason=error.reason)
                await clock.sleep(error.retry_after or wait)
                wait = min(wait * 2, LONGEST_WAIT)
                continue
            wait = FIRST_WAIT
            rivals.pass_by()
            await mail.keep(updates)
            offset = max((int(update["update_id"]) + 1 for update in updates), default=offset)
            behind = behind + len(updates) if len(updates) == MOST_UPDATES else 0
            if not 0 < behind < BACKLOG:
                await lanes.hand_out()
    finally:
        await lanes.finish()


def _is_refusal(error: SendError) -> bool:
    return error.kind == "fatal" and "unauthorized" in error.reason.casefold()


class Webhook:
    """Takes updates over HTTP. ``url`` is the public address; its path is where the route stands."""

    def __init__(self, url: str, token: str, mail: Mail) -> None:
        self.url = url
        self.secret = sha256(f"webhook:{token}".encode()).hexdigest()
        self._mail = mail
        self._came = asyncio.Event()

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
        try:
            await self._mail.keep([json.loads(body)])
        except (KeyError, TypeError, ValueError):
            log.warning("an update that cannot be read")
        self._came.set()
        return Response()

    async def register(self, api: Api) -> None:
        """Tell Telegram the address."""
        about = {"url": self.url, "secret_token": self.secret, "allowed_updates": list(ALLOWED_UPDATES)}
        await api.call("setWebhook", about)

    async def stay(self, api: Api, clock: Clock) -> None:
        """Tell Telegram the address anew where another program has changed it, until cancelled."""
        while True:
            await clock.sleep(LOOK_AGAIN)
            try:
                info = await api.call("getWebhookInfo")
                if info.get("url") == self.url:
                    continue
                await self.register(api)
            except SendError as error:
                log.warning("the webhook could not be looked at", reason=error.reason)
            else:
                log.warning(
                    "another program had changed the bot's webhook; it is set anew",
                    found=host_of(info) or "none",
                    advice="End that program, or give it a bot of its own.",
                )

    async def listen(self, lanes: Lanes) -> None:
        """Handle what comes, until cancelled."""
        try:
            while True:
                self._came.clear()
                await lanes.hand_out()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._came.wait(), LOOK_SECONDS)
        finally:
            await lanes.finish()
