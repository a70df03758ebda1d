"""The way of posts to thousands of chats: one connection pool, and pages that are serialised once.

A page is the same for everybody who gets it in the same issue, language, style and form; only where it goes, and its
key, are put in front of the JSON that is there. The platforms' SDKs do everything else.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.request import getproxies

import aiohttp
import msgspec
from aiohttp.http import HttpProcessingError
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from aiohttp.connector import Connection

    from core.render.port import Message

ANSWER_SECONDS, CONNECT_SECONDS = 20, 10
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=ANSWER_SECONDS)
IDLE_SECONDS = 60
PAGES_REMEMBERED = 512
WAYS_REMEMBERED = 1000
FINAL = 200
"""Answers with a lower status come before the real one."""
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
        self._ways: dict[tuple[object, ...], _Way] = {}

    async def post(self, url: str | URL, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a request and return the answer. Nothing is tried again. Raises one of ``BROKEN``."""
        if self._session is None:
            self._session = _session()
        if self._session.trust_env:
            return await _by_proxy(self._session, url, body, headers)
        url = _parsed(url)
        way = self._way(url, headers)
        connection = await _connected(self._session, way.request)
        try:
            answer = await _exchanged(connection, way.head(url, body) + body)
        except BaseException:
            connection.close()
            raise
        connection.release()
        return answer

    def _way(self, url: URL, headers: Mapping[str, str]) -> _Way:
        key = (url.scheme, url.raw_authority, *headers.items())
        if key not in self._ways:
            if len(self._ways) >= WAYS_REMEMBERED:
                self._ways.clear()
            self._ways[key] = _Way(aiohttp.ClientRequest("POST", url, headers=headers))
        return self._ways[key]

    async def close(self) -> None:
        """Close the connections; a later post opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None
            self._ways.clear()


class _Way:
    """What requests to a server have in common: what aiohttp makes of its address and of their headers."""

    def __init__(self, request: aiohttp.ClientRequest) -> None:
        self.request = request
        request.headers.popall("Content-Length", None)  # of no body
        if any(sign in field for fields in request.headers.items() for field in fields for sign in "\r\n\0"):
            raise aiohttp.InvalidURL(request.url, "a header with a line break")
        self._fields = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())

    def head(self, url: URL, body: bytes) -> bytes:
        return f"POST {url.raw_path_qs} HTTP/1.1\r\n{self._fields}Content-Length: {len(body)}\r\n\r\n".encode()


def _parsed(url: str | URL) -> URL:
    try:
        return URL(url)
    except ValueError as error:
        raise aiohttp.InvalidURL(url, str(error)) from error


async def _connected(session: aiohttp.ClientSession, request: aiohttp.ClientRequest) -> Connection:
    connector = cast("aiohttp.BaseConnector", session.connector)
    try:
        return await connector.connect(request, [], TIMEOUT)
    except TimeoutError as error:
        raise aiohttp.ConnectionTimeoutError(f"no connection to {request.url.host}") from error


async def _exchanged(connection: Connection, request: bytes) -> Answer:
    """Write a request and read its answer: what aiohttp makes of both costs as much as all the rest of a post."""
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None:
        raise aiohttp.ServerDisconnectedError
    protocol.set_response_params(read_until_eof=True, read_timeout=ANSWER_SECONDS)
    transport.write(request)
    protocol.start_timeout()
    try:
        message, content = await protocol.read()
        while message.code < FINAL:
            message, content = await protocol.read()
        return Answer(message.code, message.reason, message.headers, await content.read())
    except HttpProcessingError as error:
        raise aiohttp.ClientPayloadError(error.message) from error


async def _by_proxy(session: aiohttp.ClientSession, url: str | URL, body: bytes, headers: Mapping[str, str]) -> Answer:
    response = await session.post(url, data=body, headers=headers, allow_redirects=False)
    said = await response.read()  # which also gives the connection back, or closes it when it fails
    return Answer(response.status, response.reason or "", response.headers, said)


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
    return b"%b,%b" % (msgspec.json.encode(own)[:-1], page[1:])


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
