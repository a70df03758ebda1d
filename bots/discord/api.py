"""Discord's REST interface, by way of discord.py's HTTP client, which keeps the limits that the headers tell."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import structlog
from discord.http import Route

from bots.discord.errors import DiscordError, send_error

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from types import SimpleNamespace

    from core.clock import Clock

INVALID_AT_MOST = 8_000
INVALID_WINDOW = timedelta(minutes=10)
"""Discord shuts an address out at 10,000 invalid requests in ten minutes.
https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans."""

log = structlog.get_logger(__name__)


class InvalidRequests:
    """Counts the answers that Discord counts as invalid: 401, 403, and 429 unless the limit is shared with others."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at: deque[datetime] = deque()

    def trace(self) -> aiohttp.TraceConfig:
        """Return what makes an aiohttp session report here."""
        config = aiohttp.TraceConfig()
        config.on_request_end.append(self._ended)
        return config

    async def _ended(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        self.note(params.response.status, params.response.headers)

    def note(self, status: int, headers: Mapping[str, str]) -> None:
        """Count an answer."""
        shared = status == 429 and headers.get("X-RateLimit-Scope") == "shared"  # noqa: PLR2004
        if status in {401, 403, 429} and not shared:
            self._at.append(self._clock.now())

    def wait(self) -> timedelta:
        """Return how long to send nothing, so that the limit is not reached."""
        start = self._clock.now() - INVALID_WINDOW
        while self._at and self._at[0] <= start:
            self._at.popleft()
        if len(self._at) < INVALID_AT_MOST:
            return timedelta(0)
        return self._at[len(self._at) - INVALID_AT_MOST] - start


class Api:
    """Calls Discord as the bot. Every method raises ``DiscordError`` and nothing else."""

    def __init__(self, client: discord.Client, token: str, url: str, invalid: InvalidRequests, clock: Clock) -> None:
        self.url = Route.BASE = url.rstrip("/")
        self._client = client
        self._token = token
        self._invalid = invalid
        self._clock = clock
        self._lock = asyncio.Lock()
        self._connections = AsyncExitStack()
        self._ready = False
        self._closed_until: datetime | None = None
        self.note = invalid.note
        self.headers = {
            "Authorization": f"Bot {token}",
            "User-Agent": client.http.user_agent,
            "Content-Type": "application/json",
        }
        """Those of a request that carries JSON."""

    async def login(self) -> None:
        """Make the token known to the client, once. Needs no gateway."""
        async with self._lock:
            if self._ready:
                return
            self.halt()
            await self._connections.enter_async_context(self._client)
            try:
                await self._client.login(self._token)
            except Exception as error:
                await self._close()
                raise self.refused(send_error(error)) from error
            self._ready = True

    async def close(self) -> None:
        """Close the connections, if there were any; the next call opens new ones."""
        async with self._lock:
            if self._ready:
                await self._close()
                self._ready = False

    async def _close(self) -> None:
        await self._connections.aclose()
        self._client.clear()
        self._client.http.connector = discord.utils.MISSING  # it was closed and would be used again

    async def call(self, method: str, path: str, body: object = None, **parameters: str | int) -> Any:  # noqa: ANN401  JSON of any shape
        """Send a request and return the answer's JSON. ``path`` has the parameters' names in braces."""
        await self.login()
        self.halt()
        more: dict[str, Any] = {} if body is None else {"json": body}
        names: dict[str, Any] = dict(parameters)
        try:
            return await self._client.http.request(Route(method, path, **names), **more)
        except Exception as error:
            raise self.refused(send_error(error)) from error

    async def direct_chat(self, user: str) -> str:
        """Open the direct chat with somebody, which may be open already; return its id. Raises ``DiscordError``."""
        return str((await self.call("POST", "/users/@me/channels", {"recipient_id": user}))["id"])

    def halt(self) -> None:
        """Raise ``DiscordError`` while nothing may be sent."""
        now = self._clock.now()
        if self._closed_until and now < self._closed_until:
            raise DiscordError("fatal", "Discord has shut out this address", retry_after=self._closed_until - now)
        if wait := self._invalid.wait():
            raise DiscordError("fatal", "too many requests that Discord refused in ten minutes", retry_after=wait)

    def refused(self, error: DiscordError) -> DiscordError:
        """Return the error, and send nothing for its time if the whole address is shut out."""
        if error.ban:
            wait = error.retry_after or timedelta(minutes=1)
            self._closed_until = self._clock.now() + wait
            log.error("discord has shut out this address: nothing is sent", seconds=wait.total_seconds())
        return error
