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
from core.i18n import mark, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.i18n import Texts

Json = dict[str, Any]

ROUTES = {"events": "/slack/events", "redirect": "/slack/oauth_redirect"}
SHORTCUTS = (
    (mark("Today's issue"), "global", "today", mark("Open today's issue")),
    (mark("Explain this"), "message", "explain", mark("What the archive says about a message")),
    (mark("Ask about this"), "message", "ask", mark("Ask the archive about a message")),
)


def manifest(*, name: str, prefix: str = "", url: str = "", http: bool = False, many: bool = False, lang: str) -> Json:
    """Return the manifest of an app, described in a language.

    Over ``http`` requests come to the public ``url``, else over Socket Mode. ``many`` workspaces may install the app
    over OAuth, which sends their visitor back to the ``url``.
    """
    _ = texts(lang)
    events = {"request_url": url + ROUTES["events"]} if http else {}
    return {
        "display_information": {
            "name": name,
            "description": _("The daily issue, at your hour, and answers from its archive"),
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "agent_view": {"agent_description": _("Ask about anything that was in an issue")},
            "bot_user": {"display_name": name, "always_online": True},
            "shortcuts": [
                {"name": _(label), "type": kind, "callback_id": callback, "description": _(said)}
                for label, kind, callback, said in SHORTCUTS
            ],
            "slash_commands": list(_commands(prefix, url if http else "", _)),
        },
        "oauth_config": {
            **({"redirect_urls": [url + ROUTES["redirect"]]} if url and many else {}),
            "scopes": {"bot": sorted(SCOPES)},
        },
        "settings": {
            "event_subscriptions": {**events, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **events},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not http,
            "token_rotation_enabled": many,
        },
    }


def _commands(prefix: str, base_url: str, _: Texts) -> Iterator[Json]:
    url = {"url": base_url + ROUTES["events"]} if base_url else {}
    rest = {"should_escape": False, **url}
    own = {"description": _("Any command or question"), "usage_hint": f"today | {_('what is MoE?')}"}
    yield {"command": f"/{OWN}", **own, **rest}
    for command in COMMANDS.values():
        if command.menu:
            hint = " ".join(f"[{parameter.name}]" for parameter in command.parameters)
            shown = {"command": f"/{slash_name(command.name, prefix)}", "description": _(command.summary)}
            yield {**shown, **({"usage_hint": hint} if hint else {}), **rest}


def main() -> None:
    """Print the manifest for the settings, as YAML. An address that it needs and that is not set ends the program."""
    settings = Settings()
    slack, url = settings.slack, settings.desk.base_url
    http, many = slack.app_token is None and slack.signing_secret is not None, bool(slack.client_id)
    if (http or many) and not url:
        sys.exit("Set PAPERBOY_DESK__BASE_URL to the public https address: Slack has to know it.")
    made = manifest(name=settings.name, prefix=slack.prefix, url=url, http=http, many=many, lang=settings.lang)
    sys.stdout.write(written(made))


def written(made: Json) -> str:
    """Return a manifest as YAML."""
    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=120)


if __name__ == "__main__":
    main()
