"""The app's manifest, made from the registry: ``python -m bots.slack.manifest`` prints one for the settings.

https://docs.slack.dev/reference/app-manifest
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import yaml

from bots.settings import Settings
from bots.slack.names import OWN, slash_name
from bots.slack.scopes import EVENTS, SCOPES
from core.commands.registry import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]

ROUTES = {"events": "/slack/events", "redirect": "/slack/oauth_redirect"}
SHORTCUTS = (
    ("Today's issue", "global", "today", "Open today's issue"),
    ("Explain this", "message", "explain", "What the archive says about a message"),
    ("Ask about this", "message", "ask", "Ask the archive about a message"),
)


def manifest(*, name: str, prefix: str = "", base_url: str = "", many: bool = False) -> Json:
    """Return the manifest of an app; with ``base_url`` requests come over HTTP, else over Socket Mode.

    ``many`` workspaces may install it over OAuth.
    """
    events = {"request_url": base_url + ROUTES["events"]} if base_url else {}
    return {
        "display_information": {
            "name": name,
            "description": "The daily issue, at your hour, and answers from its archive",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "agent_view": {"agent_description": "Ask about anything that was in an issue"},
            "bot_user": {"display_name": name, "always_online": True},
            "shortcuts": [
                {"name": label, "type": kind, "callback_id": callback, "description": said}
                for label, kind, callback, said in SHORTCUTS
            ],
            "slash_commands": list(_commands(prefix, base_url)),
        },
        "oauth_config": {
            **({"redirect_urls": [base_url + ROUTES["redirect"]]} if base_url and many else {}),
            "scopes": {"bot": sorted(SCOPES)},
        },
        "settings": {
            "event_subscriptions": {**events, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **events},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not base_url,
            "token_rotation_enabled": many,
        },
    }


def _commands(prefix: str, base_url: str) -> Iterator[Json]:
    url = {"url": base_url + ROUTES["events"]} if base_url else {}
    rest = {"should_escape": False, **url}
    own = {"command": f"/{OWN}", "description": "Any command or question", "usage_hint": "today | what is MoE?"}
    yield {**own, **rest}
    for command in COMMANDS.values():
        if command.menu:
            hint = " ".join(f"[{parameter.name}]" for parameter in command.parameters)
            shown = {"command": f"/{slash_name(command.name, prefix)}", "description": command.summary}
            yield {**shown, **({"usage_hint": hint} if hint else {}), **rest}


def main() -> None:
    """Print the manifest for the settings, as YAML."""
    settings = Settings()
    slack = settings.slack
    made = manifest(
        name=settings.name,
        prefix=slack.prefix,
        base_url=settings.desk.base_url if slack.app_token is None and slack.signing_secret else "",
        many=bool(slack.client_id),
    )
    sys.stdout.write(written(made))


def written(made: Json) -> str:
    """Return a manifest as YAML."""
    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=120)


if __name__ == "__main__":
    main()
