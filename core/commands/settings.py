"""``/settings``: one page of buttons. Every press changes one thing and shows the page again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NoReturn

from core.commands.issues import parse_lang
from core.commands.model import Command, Parameter, Reply
from core.commands.page import page, with_rows
from core.commands.pause import parse_days
from core.commands.settings_pages import PAGES, overview, subpage
from core.commands.switches import SWITCHES, extras_for, switches
from core.document.build import paragraph
from core.document.nodes import Action
from core.errors import UsageError
from core.i18n import mark, texts
from core.subscriptions.service import Wish
from core.subscriptions.when import parse_when

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.commands.model import Request
    from core.commands.services import Services
    from core.digest.sections import Vocabulary
    from core.i18n import Texts
    from core.subscriptions.model import Slot, Subscription


async def _settings(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    topic, _space, value = (part.strip().casefold() for part in request.args.strip().partition(" "))
    subscription = await services.subscriptions.find(request.target, services.publication.edition)
    if subscription is None:
        said = _("This chat isn't subscribed yet, so there is nothing to set.")
        return Reply(document=page(_, said, paragraph(said), rows=[[Action(_("Subscribe"), "subscribe")]]))
    if topic and topic not in _TOPICS:
        raise UsageError(_("There is no setting “{text}”. Send /settings and press a button.", text=topic[:32]))
    if value:
        subscription = await _change(topic, value, subscription, request, services)
    if topic in PAGES and not (value and topic in _CLOSED_BY_A_CHOICE):
        return Reply(document=subpage(topic, subscription, services.vocabulary, _))
    switched = with_rows(await overview(subscription, services, _), [switches(subscription, request.offers, _)])
    return Reply(document=switched)


async def _change(
    topic: str, value: str, subscription: Subscription, request: Request, services: Services
) -> Subscription:
    service, edition = services.subscriptions, services.publication.edition
    _ = texts(request.lang)
    if topic in SWITCHES:
        wish = Wish(extras=extras_for(topic, value) or _misread(value, _))
        return (await service.change(request.target, edition, wish, speak=_.lang)).after
    if topic != "pause":
        wish = _WISHES[topic](value, subscription, services.vocabulary, _)
        return (await service.change(request.target, edition, wish, speak=_.lang)).after
    if value == "off":
        return (await service.resume(request.target, edition, speak=_.lang)).after
    days = parse_days(value) or _misread(value, _)
    return (await service.pause(request.target, edition, days, speak=_.lang)).after


def _misread(value: str, _: Texts) -> NoReturn:
    raise UsageError(_("“{text}” isn't one of the choices. Send /settings and press a button.", text=value[:32]))


def _when(value: str, subscription: Subscription, _: Texts) -> Slot:
    slot = subscription.slot
    return parse_when(
        value, default_zone=slot.zone, default_time=slot.time, default_weekdays=slot.weekdays, lang=_.lang
    )


def _wish_slot(value: str, subscription: Subscription, _vocabulary: Vocabulary, _: Texts) -> Wish:
    return Wish(slot=_when(value, subscription, _))


def _wish_days(value: str, subscription: Subscription, _vocabulary: Vocabulary, _: Texts) -> Wish:
    slot = subscription.slot
    if value not in set("1234567"):
        return Wish(slot=_when(value, subscription, _))
    return Wish(slot=replace(slot, weekdays=slot.weekdays ^ {int(value)} or slot.weekdays))


def _wish_lang(value: str, _subscription: Subscription, _vocabulary: Vocabulary, _: Texts) -> Wish:
    return Wish(lang=parse_lang(value) or _misread(value, _))


def _wish_sections(value: str, subscription: Subscription, vocabulary: Vocabulary, _: Texts) -> Wish:
    if value == "all":
        return Wish(without=frozenset())
    known = value in subscription.without or value in vocabulary.kinds
    kind = value if known else vocabulary.resolve(value, _.lang) or _misread(value, _)
    return Wish(without=subscription.without ^ {kind})


def _wish_style(value: str, _subscription: Subscription, _vocabulary: Vocabulary, _: Texts) -> Wish:
    return Wish(style="card" if value == "card" else "full" if value == "full" else _misread(value, _))


def _wish_silent(value: str, _subscription: Subscription, _vocabulary: Vocabulary, _: Texts) -> Wish:
    return Wish(silent={"on": True, "off": False}[value] if value in {"on", "off"} else _misread(value, _))


_WISHES: Final[Mapping[str, Callable[[str, Subscription, Vocabulary, Texts], Wish]]] = {
    "time": _wish_slot,
    "zone": _wish_slot,
    "days": _wish_days,
    "lang": _wish_lang,
    "sections": _wish_sections,
    "style": _wish_style,
    "silent": _wish_silent,
}
_TOPICS: Final = frozenset({*_WISHES, *SWITCHES, "pause"})
_CLOSED_BY_A_CHOICE: Final = frozenset({"time", "zone", "pause"})


settings = Command(
    name="settings",
    summary=mark("Time, language, sections and more"),
    handler=_settings,
    parameters=(Parameter(name="setting", kind="text", summary=mark("A setting and its value, such as time 8:45")),),
    audience="manager",
    group="subscribe",
    example="/settings",
)
