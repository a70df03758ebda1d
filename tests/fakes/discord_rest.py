"""The REST interface of the fake Discord: what its documentation says that it takes and refuses."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from discord_rules import command_problems, modal_problems, problems
from openapi import misfits
from tests.fakes.discord_gateway import Gateway
from tests.fakes.discord_shapes import (
    ANNOUNCEMENTS,
    APP,
    EPHEMERAL,
    FORUM,
    THREADS,
    TOKEN,
    Json,
    member,
    message_frame,
    roles,
    user,
)
from tests.fakes.discord_world import CLOSED, Call, RefusalError

if TYPE_CHECKING:
    from collections.abc import Callable

IN_TIME_SECONDS = 3
AUTOCOMPLETE, COMPONENT, FORM = 4, 3, 5
MESSAGE, LATER, LATER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
LOADING = 1 << 7
FOLLOW_UPS_OF_A_READERS_APP = 5


class Rest(Gateway):
    """Answers calls."""

    def __init__(self) -> None:
        super().__init__()
        self._nonces: dict[tuple[str, str], str] = {}
        self._crossposts: defaultdict[str, list[float]] = defaultdict(list)

    async def rest(self, request: web.Request) -> web.Response:
        """Answer one call."""
        path = request.path.removeprefix("/api/v10")
        raw = await request.read()
        body = json.loads(raw) if raw else None
        trouble = next(
            (one for one in self.troubles if one.method == request.method and one.path.fullmatch(path)), None
        )
        headers = self.limits.get(path, {})
        if trouble:
            trouble.times -= 1
            if not trouble.times:
                self.troubles.remove(trouble)
            if trouble.after:
                await self._do(request, path, body)
            status, answer, headers = trouble.status, trouble.body, trouble.headers
        else:
            status, answer, more = await self._do(request, path, body)
            headers = headers | more
        call = Call(request.method, path, body, status, answer)
        self.log.append(call)
        if (found := re.search(r"/(interaction-\d+)", path)) and status < 300:
            self.interactions[found[1]]["calls"].append(call)
        self._changed.set()
        if status == 204:
            return web.Response(status=204, headers=headers)
        # discord.py reads JSON only from exactly this type
        return web.Response(
            status=status, body=json.dumps(answer).encode(), headers={"Content-Type": "application/json", **headers}
        )

    async def _do(self, request: web.Request, path: str, body: Any) -> tuple[int, Any, dict[str, str]]:  # noqa: ANN401  JSON
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            return 401, {"code": 0, "message": "401: Unauthorized"}, {}
        if not request.headers.get("User-Agent", "").startswith("DiscordBot ("):
            return 403, {"code": 40333, "message": "internal network error"}, {}
        try:
            for method, pattern, handler in _ROUTES:
                if method == request.method and (match := re.fullmatch(pattern, path)):
                    answer = await getattr(self, handler)(*match.groups(), body)
                    if handler == "callback" and request.query.get("with_response") == "true":
                        message = self.interactions[match[2]]["message"]
                        answer = {"interaction": {"response_message_id": message["id"]} if message else {}}
                    return (204, None, {}) if answer is None else (200, answer, {})
        except RefusalError as refusal:
            answer = {"code": refusal.code, "message": refusal.message, "errors": refusal.errors, **refusal.more}
            return refusal.status, answer, refusal.headers
        return 404, {"code": 0, "message": f"404: {request.method} {path}"}, {}

    # The app

    async def me(self, _body: Any) -> Json:  # noqa: ANN401
        return user(APP)

    async def application(self, _body: Any) -> Json:  # noqa: ANN401
        about = {"id": APP, "name": "Paperboy", "icon": None, "description": "", "verify_key": "", "team": None}
        more = {"bot_public": True, "bot_require_code_grant": False, "summary": "", "owner": user("7")}
        installs: Json = {"integration_types_config": {"0": {}, "1": {}}}
        return {**about, **more, **installs, "flags": self.flags}

    async def gateway(self, _body: Any) -> Json:  # noqa: ANN401
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        return {"url": self.gateway_url, "shards": self.shards, "session_start_limit": limit}

    async def register(self, application: str, body: Any) -> list[Json]:  # noqa: ANN401
        assert application == APP
        found = [misfit for command in body for misfit in fits("ApplicationCommandUpdateRequest", command)]
        found += [problem for command in body for problem in command_problems(command)]
        if len({(command["type"], command["name"]) for command in body}) != len(body):
            found.append("a name twice")
        if found:
            raise RefusalError(400, 50035, "Invalid Form Body", found)
        self.commands = [{**command, "id": str(number)} for number, command in enumerate(body, 1)]
        return self.commands

    async def registered(self, _application: str, _body: Any) -> list[Json]:  # noqa: ANN401
        return self.commands

    # Channels

    async def get_channel(self, channel: str, _body: Any) -> Json:  # noqa: ANN401
        return self._known(channel)

    async def change_channel(self, channel: str, body: Json) -> Json:
        there = self._known(channel)
        if there["type"] not in THREADS or body.keys() - {"archived", "name"}:
            raise RefusalError(403, 50013, "Missing Permissions")
        if there["thread_metadata"]["locked"]:
            raise RefusalError(400, 160005, "This thread is locked")
        _must_fit("UpdateThreadRequestPartial", body)
        there["thread_metadata"]["archived"] = body.get("archived", there["thread_metadata"]["archived"])
        there["name"] = body.get("name", there["name"])
        return there

    async def create(self, channel: str, body: Json) -> Json:
        there = self._known(channel)
        if there["type"] == FORUM:
            raise RefusalError(400, 50008, "Cannot send messages in a non-text channel")
        if channel == CLOSED:
            raise RefusalError(403, 50013, "Missing Permissions")
        if there["type"] in THREADS and there["thread_metadata"]["locked"]:
            raise RefusalError(403, 160005, "This thread is locked")
        self._check(body, "MessageCreateRequest")
        nonce = body.get("nonce")
        if not nonce or len(nonce) > 25 or body.get("enforce_nonce") is not True:
            raise RefusalError(400, 50035, "a nonce of at most 25 characters belongs to every message")
        if (channel, nonce) in self._nonces:
            return self._stored(channel, self._nonces[channel, nonce])
        if there["type"] in THREADS:
            there["thread_metadata"]["archived"] = False
        message = self._store(channel, body)
        self._nonces[channel, nonce] = message["id"]
        return message

    async def typing(self, channel: str, _body: Any) -> None:  # noqa: ANN401
        self._known(channel)

    async def message(self, channel: str, message: str, _body: Any) -> Json:  # noqa: ANN401
        return self._stored(channel, message)

    async def edit(self, channel: str, message: str, body: Json) -> Json:
        self._check(body, "MessageEditRequestPartial")
        found = self._open(channel, message)
        if found["author"]["id"] != APP:
            raise RefusalError(403, 50005, "Cannot edit a message authored by another user")
        found["components"] = body["components"]
        found["edits"] = found.get("edits", 0) + 1
        return found

    async def remove(self, channel: str, message: str, _body: Any) -> None:  # noqa: ANN401
        self._open(channel, message)
        del self.messages[channel][message]

    def _open(self, channel: str, message: str) -> Json:
        there = self._known(channel)
        if there["type"] in THREADS and there["thread_metadata"]["archived"]:
            raise RefusalError(400, 50083, "Thread is archived")
        return self._stored(channel, message)

    async def crosspost(self, channel: str, message: str, _body: Any) -> Json:  # noqa: ANN401
        if self._known(channel)["type"] != ANNOUNCEMENTS:
            raise RefusalError(400, 50024, "Cannot execute action on this channel type")
        if message in self.published:
            raise RefusalError(400, 40033, "This message has already been crossposted")
        found = self._stored(channel, message)
        now = asyncio.get_running_loop().time()
        recent = self._crossposts[channel] = [at for at in self._crossposts[channel] if now - at < 3600]
        if len(recent) >= self.crossposts_an_hour:
            wait = {"retry_after": 3600.0 - (now - recent[0]), "global": False}
            raise RefusalError(429, 20028, "You are being rate limited.", more=wait, headers={"Via": "1.1 google"})
        recent.append(now)
        self.published.append(message)
        return found

    async def open_thread(self, channel: str, message: str, body: Json) -> Json:
        self._stored(channel, message)
        _must_fit("CreateTextThreadWithMessageRequest", body)
        if self.channels[channel]["type"] not in {0, ANNOUNCEMENTS}:
            raise RefusalError(400, 50024, "Cannot execute action on this channel type")
        if message in self.channels:
            raise RefusalError(400, 160004, "A thread has already been created for this message")
        kind = 10 if self.channels[channel]["type"] == ANNOUNCEMENTS else 11
        return await self.begin_thread(channel, body["name"], kind, under=message, owner=APP)

    async def forum_post(self, channel: str, body: Json) -> Json:
        if self._known(channel)["type"] != FORUM:
            raise RefusalError(400, 50024, "Cannot execute action on this channel type")
        _must_fit("CreateForumThreadRequest", body)
        self._check(body["message"], "BaseCreateMessageCreateRequest")
        tags = {tag["id"] for tag in self.channels[channel].get("available_tags", [])}
        if not tags.issuperset(body["applied_tags"]):
            raise RefusalError(400, 50035, "an unknown tag")
        if self.channels[channel].get("flags", 0) & 1 << 4 and not body["applied_tags"]:
            raise RefusalError(400, 40067, "A tag is required to create a forum post in this channel")
        number = str(next(self._ids))
        thread = await self.begin_thread(channel, body["name"], 11, under=number, owner=APP)
        thread["applied_tags"] = body["applied_tags"]
        self._store(number, body["message"], number)
        return thread

    async def active(self, guild: str, _body: Any) -> Json:  # noqa: ANN401
        threads = [one for one in self.channels.values() if one["type"] in THREADS and one["guild_id"] == guild]
        return {"threads": [one for one in threads if not one["thread_metadata"]["archived"]], "members": []}

    # Servers and readers

    async def roles(self, guild: str, _body: Any) -> list[Json]:  # noqa: ANN401
        return roles(guild)

    async def member(self, _guild: str, number: str, _body: Any) -> Json:  # noqa: ANN401
        return member(number)

    async def open_direct(self, body: Json) -> Json:
        return self.channels[self.direct(body["recipient_id"])]

    # Interactions

    async def callback(self, number: str, token: str, body: Json) -> None:
        """Take the first answer, within three seconds. https://docs.discord.com/developers/interactions."""
        state = self.interactions.get(token)
        now = asyncio.get_running_loop().time()
        if state is None or state["event"]["id"] != number or now - state["asked_at"] > IN_TIME_SECONDS:
            raise RefusalError(404, 10062, "Unknown interaction")
        if state["answered"]:
            raise RefusalError(400, 40060, "Interaction has already been acknowledged.")
        asked, kind, data = state["event"]["type"], body["type"], body.get("data", {})
        if not _may_answer(asked, kind, has_message=bool(state["message"])):
            raise RefusalError(400, 50035, f"an interaction of type {asked} is not answered with {kind}")
        _ANSWERS[kind](self, state, data)
        state["answered"] = True

    def _say(self, state: Json, data: Json) -> None:
        self._check(data, "IncomingWebhookInteractionRequest")
        state["message"] = self._published(state, data)

    def _defer(self, state: Json, data: Json) -> None:
        if data.get("flags", 0) & ~EPHEMERAL:
            raise RefusalError(400, 50035, f"flags {data['flags']}")
        state["message"] = self._published(state, {"flags": data.get("flags", 0) | LOADING, "components": []})

    def _defer_update(self, _state: Json, data: Json) -> None:
        assert not data.keys() - {"flags"}

    def _update(self, state: Json, data: Json) -> None:
        self._check(data, "IncomingWebhookUpdateForInteractionCallbackRequestPartial")
        state["message"]["components"] = data["components"]

    def _choices(self, _state: Json, data: Json) -> None:
        if found := fits("InteractionApplicationCommandAutocompleteCallbackStringData", data):
            raise RefusalError(400, 50035, "Invalid Form Body", found)
        texts = [text for choice in data["choices"] for text in (choice["name"], choice["value"])]
        if len(data["choices"]) > 25 or not all(1 <= len(text) <= 100 for text in texts):
            raise RefusalError(400, 50035, "choices")

    def _modal(self, _state: Json, data: Json) -> None:
        if found := [*modal_problems(data), *fits("ModalInteractionCallbackRequestData", data)]:
            raise RefusalError(400, 50035, "Invalid Form Body", found)

    async def original(self, application: str, token: str, body: Json) -> Json:
        state = self._webhook(application, token)
        self._check(body, "IncomingWebhookUpdateRequestPartial")
        found: Json = state["message"]
        found["flags"] = found["flags"] & ~LOADING | body["flags"]
        found["components"] = body["components"]
        state["edits"] += 1
        return found

    async def get_original(self, application: str, token: str, _body: Any) -> Json:  # noqa: ANN401
        state = self._webhook(application, token)
        if not state["message"]:
            raise RefusalError(404, 10008, "Unknown Message")
        found: Json = state["message"]
        return found

    async def take_back(self, application: str, token: str, _body: Any) -> None:  # noqa: ANN401
        state = self._webhook(application, token)
        if state["message"]:
            self.messages.get(state["message"]["channel_id"], {}).pop(state["message"]["id"], None)
        state["message"] = None

    async def follow_up(self, application: str, token: str, body: Json) -> Json:
        state = self._webhook(application, token)
        self._check(body, "IncomingWebhookRequestPartial")
        state["follow_ups"] += 1
        brought_along = "0" not in state["event"]["authorizing_integration_owners"] and "guild_id" in state["event"]
        if brought_along and state["follow_ups"] > FOLLOW_UPS_OF_A_READERS_APP:
            raise RefusalError(400, 40094, "This interaction has reached its maximum number of follow-ups")
        message = self._published(state, body)
        state["message"] = state["message"] or message
        return message

    def _webhook(self, application: str, token: str) -> Json:
        state = self.interactions.get(token)
        if application != APP or state is None or not state["answered"]:
            raise RefusalError(404, 10015, "Unknown Webhook")
        return state

    def _published(self, state: Json, body: Json) -> Json:
        """Return the message of an answer; one that is not private stands in the channel."""
        channel, event = state["event"]["channel_id"], state["event"]
        caller = event["member"]["user"] if "member" in event else event["user"]
        owners = {"authorizing_integration_owners": event["authorizing_integration_owners"]}
        about = {"interaction_metadata": {"id": event["id"], "type": event["type"], "user": caller, **owners}}
        if not body["flags"] & EPHEMERAL:
            stored = self._store(channel, body)
            stored |= {"answers": event["token"], **about}
            return stored
        frame = message_frame(self.channels[channel], user(APP))
        new = {"id": str(next(self._ids)), "flags": body["flags"], "components": body["components"]}
        return {**frame, **new, **about}

    def _check(self, body: Json, schema: str) -> None:
        if found := problems(body) + fits(schema, body):
            raise RefusalError(400, 50035, "Invalid Form Body", found)


