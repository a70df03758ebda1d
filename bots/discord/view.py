"""What Discord adds to the page of ``/settings``: selects for channel, role and sections, a form for the time."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bots.discord.buttons import ACTION_ROW, AGAIN, BUTTON, STRING_SELECT, button_rows
from bots.discord.menu import CHANNELS
from bots.discord.press import HOME, SCOPE
from core.commands.settings_pages import MOST_KINDS
from core.document.nodes import Action
from core.document.text import utf16_length
from core.i18n import mark
from core.render.buttons import token
from core.subscriptions.service import Wish
from core.subscriptions.zones import zone_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bots.discord.answer import Answer
    from bots.discord.press import Place
    from core.digest.sections import Vocabulary
    from core.i18n import Texts
    from core.render.port import Message
    from core.subscriptions.model import Subscription

HOW_TO_ASK: Final = mark("Discord only shows me messages that mention me. Mention me, use /ask, or press the button.")
OWN = "!"
"""Begins the id of a component that no command of the registry stands behind."""
ROLE_SELECT, CHANNEL_SELECT, TEXT_INPUT, TEXT_DISPLAY = 6, 8, 4, 10
ID_LENGTH = 100
_NAMED = re.compile(r"`/(?P<command>[a-z]+)`")
TOGGLES: Final = ("publish", "thread")
TYPED_INSTEAD: Final = frozenset({"settings time", "settings zone"})
TIME, ANOTHER, SECTIONS, ROLE, ASK = (f"{OWN}{name}" for name in ("time", "channel", "sections", "role", "ask"))


def with_controls(
    message: Message, line: str, place: Place, subscription: Subscription, words: tuple[Vocabulary, Texts]
) -> dict[str, Any]:
    """Return the page with Discord's own controls, if ``line`` is one of ``/settings`` that has any."""
    vocabulary, _ = words
    if line.startswith("settings sections"):
        return _with_sections(message.payload, subscription, vocabulary, _)
    payload = deepcopy(message.payload)
    container = payload["components"][0]
    typed = _button(_("Type a time…"), TIME)
    if any(action.command == "unsubscribe" for action in message.actions):
        said = [component for component in container["components"] if component["type"] != ACTION_ROW]
        more = _server_rows(typed, place, subscription, _) if place.guild else [_row(typed)]
        container["components"] = [*said, *button_rows(message.actions), *more]
    elif line in TYPED_INSTEAD:
        container["components"].append(_row(typed))
    return payload


def _with_sections(
    payload: dict[str, Any], subscription: Subscription, vocabulary: Vocabulary, _: Texts
) -> dict[str, Any]:
    """Return the page with one menu of many choices instead of one choice for each press."""
    payload = deepcopy(payload)
    said = {"type": TEXT_DISPLAY, "content": _("Which sections?")}
    back = [_button(_("← Settings"), Action("", "settings").data)]
    everything = [_button(_("All sections"), Action("", "settings", "sections all").data)]
    row = _row(*(everything if subscription.without else []), *back)
    payload["components"][0]["components"] = [said, _sections(subscription, vocabulary, _), row]
    return payload


def _server_rows(typed: dict[str, Any], place: Place, subscription: Subscription, _: Texts) -> Iterator[dict[str, Any]]:
    extras = subscription.extras
    buttons = [typed]
    if place.kind == "announcement":
        buttons.append(_toggle("publish", extras.get("publish") == "on", _))
    if place.kind != "forum" and not place.target.thread:
        buttons.append(_toggle("thread", extras.get("thread") == "on", _))
    yield _row(*buttons)
    yield _row(
        {
            "type": CHANNEL_SELECT,
            "custom_id": ANOTHER,
            "channel_types": list(CHANNELS),
            "placeholder": _("Settings of another channel…"),
        }
    )
    role = extras.get("role")
    chosen = {"default_values": [{"id": role, "type": "role"}]} if role else {}
    mention = {"type": ROLE_SELECT, "custom_id": ROLE, "placeholder": _("Mention a role (off)"), **chosen}
    yield _row({**mention, "min_values": 0, "max_values": 1})


def _toggle(name: str, on: bool, _: Texts) -> dict[str, Any]:  # noqa: FBT001  what a toggle is
    labels = {
        ("publish", True): _("Stop publishing to followers"),
        ("publish", False): _("Publish to followers"),
        ("thread", True): _("Long issues in messages"),
        ("thread", False): _("Long issues in a thread"),
    }
    return _button(labels[name, on], f"{OWN}{name} {'off' if on else 'on'}")


def _sections(subscription: Subscription, vocabulary: Vocabulary, _: Texts) -> dict[str, Any]:
    kinds = vocabulary.kinds[:MOST_KINDS]
    options = [
        {
            "label": f"{vocabulary.emoji(kind)} {vocabulary.name(kind, _.lang) or kind}".strip(),
            "value": kind,
            "default": kind not in subscription.without,
        }
        for kind in kinds
    ]
    return _row(
        {
            "type": STRING_SELECT,
            "custom_id": SECTIONS,
            "options": options,
            "min_values": 1,
            "max_values": len(options),
            "placeholder": _("Sections to get"),
        }
    )


