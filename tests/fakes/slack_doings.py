"""What Slack sends to an app when somebody in a workspace does something."""

from __future__ import annotations

import time
from typing import Any

from tests.fakes.slack_views import find_element, untouched
from tests.fakes.slack_world import World

Json = dict[str, Any]


class Doings(World):
    """Payloads of commands, events, presses, forms and shortcuts."""

    url = ""

    def slash(self, team: str, channel: str, user: str, line: str) -> Json:
        """Return the payload of a slash command."""
        self.teams[team].people.add(user)
        command, _, text = line.partition(" ")
        return {
            "command": command,
            "text": text,
            "team_id": team,
            "channel_id": channel,
            "channel_name": self._name_of(team, channel),
            "user_id": user,
            "trigger_id": self.trigger(),
            "response_url": f"{self.url.removesuffix('/api/')}/respond/{team}/{channel}/{next(self._numbers)}",
            "api_app_id": "A1",
        }

    def _name_of(self, team: str, channel: str) -> str:
        if channel in self.teams[team].chats:
            return "mpdm-ann--bob--paperboy-1"
        return {"D": "directmessage", "G": "privategroup"}.get(channel[:1], "general")

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
            "channel": {"id": channel, "name": self._name_of(team, channel)},
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
        filled = {block["block_id"]: {"value": untouched(block["element"])} for block in inputs}
        state = {"values": filled | {name: {"value": value} for name, value in values.items()}}
        return {
            "type": "view_submission",
            "team": {"id": team},
            "user": {"id": user, "team_id": team},
            "view": {"team_id": team, "state": state, **view},
            "trigger_id": self.trigger(),
            "api_app_id": "A1",
        }

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
