"""Modals and the home tab, as Slack's views. Pure. https://docs.slack.dev/reference/views/modal-views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.document.nodes import Text
from core.document.text import plain, truncate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.i18n import Texts
    from core.render.port import Message

Json = dict[str, Any]

TITLE = 24
MOST_BLOCKS = 100
EDIT, SEARCH, HELP, MANAGERS = "form:settings", "form:search", "help", "managers:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A subscription on the home tab: where it goes (mrkdwn of ours), its target's key, and what it brings."""

    place: str
    target: str
    message: Message


def place_of(channel: str, _: Texts) -> str:
    """Return what a subscription's place is called, to a reader who may have one there: mrkdwn of ours."""
    return _("Direct messages to you") if channel.startswith("D") else f"<#{channel}>"


def modal(title: str, message: Message, target: str, _: Texts) -> Json:
    """Return a reply as a modal; its buttons go on in it."""
    return _modal("reply", title, target, message.payload["blocks"][:MOST_BLOCKS], _)


def waiting(title: str, _: Texts) -> Json:
    """Return the modal that stands there until the reply does."""
    said = {"type": "context", "elements": [words(_("One moment…"), 150)]}
    return _modal("reply", title, "", [said], _)


def question(title: str, target: str, _: Texts) -> Json:
    """Return the modal that asks for words to search."""
    field = {
        "type": "input",
        "block_id": "words",
        "label": words(_("Words to search for"), 2000),
        "element": {"type": "plain_text_input", "action_id": "value", "max_length": 300},
    }
    return {**_modal("search", title, target, [field], _), "submit": words(_("Search"), TITLE)}


def _modal(name: str, title: str, target: str, blocks: list[Json], _: Texts) -> Json:
    return {
        "type": "modal",
        "callback_id": name,
        **({"private_metadata": target} if target else {}),
        "title": words(title, TITLE),
        "close": words(_("Close"), TITLE),
        "blocks": blocks,
    }


def home(card: Message, rows: Sequence[Row], own: str, managers: str, _: Texts) -> Json:
    """Return the home tab: what the reader gets, ways to go on, and today's card.

    ``own`` is the key of the reader's direct chat. ``managers`` says, to an admin, who may subscribe channels.
    """
    blocks = [_header(_("Your subscriptions")), *_subscriptions(rows, own, _)]
    more = [button(_("Search"), SEARCH, "home_search"), button(_("Help"), HELP, "home_help")]
    blocks.append({"type": "actions", "elements": more})
    blocks += _for_admins(managers, _)
    blocks += [{"type": "divider"}, *_own(card, "card")]
    return {"type": "home", "blocks": blocks[:MOST_BLOCKS]}


def _subscriptions(rows: Sequence[Row], own: str, _: Texts) -> list[Json]:
    blocks: list[Json] = []
    for number, row in enumerate(rows):
        edit = button(_("Edit"), f"{EDIT} {row.target}", f"home_edit_{number}")
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": row.place}, "accessory": edit})
        blocks += _own(row.message, f"row_{number}")
    if all(row.target != own for row in rows):
        said = _("Nothing comes to your direct messages yet.")
        subscribe = {**button(_("Subscribe"), f"{EDIT} {own}", "home_subscribe"), "style": "primary"}
        blocks.append({"type": "section", "text": words(said, 3000), "accessory": subscribe})
    return blocks


def _for_admins(managers: str, _: Texts) -> list[Json]:
    if not managers:
        return []
    limited = managers == "admins"
    said = _("Only admins may subscribe channels.") if limited else _("Everybody may subscribe their channels.")
    label, value = (_("Let everybody"), "members") if limited else (_("Only admins"), "admins")
    change = button(label, f"{MANAGERS}{value}", "home_managers")
    return [{"type": "section", "text": words(said, 3000), "accessory": change}]


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


def _header(text: str) -> Json:
    return {"type": "header", "text": words(text, 150)}


def words(text: str, length: int) -> Json:
    """Return plain text of at most ``length`` characters."""
    return {"type": "plain_text", "text": plain(truncate((Text(text),), length)), "emoji": True}


def button(label: str, value: str, action_id: str) -> Json:
    """Return a button."""
    return {"type": "button", "text": words(label, 75), "value": value, "action_id": action_id}