def _may_answer(asked: int, kind: int, *, has_message: bool) -> bool:
    """Tell whether an interaction takes an answer of this kind."""
    if asked == AUTOCOMPLETE:
        return kind == CHOICES
    if kind in {UPDATE, LATER_UPDATE}:
        return asked == COMPONENT or (asked == FORM and has_message)
    return kind in {MESSAGE, LATER} or (kind == MODAL and asked != FORM)


_ANSWERS: dict[int, Callable[[Rest, Json, Json], None]] = {
    MESSAGE: Rest._say,
    LATER: Rest._defer,
    LATER_UPDATE: Rest._defer_update,
    UPDATE: Rest._update,
    CHOICES: Rest._choices,
    MODAL: Rest._modal,
}


def _must_fit(schema: str, body: Json) -> None:
    if found := fits(schema, body):
        raise RefusalError(400, 50035, "Invalid Form Body", found)


def fits(schema: str, body: Any) -> list[str]:  # noqa: ANN401  JSON
    """Return where a body does not fit the published schema; nothing without SPECS_DIR."""
    spec = _spec()
    return misfits(spec, schema, body) if spec else []


@cache
def _spec() -> Json | None:
    folder = os.environ.get("SPECS_DIR")
    file = Path(folder, "discord-openapi.json") if folder else None
    return json.loads(file.read_text(encoding="utf-8")) if file and file.exists() else None


