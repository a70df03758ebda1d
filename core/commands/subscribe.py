"""``/subscribe [time] [zone]`` and ``/unsubscribe``."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from core.commands.coming import coming
from core.commands.issues import parse_lang, zone_of
from core.commands.model import Command, Parameter, Reply
from core.commands.page import in_rows, page
from core.document.build import paragraph
from core.document.nodes import Action
from core.i18n import mark, texts
from core.subscriptions.model import EVERY_DAY
from core.subscriptions.when import describe, parse_when

if TYPE_CHECKING:
    from core.commands.model import Request
    from core.commands.services import Services
    from core.document.nodes import Document
    from core.i18n import Texts
    from core.subscriptions.model import Slot, Subscription

HOURS = tuple(time(hour) for hour in (7, 8, 9, 12, 18, 21))
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


async def _subscribe(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    service, edition = services.subscriptions, services.publication.edition
    before = await service.find(request.target, edition)
    args, lang = _without_lang(request.args)
    if before and not (args or lang):
        said = _("This chat is subscribed: {when}.", when=describe(before.slot, _.lang))
        return Reply(document=await _page(said, before, services, _))
    slot = await _slot(args, before, request, services)
    wanted = lang or (before.lang if before else _.lang)
    outcome = await service.subscribe(request.target, edition, slot=slot, lang=wanted, by=request.user)
    when = describe(outcome.after.slot, _.lang)
    said = _("Changed: {when}.", when=when) if before else _("Subscribed: {when}.", when=when)
    return Reply(document=await _page(said, outcome.after, services, _))


async def _slot(args: str, before: Subscription | None, request: Request, services: Services) -> Slot:
    return parse_when(
        args,
        default_zone=await zone_of(request, services),
        default_time=before.slot.time if before else services.publication.time,
        default_weekdays=before.slot.weekdays if before else EVERY_DAY,
        lang=request.lang,
    )


def _without_lang(args: str) -> tuple[str, str | None]:
    words = args.split()
    named = [word for word in words if parse_lang(word)]
    return " ".join(word for word in words if word not in named), parse_lang(named[-1]) if named else None


async def _page(said: str, subscription: Subscription, services: Services, _: Texts) -> Document:
    hours = [
        Action(f"✓ {hour:%H:%M}" if hour == subscription.slot.time else f"{hour:%H:%M}", "subscribe", f"{hour:%H:%M}")
        for hour in HOURS
    ]
    stop = Action(_("Unsubscribe"), "unsubscribe")
    return page(
        _,
        said,
        paragraph(said),
        *await coming(subscription, services, _),
        paragraph(_("Prefer another time? Pick one, or type it: {example}", example=_("/subscribe 8:30 Shanghai"))),
        rows=[*in_rows(hours), [Action(_("Time zone"), "settings", "zone"), Action(_("Settings"), "settings")], [stop]],
    )


async def _unsubscribe(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    edition = services.publication.edition
    outcome = await services.subscriptions.unsubscribe(request.target, edition, speak=_.lang)
    said = _("Unsubscribed. No more issues will come to this chat.")
    undo = Action(_("Undo"), "subscribe", in_words(outcome.after))
    return Reply(document=page(_, said, paragraph(said), rows=[[undo]]))


def in_words(subscription: Subscription) -> str:
    """Return the arguments of ``/subscribe`` that bring this subscription back."""
    slot = subscription.slot
    days = ",".join(_DAYS[day - 1] for day in sorted(slot.weekdays))
    return f"{slot.time:%H:%M} {slot.zone} {days} {subscription.lang}"


subscribe = Command(
    name="subscribe",
    summary=mark("Get each issue at the time you choose"),
    handler=_subscribe,
    parameters=(
        Parameter(name="time", kind="time", summary=mark("When, such as 8:30 or 8pm; also days, such as weekdays")),
        Parameter(name="zone", kind="zone", summary=mark("Where you are: a city or a time zone")),
    ),
    audience="manager",
    group="subscribe",
    example=mark("/subscribe 8:30 Shanghai"),
)
unsubscribe = Command(
    name="unsubscribe",
    summary=mark("Stop getting issues"),
    handler=_unsubscribe,
    audience="manager",
    group="subscribe",
    example="/unsubscribe",
)
