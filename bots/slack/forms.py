"""The form of a subscription, and what a submitted one says. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bots.slack.views import TITLE, button, words
from core.subscriptions.service import Wish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.digest.sections import Vocabulary
    from core.i18n import Texts
    from core.subscriptions.model import Subscription

Json = dict[str, Any]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMES = {"zh": "中文", "en": "English"}
MOST_SECTIONS = 100
"""What one menu takes. https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What the form of a new subscription begins with."""

    time: str
    zone: str
    lang: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a submitted form asks for: when, as ``/subscribe`` and ``/settings time`` take it, and wishes on top."""

    when: str
    wish: Wish


def settings_form(
    subscription: Subscription | None, defaults: Defaults, vocabulary: Vocabulary, target: str, place: str, _: Texts
) -> Json:
    """Return the form of a subscription, or of a new one, with the name of its ``place`` (mrkdwn of ours) above."""
    slot = subscription.slot if subscription else None
    time = f"{slot.time:%H:%M}" if slot else defaults.time
    zone = slot.zone if slot else defaults.zone
    return {
        "type": "modal",
        "callback_id": "settings",
        "private_metadata": target,
        "title": words(_("Settings") if subscription else _("Subscribe"), TITLE),
        "submit": words(_("Save") if subscription else _("Subscribe"), TITLE),
        "close": words(_("Close"), TITLE),
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": place}},
            _input("time", _("Time"), {"type": "timepicker", "initial_time": time}),
            _zone(zone, _),
            _days(subscription, _),
            _select("lang", _("Language"), NAMES, subscription.lang if subscription else defaults.lang),
            _style(subscription, _),
            _place(subscription, _),
            _sections(subscription, vocabulary, _),
            *([_endings(subscription, _)] if subscription else []),
        ],
    }


def _zone(zone: str, _: Texts) -> Json:
    element = {"type": "plain_text_input", "initial_value": zone, "max_length": 64}
    return {**_input("zone", _("Time zone"), element), "hint": words(_("Where you are: a city or a time zone"), 2000)}


def _endings(subscription: Subscription, _: Texts) -> Json:
    """Return buttons that leave the form: a pause, or the end of the subscription."""
    resume = button(_("Resume now"), "settings pause off", "form_resume")
    pause = resume if subscription.paused_until else button(_("Pause"), "settings pause", "form_pause")
    stop = {**button(_("Unsubscribe"), "unsubscribe", "form_stop"), "style": "danger"}
    return {"type": "actions", "elements": [pause, stop]}


def _days(subscription: Subscription | None, _: Texts) -> Json:
    labels = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    days = [_option(label, day) for label, day in zip(labels, DAYS, strict=True)]
    chosen = [days[day - 1] for day in sorted(subscription.slot.weekdays)] if subscription else days
    return _input("days", _("Days"), {"type": "checkboxes", "options": days, "initial_options": chosen})


def _style(subscription: Subscription | None, _: Texts) -> Json:
    names = {"card": _("A card"), "full": _("The whole issue")}
    return _select("style", _("Style"), names, subscription.style if subscription else "card")


def _place(subscription: Subscription | None, _: Texts) -> Json:
    names = {"on": _("Details in the thread"), "off": _("Details outside the thread")}
    turned = (subscription.extras.get("thread") if subscription else "") or "on"
    return _select("thread", _("Details"), names, turned)


def _sections(subscription: Subscription | None, vocabulary: Vocabulary, _: Texts) -> Json:
    options = [
        _option(f"{vocabulary.emoji(kind)} {vocabulary.name(kind, _.lang)}".strip(), kind)
        for kind in vocabulary.kinds[:MOST_SECTIONS]
    ]
    without = subscription.without if subscription else frozenset()
    chosen = [option for option in options if option["value"] not in without]
    menu = {"type": "multi_static_select", "options": options, "placeholder": words(_("All sections"), 150)}
    initial = {"initial_options": chosen} if chosen else {}
    return {**_input("sections", _("Sections"), {**menu, **initial}), "optional": True}


def read_form(values: Mapping[str, Any], without: frozenset[str], vocabulary: Vocabulary) -> Form:
    """Read a submitted form; ``without`` are the sections left out until now, and none chosen means all."""
    said = {name: read_value(block["value"]) for name, block in values.items()}
    shown = frozenset(vocabulary.kinds[:MOST_SECTIONS])
    chosen = shown & set(said["sections"].split(",")) or shown
    return Form(
        when=" ".join(filter(None, (said["time"], said["zone"], said["days"]))),
        wish=Wish(
            lang=said["lang"],
            style="full" if said["style"] == "full" else "card",
            without=(without - shown) | (shown - chosen),
            extras={"thread": "off" if said["thread"] == "off" else ""},
        ),
    )


def read_value(state: Mapping[str, Any]) -> str:
    """Return what an input holds; several choices are joined with commas."""
    if "selected_options" in state:
        return ",".join(option["value"] for option in state["selected_options"])
    chosen = (state.get("selected_option") or {}).get("value")
    return str(chosen or state.get("selected_time") or state.get("value") or "")


def _option(label: str, value: str) -> Json:
    return {"text": words(label, 75), "value": value}


def _input(name: str, label: str, element: Json) -> Json:
    made = {**element, "action_id": "value"}
    return {"type": "input", "block_id": name, "label": words(label, 2000), "element": made}


def _select(name: str, label: str, names: Mapping[str, str], value: str) -> Json:
    options = [_option(text, key) for key, text in names.items()]
    initial = next((one for one in options if one["value"] == value), options[0])
    return _input(name, label, {"type": "static_select", "options": options, "initial_option": initial})
