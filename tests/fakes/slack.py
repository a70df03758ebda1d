"""A strict Slack: Web API, Socket Mode, response addresses and OAuth over real sockets, for several workspaces."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from base64 import b64encode
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from slack_rules import problems

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

Json = dict[str, Any]

APP_TOKEN = "xapp-1-A1-test"
SIGNING_SECRET = "signing-secret"
CLIENT_ID, CLIENT_SECRET = "111.222", "client-secret"
DIALOG_LIMIT = 100
TRIGGER_SECONDS = 3
NEEDED = {
    "assistant.threads.setStatus": ("chat:write",),
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "chat.appendStream": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.startStream": ("chat:write",),
    "chat.stopStream": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.join": ("channels:join",),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "users.info": ("users:read",),
}
"""Scopes that methods need, from each method's page; views, auth.test and Socket Mode need none of a bot."""
EVENT_SCOPES = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "tokens_revoked": (),
}
"""Scopes that events need. https://docs.slack.dev/reference/events."""
OTHER_SCOPES = ("commands",)
SCOPES = frozenset(OTHER_SCOPES).union(*NEEDED.values(), *EVENT_SCOPES.values())
FORMS_ONLY = frozenset({"conversations.history", "conversations.info", "conversations.replies", "users.info"})
"""Methods that only read do not take JSON. https://docs.slack.dev/apis/web-api/#post_bodies."""


@dataclass
class Team:
    """A workspace. ``bot`` is the app's user in it; ``channels`` tell whether it is a member.

    ``posters`` are the only ones who may post in a channel; without ``agents`` there is no agent surface.
    """

    id: str
    token: str
    bot: str
    channels: dict[str, bool] = field(default_factory=dict)
    admins: set[str] = field(default_factory=set)
    locale: str = "en-US"
    zone: str = "Asia/Shanghai"
    can_join: bool = True
    posters: dict[str, set[str]] = field(default_factory=dict)
    agents: bool = True
    scopes: frozenset[str] = SCOPES
    slow: float = 0


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


