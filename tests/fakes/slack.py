"""A strict Slack: Web API, Socket Mode, response addresses and OAuth over real sockets, for several workspaces."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from base64 import b64encode
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from slack_rules import problems
from tests.fakes.slack_doings import Doings
from tests.fakes.slack_scopes import FORMS_ONLY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

Json = dict[str, Any]

APP_TOKEN = "xapp-1-A1-test"
SIGNING_SECRET = "signing-secret"
CLIENT_ID, CLIENT_SECRET = "111.222", "client-secret"


@dataclass(frozen=True)
class Call:
    """A call of the Web API (or "respond") that was accepted, or refused with ``error``."""

    method: str
    payload: Json
    team: str
    error: str = ""


@dataclass(frozen=True)
class Answer:
    """What the server says instead of doing as asked; ``done`` says whether it did so nevertheless.

    With ``channel`` it waits for a call about that one.
    """

    channel: str = ""
    error: str = ""
    status: int = 200
    html: bool = False
    retry_after: int | None = None
    done: bool = False


class FakeSlack(Doings):
    """Refuses what Slack refuses, and keeps what it accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Call] = []
        self.planned: dict[str, list[Answer]] = {}
        self.codes: dict[str, str] = {}
        self.tokens_given = count(1)
        self.sockets: list[web.WebSocketResponse] = []
        self._acknowledged: dict[str, asyncio.Future[Json]] = {}
        self._changed = asyncio.Condition()

    def plan(self, method: str, *answers: Answer) -> None:
        """Answer the next calls of a method like this."""
        self.planned.setdefault(method, []).extend(answers)

    def calls(self, method: str, team: str = "") -> list[Json]:
        """Return the accepted calls of a method."""
        return [
            call.payload for call in self.seen if call.method == method and not call.error and team in {"", call.team}
        ]

    async def until(self, true: Callable[[], bool], *, timeout: float = 15) -> None:  # noqa: ASYNC109  for readability
        """Wait until something was called that makes it true."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(true)

    # what Slack sends

    async def push(self, kind: str, payload: Json) -> Json:
        """Send an envelope over the socket; return what it is acknowledged with. An app has three seconds."""
        await self.until(lambda: bool(self.sockets))
        envelope = f"e{next(self._numbers)}"
        self._acknowledged[envelope] = asyncio.get_running_loop().create_future()
        body = {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": True}
        await self.sockets[-1].send_json(body)
        return await asyncio.wait_for(self._acknowledged[envelope], 3)

    async def answered(self, kind: str, payload: Json) -> Json:
        """Send an envelope over the socket; return the last of what is answered to its ``response_url``."""
        number = payload["response_url"].rpartition("/")[2]

        def answers() -> list[Json]:
            return [call.payload for call in self.seen if call.payload.get("_address") == number]

        await self.push(kind, payload)
        await self.until(lambda: bool(answers()))
        assert not [call.error for call in self.seen if call.method == "respond" and call.error]
        return answers()[-1]

    async def http(self, address: str, body: str, *, kind: str, age: int = 0, secret: str = SIGNING_SECRET) -> int:
        """Send a signed request as Slack does; return the status."""
        stamp = str(int(time.time()) - age)
        signature = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={signature}",
            "Content-Type": kind,
        }
        async with aiohttp.ClientSession() as session, session.post(address, data=body, headers=headers) as answer:
            return answer.status

    async def command_over_http(self, address: str, payload: Json, **more: Any) -> int:  # noqa: ANN401  as ``http`` takes
        """Send a slash command over HTTP."""
        kind = "application/x-www-form-urlencoded"
        return await self.http(address, urlencode(payload), kind=kind, **more)

    async def event_over_http(self, address: str, payload: Json, **more: Any) -> int:  # noqa: ANN401  as ``http`` takes
        """Send an event over HTTP."""
        return await self.http(address, json.dumps(payload), kind="application/json", **more)

    # what the app calls

    async def api(self, request: web.Request) -> web.Response:
        """Answer a call of the Web API."""
        method = request.match_info["method"]
        payload = await _read(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or payload.pop("token", "")
        payload.pop("token", None)
        team = next((one for one in self.teams.values() if one.token == token), None)
        answer = self._planned_for(method, payload)
        if team and team.slow:
            await asyncio.sleep(team.slow)
        if answer and not answer.done:
            await self._note(Call(method, payload, team.id if team else "", answer.error or f"HTTP {answer.status}"))
            return _planned(answer)
        if method == "apps.connections.open":
            ok = token == APP_TOKEN
            socket = self.url.replace("http", "ws", 1).removesuffix("/api/") + "/socket"
            said: Json = {"ok": True, "url": socket} if ok else {"ok": False, "error": "invalid_auth"}
            return web.json_response(said)
        if method == "oauth.v2.access":
            return web.json_response(await self._oauth(request, payload))
        said = self.do(method, payload, team) if team else {"ok": False, "error": "invalid_auth"}
        if method in FORMS_ONLY and request.content_type == "application/json":
            said = {"ok": False, "error": "invalid_arguments"}
        await self._note(Call(method, payload, team.id if team else "", said.get("error", "")))
        headers = {"X-OAuth-Scopes": ",".join(sorted(team.scopes if team else ()))}
        return _planned(answer) if answer else web.json_response(said, headers=headers)

    def _planned_for(self, method: str, payload: Json) -> Answer | None:
        planned = self.planned.get(method, [])
        for number, answer in enumerate(planned):
            if answer.channel in {"", payload.get("channel")}:
                return planned.pop(number)
        return None

    async def _oauth(self, request: web.Request, payload: Json) -> Json:
        expected = f"Basic {b64encode(f'{CLIENT_ID}:{CLIENT_SECRET}'.encode()).decode()}"
        by_body = (payload.get("client_id"), payload.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        if request.headers.get("Authorization") != expected and not by_body:
            return {"ok": False, "error": "bad_client_secret"}
        refresh = payload.get("grant_type") == "refresh_token"
        code = payload.get("refresh_token", "") if refresh else payload.get("code", "")
        team = self.teams.get(self.codes.pop(code, ""))
        if team is None:
            return {"ok": False, "error": "invalid_refresh_token" if refresh else "invalid_code"}
        await asyncio.sleep(team.slow)
        number = next(self.tokens_given)
        team.token = f"xoxe.xoxb-{team.id}-{number}"
        self.codes[f"xoxe-{team.id}-{number}"] = team.id
        await self._note(Call("oauth.v2.access", {"refresh": refresh}, team.id))
        return {
            "ok": True,
            "app_id": "A1",
            "access_token": team.token,
            "token_type": "bot",
            "scope": ",".join(sorted(team.scopes)),
            "bot_user_id": team.bot,
            "team": {"id": team.id, "name": f"Team {team.id}"},
            "authed_user": {"id": "UINSTALLER"},
            "refresh_token": f"xoxe-{team.id}-{number}",
            "expires_in": 60 if number % 2 else 43200,
        }

    async def respond(self, request: web.Request) -> web.Response:
        """Take an answer at a response address: at most five each."""
        payload = await request.json()
        team, channel, address = (request.match_info[name] for name in ("team", "channel", "number"))
        used = sum(call.method == "respond" and call.payload["_address"] == address for call in self.seen)
        shown = {name: payload[name] for name in ("text", "blocks") if name in payload}
        wrong = (
            [] if payload.get("delete_original") else problems(shown | {"unfurl_links": False, "unfurl_media": False})
        )
        error = "used_url" if used >= 5 else "; ".join(wrong)
        await self._note(Call("respond", {**payload, "_address": address, "_channel": channel}, team, error))
        return web.Response(status=400 if error else 200, text=error or "ok")

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """Serve a socket."""
        opened = web.WebSocketResponse()
        await opened.prepare(request)
        await opened.send_json({"type": "hello", "num_connections": 1})
        self.sockets.append(opened)
        await self._tell()
        async for message in opened:
            if message.type != aiohttp.WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            self._acknowledged[said["envelope_id"]].set_result(said.get("payload") or {})
        self.sockets.remove(opened)
        return opened

    async def close_sockets(self) -> None:
        """End every socket, as Slack does from time to time."""
        for opened in list(self.sockets):
            await opened.close()

    async def _note(self, call: Call) -> None:
        self.seen.append(call)
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


async def _read(request: web.Request) -> Json:
    if request.content_type == "application/json":
        read: Json = await request.json()
        return read
    return {**request.query, **await request.post()}


def _planned(answer: Answer) -> web.Response:
    headers = {"Retry-After": str(answer.retry_after)} if answer.retry_after is not None else None
    if answer.html:
        return web.Response(status=answer.status, text="<html>Bad Gateway</html>", content_type="text/html")
    return web.json_response({"ok": False, "error": answer.error}, status=answer.status, headers=headers)


@asynccontextmanager
async def fake_slack() -> AsyncIterator[FakeSlack]:
    """Serve on a free port of this machine."""
    fake = FakeSlack()
    app = web.Application()
    app.router.add_post("/api/{method}", fake.api)
    app.router.add_get("/socket", fake.socket)
    app.router.add_post("/respond/{team}/{channel}/{number}", fake.respond)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    yield fake
    await fake.close_sockets()
    await runner.cleanup()
