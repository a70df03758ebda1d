"""Modals and the home tab, as Slack's views. Pure. https://docs.slack.dev/reference/views/modal-views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.document.nodes import Text
from core.document.text import plain, truncate
from core.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.i18n import Texts
    from core.render.port import Message
    from core.subscriptions.model import Subscription

Json = dict[str, Any]

TITLE = 24
MOST_BLOCKS = 100
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def modal(title: str, message: Message, target: str, _: Texts) -> Json:
    """Return a reply as a modal; its buttons go on in it."""
    return {
        "type": "modal",
        "callback_id": "reply",
        "private_metadata": target,
        "title": words(title, TITLE),
        "close": words(_("Close"), TITLE),
        "blocks": message.payload["blocks"][:MOST_BLOCKS],
    }


def question(title: str, target: str, _: Texts, *, text: str = "") -> Json:
    """Return the modal that asks for words to search."""
    initial = {"initial_value": text} if text else {}
    return {
        "type": "modal",
        "callback_id": "search",
        "private_metadata": target,
        "title": words(title, TITLE),
        "submit": words(_("Search"), TITLE),
        "close": words(_("Close"), TITLE),
        "blocks": [
            {
                "type": "input",
                "block_id": "words",
                "label": words(_("Words to search for"), 2000),
                "element": {"type": "plain_text_input", "action_id": "value", "max_length": 300, **initial},
            }
        ],
    }


def settings_form(subscription: Subscription | None, wish: Mapping[str, str], target: str, _: Texts) -> Json:
    """Return the form of a subscription; ``wish`` has ``time``, ``zone`` and ``lang`` for a new one."""
    slot = subscription.slot if subscription else None
    time = f"{slot.time:%H:%M}" if slot else wish["time"]
    names = {"zh": "中文", "en": "English"}
    langs = [_option(names[lang], lang) for lang in LANGUAGES]
    lang = subscription.lang if subscription else wish["lang"]
    styles = [_option(_("Card, details in the thread"), "card"), _option(_("The whole issue"), "full")]
    style = subscription.style if subscription else "card"
    labels = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    days = [_option(label, day) for label, day in zip(labels, DAYS, strict=True)]
    chosen = [days[day - 1] for day in sorted(slot.weekdays)] if slot else days
    zone = slot.zone if slot else wish["zone"]
    return {
        "type": "modal",
        "callback_id": "settings",
        "private_metadata": target,
        "title": words(_("Settings"), TITLE),
        "submit": words(_("Save"), TITLE),
        "close": words(_("Close"), TITLE),
        "blocks": [
            _input("time", _("Time"), {"type": "timepicker", "initial_time": time}),
            _input("zone", _("Time zone"), {"type": "plain_text_input", "initial_value": zone, "max_length": 64}),
            _input("days", _("Days"), {"type": "checkboxes", "options": days, "initial_options": chosen}),
            _select("lang", _("Language"), langs, lang),
            _select("style", _("Style"), styles, style),
        ],
    }


def wishes(values: Mapping[str, Any]) -> dict[str, str]:
    """Read what a submitted form says, by the name of its inputs."""
    read: dict[str, str] = {}
    for name, block in values.items():
        state = block["value"]
        if "selected_options" in state:
            read[name] = ",".join(option["value"] for option in state["selected_options"])
        else:
            chosen = (state.get("selected_option") or {}).get("value")
            read[name] = str(chosen or state.get("selected_time") or state.get("value") or "")
    return read


def home(card: Message, state: Message, _: Texts) -> Json:
    """Return the home tab: what the reader gets, ways to go on, and today's card."""
    rows = [
        {
            "type": "actions",
            "elements": [
                button(_("Settings"), "form:settings", "home_settings"),
                button(_("Search"), "form:search", "home_search"),
                button(_("Help"), "help", "home_help"),
            ],
        }
    ]
    parts = [*_own(state, "s"), *rows, {"type": "divider"}, *_own(card, "c")]
    return {"type": "home", "blocks": parts[:MOST_BLOCKS]}


def _own(message: Message, prefix: str) -> list[Json]:
    """Return the message's blocks with names that no other part of the view has."""
    made: list[Json] = []
    for block in message.payload["blocks"]:
        if block["type"] != "actions":
            made.append(block)
            continue
        named = [{**one, "action_id": f"{prefix}_{one['action_id']}"} for one in block["elements"]]
        made.append({**block, "elements": named})
    return made


def words(text: str, length: int) -> Json:
    """Return plain text of at most ``length`` characters."""
    return {"type": "plain_text", "text": plain(truncate((Text(text),), length)), "emoji": True}


def button(label: str, value: str, action_id: str) -> Json:
    """Return a button."""
    return {"type": "button", "text": words(label, 75), "value": value, "action_id": action_id}


def _option(label: str, value: str) -> Json:
    return {"text": words(label, 75), "value": value}


def _input(name: str, label: str, element: Json) -> Json:
    made = {**element, "action_id": "value"}
    return {"type": "input", "block_id": name, "label": words(label, 2000), "element": made}


def _select(name: str, label: str, options: Sequence[Json], value: str) -> Json:
    initial = next((one for one in options if one["value"] == value), options[0])
    return _input(name, label, {"type": "static_select", "options": list(options), "initial_option": initial})