class FakeSlack:
    """Refuses what Slack refuses, and keeps what it accepted."""

    def __init__(self) -> None:
        self.url = ""
        self.teams: dict[str, Team] = {}
        self.seen: list[Call] = []
        self.messages: dict[tuple[str, str, str], Json] = {}
        self.views: dict[str, Json] = {}
        self.written: set[tuple[str, str, str]] = set()
        self.planned: dict[str, list[Answer]] = {}
        self._triggers: dict[str, float] = {}
        self.codes: dict[str, str] = {}
        self.tokens_given = count(1)
        self._sockets: list[web.WebSocketResponse] = []
        self._acknowledged: dict[str, asyncio.Future[Json]] = {}
        self._numbers = count(1)
        self._changed = asyncio.Condition()

    def team(self, id: str, **about: Any) -> Team:  # noqa: A002, ANN401  any field
        """Make a workspace."""
        made = Team(id=id, token=f"xoxb-{id}", bot=f"UBOT{id}", **about)
        self.teams[id] = made
        return made

    def plan(self, method: str, *answers: Answer) -> None:
        """Answer the next calls of a method like this."""
        self.planned.setdefault(method, []).extend(answers)

    def calls(self, method: str, team: str = "") -> list[Json]:
        """Return the accepted calls of a method."""
        return [
            call.payload for call in self.seen if call.method == method and not call.error and team in {"", call.team}
        ]

    def posts(self, channel: str) -> list[Json]:
        """Return the messages that stand in a channel, threads included, in their order."""
        return [said for (_team, place, _ts), said in sorted(self.messages.items()) if place == channel]

    async def until(self, true: Callable[[], bool], *, timeout: float = 15) -> None:  # noqa: ASYNC109  for readability
        """Wait until something was called that makes it true."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(true)

    # what Slack sends

    async def push(self, kind: str, payload: Json) -> Json:
        """Send an envelope over the socket; return what it is acknowledged with. An app has three seconds."""
        await self.until(lambda: bool(self._sockets))
        envelope = f"e{next(self._numbers)}"
        self._acknowledged[envelope] = asyncio.get_running_loop().create_future()
        body = {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": True}
        await self._sockets[-1].send_json(body)
        return await asyncio.wait_for(self._acknowledged[envelope], 3)

    def slash(self, team: str, channel: str, user: str, line: str) -> Json:
        """Return the payload of a slash command."""
        command, _, text = line.partition(" ")
        return {
            "command": command,
            "text": text,
            "team_id": team,
            "channel_id": channel,
            "user_id": user,
            "trigger_id": self.trigger(),
            "response_url": f"{self.url.removesuffix('/api/')}/respond/{team}/{channel}/{next(self._numbers)}",
            "api_app_id": "A1",
        }

    def event(self, team: str, event: Json, *, id: str = "") -> Json:  # noqa: A002  Slack's word
        """Return the payload of an event; what readers write in it stands in its channel from now on."""
        self.written.add((team, event.get("channel", ""), event.get("ts", "")))
        return {
            "type": "event_callback",
            "team_id": team,
            "api_app_id": "A1",
            "event_id": id or f"Ev{next(self._numbers)}",
            "event_time": int(time.time()),
            "event": {"event_ts": self.stamp(), **event},
            "authorizations": [{"team_id": team, "user_id": self.teams[team].bot, "is_bot": True}],
        }

    def press(self, team: str, channel: str, user: str, message: Json, label: str) -> Json:
        """Return the payload of a pressed button, or a chosen option, whose label contains ``label``."""
        element, option = find_element(message["blocks"], label)
        action = {**element, "block_id": "b"} | ({"selected_option": option} if option else {})
        ephemeral = "ts" not in message
        container: Json = {"type": "message", "channel_id": channel, "is_ephemeral": ephemeral}
        if message.get("thread_ts"):
            container["thread_ts"] = message["thread_ts"]
        return {
            "type": "block_actions",
            "team": {"id": team},
            "user": {"id": user, "team_id": team},
            "channel": {"id": channel},
            "container": container,
            "message": message,
            "actions": [action],
            "trigger_id": self.trigger(),
            "response_url": f"{self.url.removesuffix('/api/')}/respond/{team}/{channel}/{next(self._numbers)}",
            "api_app_id": "A1",
        }

    def press_in_view(self, team: str, user: str, view: Json, label: str) -> Json:
        """Return the payload of a button that was pressed in a modal or the home tab."""
        element, _option = find_element(view["blocks"], label)
        return {
            "type": "block_actions",
            "team": {"id": team},
            "user": {"id": user, "team_id": team},
            "container": {"type": "view", "view_id": view.get("id", "VHOME")},
            "view": {"id": "VHOME", "team_id": team, "private_metadata": "", **view},
            "actions": [{**element, "block_id": "b"}],
            "trigger_id": self.trigger(),
            "api_app_id": "A1",
        }

    def submit(self, team: str, user: str, view: Json, values: Json) -> Json:
        """Return the payload of a submitted modal; inputs that ``values`` leaves out stay as they were."""
        inputs = [block for block in view["blocks"] if block["type"] == "input"]
        filled = {block["block_id"]: {"value": _initial(block["element"])} for block in inputs}
        state = {"values": filled | {name: {"value": value} for name, value in values.items()}}
        return {
            "type": "view_submission",
            "team": {"id": team},
            "user": {"id": user, "team_id": team},
            "view": {"team_id": team, "state": state, **view},
            "trigger_id": self.trigger(),
            "api_app_id": "A1",
        }

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

    def trigger(self) -> str:
        """Return what opens one view, within three seconds."""
        name = f"trigger{next(self._numbers)}"
        self._triggers[name] = time.monotonic()
        return name

    def message_shortcut(self, team: str, channel: str, user: str, name: str, text: str) -> Json:
        """Return the payload of a message shortcut."""
        return {
            "type": "message_action",
            "callback_id": name,
            "team": {"id": team},
            "user": {"id": user},
            "channel": {"id": channel},
            "message": {"text": text, "ts": "1.1"},
            "trigger_id": self.trigger(),
            "response_url": "",
        }

    def global_shortcut(self, team: str, user: str, name: str) -> Json:
        """Return the payload of a global shortcut."""
        about = {"callback_id": name, "team": {"id": team}, "user": {"id": user}, "trigger_id": self.trigger()}
        return {"type": "shortcut", **about}

    def stamp(self) -> str:
        """Return the next timestamp."""
        return f"{int(time.time())}.{next(self._numbers):06d}"

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
        said = self._do(method, payload, team) if team else {"ok": False, "error": "invalid_auth"}
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

    def _do(self, method: str, payload: Json, team: Team) -> Json:
        lacking = [scope for scope in NEEDED.get(method, ()) if scope not in team.scopes]
        if lacking:
            return {"ok": False, "error": "missing_scope", "needed": ",".join(lacking)}
        handler = getattr(self, "_" + method.replace(".", "_"), None)
        if handler is None:
            return {"ok": False, "error": "unknown_method"}
        done: Json = handler(payload, team)
        return done if "error" in done else {"ok": True, **done}

    def _auth_test(self, _payload: Json, team: Team) -> Json:
        return {"team_id": team.id, "user_id": team.bot, "bot_id": f"B{team.id}", "team": f"Team {team.id}"}

    def _users_info(self, payload: Json, team: Team) -> Json:
        user = payload["user"]
        return {"user": {"id": user, "tz": team.zone, "locale": team.locale, "is_admin": user in team.admins}}

    def _chat_postMessage(self, payload: Json, team: Team) -> Json:  # noqa: N802  Slack's name
        channel = payload.get("channel", "")
        if not channel.startswith("D") and channel not in team.channels:
            return {"error": "channel_not_found"}
        if not channel.startswith("D") and not team.channels[channel]:
            return {"error": "not_in_channel"}
        wrong = problems({name: value for name, value in payload.items() if name not in {"channel", "thread_ts"}})
        if wrong:
            return {"error": "invalid_blocks", "response_metadata": {"messages": wrong}}
        thread = payload.get("thread_ts")
        if thread and not self._known(team, channel, thread):
            return {"error": "thread_not_found"}
        ts = self.stamp()
        self.messages[team.id, channel, ts] = {**payload, "ts": ts}
        return {"ts": ts, "channel": channel}

    def _known(self, team: Team, channel: str, ts: str) -> bool:
        return (team.id, channel, ts) in self.messages or (team.id, channel, ts) in self.written

    def _chat_update(self, payload: Json, team: Team) -> Json:
        place = (team.id, payload["channel"], payload["ts"])
        if place not in self.messages:
            return {"error": "message_not_found"}
        if self.messages[place].get("streaming"):
            return {"error": "streaming_state_conflict"}
        shown = {name: payload[name] for name in ("text", "blocks")}
        if wrong := problems(shown | {"unfurl_links": False, "unfurl_media": False}):
            return {"error": "invalid_blocks", "response_metadata": {"messages": wrong}}
        self.messages[place] |= {name: payload[name] for name in ("text", "blocks")}
        return {"ts": payload["ts"]}

    def _chat_delete(self, payload: Json, team: Team) -> Json:
        found = self.messages.pop((team.id, payload["channel"], payload["ts"]), None)
        return {} if found else {"error": "message_not_found"}

    def _chat_startStream(self, payload: Json, team: Team) -> Json:  # noqa: N802  Slack's name
        direct = payload["channel"].startswith("D")
        if not payload.get("thread_ts"):
            return {"error": "invalid_arguments"}
        if not direct and not (payload.get("recipient_user_id") and payload.get("recipient_team_id")):
            return {"error": "missing_recipient_user_id"}
        ts = self.stamp()
        begun = {"ts": ts, "blocks": [], "streaming": True, "grown": [payload.get("markdown_text", "")]}
        self.messages[team.id, payload["channel"], ts] = {**payload, **begun}
        return {"ts": ts}

    def _streaming(self, payload: Json, team: Team) -> Json | None:
        message = self.messages.get((team.id, payload["channel"], payload["ts"]))
        return message if message and message.get("streaming") else None

    def _chat_appendStream(self, payload: Json, team: Team) -> Json:  # noqa: N802  Slack's name
        message = self._streaming(payload, team)
        if message is None:
            return {"error": "message_not_in_streaming_state"}
        if not 1 <= len(payload.get("markdown_text", "")) <= 12_000:
            return {"error": "invalid_arguments"}
        message["grown"].append(payload["markdown_text"])
        return {"ts": payload["ts"]}

    def _chat_stopStream(self, payload: Json, team: Team) -> Json:  # noqa: N802  Slack's name
        message = self._streaming(payload, team)
        if message is None:
            return {"error": "message_not_in_streaming_state"}
        del message["streaming"]
        message["blocks"] = payload.get("blocks", [])
        return {"ts": payload["ts"]}

    def _conversations_join(self, payload: Json, team: Team) -> Json:
        if payload["channel"] not in team.channels:
            return {"error": "channel_not_found"}
        if not payload["channel"].startswith("C") or not team.can_join:
            return {"error": "method_not_supported_for_channel_type"}
        team.channels[payload["channel"]] = True
        return {}

    def _conversations_info(self, payload: Json, team: Team) -> Json:
        if payload["channel"] not in team.channels:
            return {"error": "channel_not_found"}
        channel = {"id": payload["channel"], "is_member": team.channels[payload["channel"]], "properties": {}}
        if payload["channel"] in team.posters:
            channel["properties"]["posting_restricted_to"] = {"user": sorted(team.posters[payload["channel"]])}
        return {"channel": channel}

    def _conversations_open(self, payload: Json, _team: Team) -> Json:
        return {"channel": {"id": "D" + payload["users"]}}

    def _conversations_history(self, payload: Json, team: Team) -> Json:
        found = [said for said in self._since(payload, team) if "thread_ts" not in said]
        return {"messages": found[::-1][: int(payload["limit"])]}

    def _conversations_replies(self, payload: Json, team: Team) -> Json:
        found = [said for said in self._since(payload, team) if payload["ts"] in {said["ts"], said.get("thread_ts")}]
        return {"messages": found[: int(payload["limit"])]}

    def _since(self, payload: Json, team: Team) -> Iterator[Json]:
        for (owner, channel, ts), said in sorted(self.messages.items()):
            if (owner, channel) == (team.id, payload["channel"]) and ts > payload.get("oldest", ""):
                yield said

    def _views_open(self, payload: Json, _team: Team) -> Json:
        given = self._triggers.pop(payload.get("trigger_id", ""), None)
        if given is None or time.monotonic() - given > TRIGGER_SECONDS:
            return {"error": "exchanged_trigger_id" if given is None else "expired_trigger_id"}
        return self._viewed(payload, f"V{next(self._numbers)}")

    def _views_update(self, payload: Json, _team: Team) -> Json:
        return self._viewed(payload, payload["view_id"]) if payload["view_id"] in self.views else {"error": "not_found"}

    def _views_publish(self, payload: Json, _team: Team) -> Json:
        return self._viewed(payload, f"VHOME{payload['user_id']}")

    def _viewed(self, payload: Json, name: str) -> Json:
        if wrong := view_problems(payload["view"]):
            return {"error": "invalid_arguments", "response_metadata": {"messages": wrong}}
        self.views[name] = payload["view"] = {"id": name, **payload["view"]}
        return {"view": {"id": name}}

    def _assistant_threads_setStatus(self, payload: Json, team: Team) -> Json:  # noqa: N802  Slack's name
        if not team.agents:
            return {"error": "channel_type_not_supported"}
        return {} if payload.get("thread_ts") else {"error": "invalid_arguments"}

    def _assistant_threads_setSuggestedPrompts(self, payload: Json, team: Team) -> Json:  # noqa: N802  Slack's name
        if not team.agents:
            return {"error": "channel_type_not_supported"}
        told = all(prompt.keys() == {"title", "message"} and all(prompt.values()) for prompt in payload["prompts"])
        right = 1 <= len(payload["prompts"]) <= 4 and told and "thread_ts" not in payload
        return {} if right else {"error": "invalid_arguments"}

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
        self._sockets.append(opened)
        await self._tell()
        async for message in opened:
            if message.type != aiohttp.WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            self._acknowledged[said["envelope_id"]].set_result(said.get("payload") or {})
        self._sockets.remove(opened)
        return opened

    async def close_sockets(self) -> None:
        """End every socket, as Slack does from time to time."""
        for opened in list(self._sockets):
            await opened.close()

    async def _note(self, call: Call) -> None:
        self.seen.append(call)
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def view_problems(view: Json) -> list[str]:
    """Return why Slack would refuse a view."""
    found = []
    if view["type"] == "modal" and (not view.get("title") or len(view["title"]["text"]) > 24):
        found.append("title")
    if not 1 <= len(view["blocks"]) <= DIALOG_LIMIT:
        found.append(f"{len(view['blocks'])} blocks")
    for block in view["blocks"]:
        if block["type"] not in {"header", "divider", "context", "actions", "rich_text", "input", "section"}:
            found.append(f"no {block['type']} in a view")
        parsed = Block.parse(block)
        if parsed is None:
            found.append(f"slack_sdk cannot read {block['type']}")
        else:
            parsed.validate_json()
    if any(block["type"] == "input" for block in view["blocks"]) and not view.get("submit"):
        found.append("inputs need a submit")
    names = [element["action_id"] for element in _elements(view["blocks"])]
    if view["type"] == "home" and len(set(names)) != len(names):
        found.append("an action_id twice")
    shape = {name: value for name, value in view.items() if name != "id"}
    if View(**shape).to_dict() != shape:
        found.append("slack_sdk reads the view differently")
    if len(view.get("private_metadata", "")) > 3000:
        found.append("private_metadata")
    return found


def _elements(blocks: list[Json]) -> Iterator[Json]:
    for block in blocks:
        if block["type"] == "actions":
            yield from block["elements"]
        elif "accessory" in block:
            yield block["accessory"]


def _initial(element: Json) -> Json:
    """Return the state of an input that nobody touched."""
    match element["type"]:
        case "timepicker":
            return {"selected_time": element.get("initial_time")}
        case "checkboxes" | "multi_static_select":
            return {"selected_options": element.get("initial_options", [])}
        case "static_select":
            return {"selected_option": element.get("initial_option")}
        case _:
            return {"value": element.get("initial_value")}


def find_element(blocks: list[Json], label: str) -> tuple[Json, Json | None]:
    """Return the button, or the menu and its option, whose label contains ``label``."""
    for element in _elements(blocks):
        if element["type"] == "button" and label in element["text"]["text"]:
            return element, None
        for option in element.get("options", ()):
            if label in option["text"]["text"]:
                return element, option
    raise AssertionError(f"no button {label!r}")


def text_of(message: Json) -> str:
    """Return what a reader sees in a message or view, buttons apart."""
    parts: list[str] = []

    def collect(node: Any) -> None:  # noqa: ANN401  JSON of any shape
        if isinstance(node, list):
            for one in node:
                collect(one)
        elif isinstance(node, dict) and node.get("type") != "actions":
            if isinstance(node.get("text"), str):
                parts.append(node["text"])
            for value in node.values():
                collect(value)

    collect(message["blocks"])
    return " ".join(parts)


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
