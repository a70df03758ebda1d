"""The way of posts to thousands of chats: one connection pool, and pages that are serialised once.

A page is the same for everybody who gets it in the same issue, language, style and form; only where it goes, and its
key, are put in front of the JSON that is there. The platforms' SDKs do everything else.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.request import getproxies

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from yarl import URL

    from core.render.port import Message

ANSWER_SECONDS, CONNECT_SECONDS = 20, 10
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=ANSWER_SECONDS)
IDLE_SECONDS = 60
PAGES_REMEMBERED = 512
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
SURELY_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
"""What is raised before a request has left."""
BROKEN = (aiohttp.ClientError, TimeoutError, OSError)
"""Everything that ``Pool.post`` raises."""


class Answer(NamedTuple):
    """What a platform's server said. Named as aiohttp's own response, since SDKs' errors are made of it."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the object in the body, an empty one if there is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Pool:
    """Connections that every platform's posts share; opened with the first of them."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str | URL, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a request and return the answer. Nothing is tried again. Raises one of ``BROKEN``."""
        if self._session is None:
            self._session = _session()
        response = await self._session.post(url, data=body, headers=headers, allow_redirects=False)
        said = await response.read()  # which also gives the connection back, or closes it when it fails
        return Answer(response.status, response.reason or "", response.headers, said)

    async def close(self) -> None:
        """Close the connections; a later post opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None


class Pages:
    """Remembers the JSON of the pages that were sent last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, Hashable], tuple[Message, bytes]] = OrderedDict()

    def get(self, message: Message, variant: Hashable = None) -> bytes | None:
        """Return the JSON of the page in this variant, None if it was not put here."""
        found = self._kept.get((id(message), variant))
        return found[1] if found else None

    def put(self, message: Message, payload: Mapping[str, Any], variant: Hashable = None) -> bytes:
        """Serialise the page in this variant and remember that."""
        page = dumps(payload)
        self._kept[id(message), variant] = (message, page)  # as long as it is here, nobody else has its id
        if len(self._kept) > PAGES_REMEMBERED:
            self._kept.popitem(last=False)
        return page


def addressed(own: Mapping[str, Any], page: bytes) -> bytes:
    """Return the page's JSON with what is one message's ``own`` put in."""
    return b"%b,%b" % (dumps(own)[:-1], page[1:])


def dumps(payload: Mapping[str, Any]) -> bytes:
    """Return the JSON; what Unicode has no character for becomes a question mark."""
    return _JSON.encode(payload).encode("utf-8", "replace")


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=TIMEOUT,
        trust_env=bool(getproxies()),  # looked up for every request if so
    )