def wish_of(line: str, values: Sequence[str], subscription: Subscription, vocabulary: Vocabulary) -> Wish | None:
    """Return what a control of ours wishes, None if it wishes nothing."""
    name, _space, value = line.removeprefix(OWN).partition(" ")
    if name == "role":
        return Wish(extras={"role": values[0] if values else ""})
    if name in TOGGLES:
        return Wish(extras={name: value if value == "on" else ""})
    if name == "sections":
        offered = frozenset(vocabulary.kinds[:MOST_KINDS])
        return Wish(without=(subscription.without - offered) | (offered - frozenset(values)))
    return None


def time_form(scope: str, subscription: Subscription | None, _: Texts) -> dict[str, Any]:
    """Return a form that asks for a time and a zone."""
    slot = subscription.slot if subscription else None
    fields = (
        ("time", _("Time, and days if you like"), f"{slot.time:%H:%M}" if slot else "", True),
        ("zone", _("City or time zone"), zone_name(slot.zone, _.lang) if slot else "", False),
    )
    return {
        "custom_id": f"{scope}{TIME}",
        "title": _("When should issues come?"),
        "components": [_row(_input(*field)) for field in fields],
    }


def question_form(name: str, _: Texts) -> dict[str, Any]:
    """Return a form that asks for a question: about a message that is remembered under ``name``, or about anything."""
    asked = _input("question", _("Your question"), "", required=True)
    title = _("Ask about this") if name else _("Ask the archive")
    return {"custom_id": f"{ASK} {name}".strip(), "title": title, "components": [_row(asked)]}


def with_question(payload: dict[str, Any], _: Texts) -> dict[str, Any]:
    """Return the page with a button that opens a form for a question."""
    return _with_button(payload, _button(_("Ask a question"), ASK))


def with_commands(payload: dict[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """Return the page with commands that can be pressed, and are called as in each reader's own menu."""
    payload = deepcopy(payload)
    for component in _components(payload["components"]):
        if "content" in component:
            component["content"] = _NAMED.sub(lambda named: _mention(named, ids), component["content"])
    return payload


def _mention(named: re.Match[str], ids: Mapping[str, str]) -> str:
    number = ids.get(named["command"])
    return f"</{named['command']}:{number}>" if number else named[0]


def with_own_chat(answer: Answer, _: Texts) -> Answer:
    """Return the answer with a button that subscribes the direct messages of whoever presses."""
    first, *others = answer.payloads
    subscribe = _button(_("Subscribe my direct messages"), f"{SCOPE}{HOME} subscribe")
    return replace(answer, payloads=[_with_button(first, subscribe), *others])


def _with_button(payload: dict[str, Any], button: dict[str, Any]) -> dict[str, Any]:
    payload = deepcopy(payload)
    payload["components"][0]["components"].append(_row(button))
    return payload


def page_of(line: str) -> str:
    """Return the page of ``/settings`` that one of our controls stands on."""
    return "settings sections" if line == SECTIONS else "settings"


def _input(name: str, label: str, value: str, required: bool) -> dict[str, Any]:  # noqa: FBT001  a row of a table
    given = {"value": value} if value else {}
    return {
        "type": TEXT_INPUT, "custom_id": name, "label": label, "style": 1, "required": required, "max_length": 300,
        **given,
    }  # fmt: skip


def scoped(payload: dict[str, Any], place: Place) -> tuple[dict[str, Any], list[str]]:
    """Let the components act on ``place``; return the lines that need to be remembered, too."""
    if not (place.chosen or place.home):
        return payload, []
    scope = f"{SCOPE}{place.channel if place.chosen else HOME}"
    payload, lines = deepcopy(payload), []
    for component in _components(payload["components"]):
        if "custom_id" in component:
            known = component["custom_id"]
            wanted = f"{scope} {known}"
            if utf16_length(wanted) > ID_LENGTH:
                lines.append(known.partition(" ")[2] if known.startswith(AGAIN) else known)
                wanted = f"{scope} {token(lines[-1])}"
            component["custom_id"] = wanted
    return payload, lines


def placed(payload: dict[str, Any], place: Place, _: Texts) -> dict[str, Any]:
    """Name the place above the page, if it is not the one that the reader is in."""
    if not (place.chosen or place.home):
        return payload
    said = _("For {place}", place=f"<#{place.channel}>") if place.chosen else _("For your direct messages")
    container, *others = payload["components"]
    named = {**container, "components": [{"type": TEXT_DISPLAY, "content": f"-# {said}"}, *container["components"]]}
    return {**payload, "components": [named, *others]}


def scope_of(custom_id: str) -> tuple[str, str]:
    """Return the channel that a component acts on, "" for the one that it stands in, and the rest of its id."""
    if not custom_id.startswith(SCOPE):
        return "", custom_id
    channel, _space, rest = custom_id.removeprefix(SCOPE).partition(" ")
    return channel, rest


def _components(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from _components(component.get("components", []))


def _row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": ACTION_ROW, "components": list(components)}


def _button(label: str, custom_id: str) -> dict[str, Any]:
    return {"type": BUTTON, "style": 2, "label": label, "custom_id": custom_id}