_ROUTES = (
    ("GET", r"/users/@me", "me"),
    ("GET", r"/oauth2/applications/@me", "application"),
    ("GET", r"/applications/@me", "application"),
    ("GET", r"/gateway/bot", "gateway"),
    ("PUT", r"/applications/(\d+)/commands", "register"),
    ("GET", r"/applications/(\d+)/commands", "registered"),
    ("GET", r"/channels/(\d+)", "get_channel"),
    ("PATCH", r"/channels/(\d+)", "change_channel"),
    ("POST", r"/channels/(\d+)/messages", "create"),
    ("POST", r"/channels/(\d+)/typing", "typing"),
    ("GET", r"/channels/(\d+)/messages/(\d+)", "message"),
    ("PATCH", r"/channels/(\d+)/messages/(\d+)", "edit"),
    ("DELETE", r"/channels/(\d+)/messages/(\d+)", "remove"),
    ("POST", r"/channels/(\d+)/messages/(\d+)/crosspost", "crosspost"),
    ("POST", r"/channels/(\d+)/messages/(\d+)/threads", "open_thread"),
    ("POST", r"/channels/(\d+)/threads", "forum_post"),
    ("GET", r"/guilds/(\d+)/threads/active", "active"),
    ("GET", r"/guilds/(\d+)/roles", "roles"),
    ("GET", r"/guilds/(\d+)/members/(\d+)", "member"),
    ("POST", r"/users/@me/channels", "open_direct"),
    ("POST", r"/interactions/(\d+)/([^/]+)/callback", "callback"),
    ("GET", r"/webhooks/(\d+)/([^/]+)/messages/@original", "get_original"),
    ("PATCH", r"/webhooks/(\d+)/([^/]+)/messages/@original", "original"),
    ("DELETE", r"/webhooks/(\d+)/([^/]+)/messages/@original", "take_back"),
    ("POST", r"/webhooks/(\d+)/([^/]+)", "follow_up"),
)
