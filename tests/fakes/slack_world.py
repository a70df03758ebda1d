"""What stands in workspaces of Slack, and what the methods of its Web API do to that."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from slack_rules import problems
from tests.fakes.slack_scopes import NEEDED, SCOPES
from tests.fakes.slack_views import view_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]

TRIGGER_SECONDS = 3


@dataclass
class Team:
    """A workspace. ``bot`` is the app's user in it; ``channels`` tell whether it is a member.

    ``posters`` are the only ones who may post in a channel; of the ``people`` some have ``left`` it; of ``guests``
    it says what makes them such. Of the ``channels`` some are ``chats`` of several people: an app that is no member of
    one does not see it. Without ``agents`` there is no agent surface.
    """

    id: str
    token: str
    bot: str
    channels: dict[str, bool] = field(default_factory=dict)
    chats: set[str] = field(default_factory=set)
    admins: set[str] = field(default_factory=set)
    locale: str = "en-US"
    zone: str = "Asia/Shanghai"
    can_join: bool = True
    posters: dict[str, set[str]] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    guests: dict[str, Json] = field(default_factory=dict)
    left: dict[str, set[str]] = field(default_factory=dict)
    agents: bool = True
    scopes: frozenset[str] = SCOPES
    slow: float = 0


def needed(method: str, payload: Json, team: Team) -> list[str]:
    """Return the scopes that a call needs: of those that are for one kind of conversation the one of this."""
    kinds = {"public_channel": "channels", "private_channel": "groups", "mpim": "mpim", "im": "im"}
    asked = payload.get("types", _kind_of(payload.get("channel", ""), team)).split(",")
    meant = {kinds[kind] for kind in asked}
    scopes = NEEDED.get(method, ())
    return [one for one in scopes if len(scopes) == 1 or one.partition(":")[0] in meant]


def _is_hidden(channel: str, team: Team) -> bool:
    return channel in team.chats and not team.channels[channel]


def _kind_of(channel: str, team: Team) -> str:
    if channel in team.chats:
        return "mpim"
    return {"D": "im", "G": "private_channel"}.get(channel[:1], "public_channel")


class World:
    """Workspaces with their messages and views."""

    def __init__(self) -> None:
        self.teams: dict[str, Team] = {}
        self.messages: dict[tuple[str, str, str], Json] = {}
        self.views: dict[str, Json] = {}
        self.written: set[tuple[str, str, str]] = set()
        self._triggers: dict[str, float] = {}
        self._numbers = count(1)

    def team(self, id: str, **about: Any) -> Team:  # noqa: A002, ANN401  any field
        """Make a workspace."""
        made = Team(id=id, token=f"xoxb-{id}", bot=f"UBOT{id}", **about)
        self.teams[id] = made
        return made

    def posts(self, channel: str) -> list[Json]:
        """Return the messages that stand in a channel, threads included, in their order."""
        return [said for (_team, place, _ts), said in sorted(self.messages.items()) if place == channel]

    def trigger(self) -> str:
        """Return what opens one view, within three seconds."""
        name = f"trigger{next(self._numbers)}"
        self._triggers[name] = time.monotonic()
        return name

    def stamp(self) -> str:
        """Return the next timestamp."""
        return f"{int(time.time())}.{next(self._numbers):06d}"

    def do(self, method: str, payload: Json, team: Team) -> Json:
        lacking = [scope for scope in needed(method, payload, team) if scope not in team.scopes]
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
        about: Json = {"tz": team.zone, "locale": team.locale, "is_admin": user in team.admins, "team_id": team.id}
        about |= team.guests.get(user, {})
        return {"user": {"id": user, "profile": {"display_name": "", "real_name": f"Name of {user}"}, **about}}

    def _chat_postMessage(self, payload: Json, team: Team) -> Json:  # noqa: N802  Slack's name
        channel = payload.get("channel", "")
        if not channel.startswith("D") and (channel not in team.channels or _is_hidden(channel, team)):
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

    def _chat_postEphemeral(self, payload: Json, team: Team) -> Json:  # noqa: N802  Slack's name
        if not team.channels.get(payload["channel"]):
            return {"error": "channel_not_found" if payload["channel"] not in team.channels else "not_in_channel"}
        if not payload.get("user"):
            return {"error": "user_not_in_channel"}
        shown = {name: payload[name] for name in payload.keys() - {"channel", "user", "thread_ts"}}
        if wrong := problems(shown | {"unfurl_links": False, "unfurl_media": False}):
            return {"error": "invalid_blocks", "response_metadata": {"messages": wrong}}
        return {"message_ts": self.stamp()}

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
        if not payload["channel"].startswith("C") or payload["channel"] in team.chats or not team.can_join:
            return {"error": "method_not_supported_for_channel_type"}
        team.channels[payload["channel"]] = True
        return {}

    def _conversations_info(self, payload: Json, team: Team) -> Json:
        if payload["channel"] not in team.channels or _is_hidden(payload["channel"], team):
            return {"error": "channel_not_found"}
        channel = {"id": payload["channel"], "is_member": team.channels[payload["channel"]], "properties": {}}
        if payload["channel"] in team.posters:
            channel["properties"]["posting_restricted_to"] = {"user": sorted(team.posters[payload["channel"]])}
        return {"channel": channel}

    def _users_conversations(self, payload: Json, team: Team) -> Json:
        """Return eight channels a page, whatever was asked for; of private ones those that the app is in."""
        if int(payload.get("limit", 100)) > 999:
            return {"error": "invalid_limit"}
        user = payload["user"]
        chats = payload.get("types") == "mpim"
        seen = [name for name, ours in team.channels.items() if ours or (name.startswith("C") and not chats)]
        seen = [name for name in seen if (name in team.chats) is chats]
        theirs = [{"id": name} for name in seen if user in team.people - team.left.get(name, set())]
        begin = int(payload.get("cursor") or 0)
        more = str(begin + 8) if begin + 8 < len(theirs) else ""
        return {"channels": theirs[begin : begin + 8], "response_metadata": {"next_cursor": more}}

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
