"""The pages of ``/settings``: all settings at a glance, and one page for each that has many choices."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Final

from core.commands.coming import coming
from core.commands.page import fill, in_rows, instant, page
from core.commands.pause import OFFERED_DAYS
from core.document.build import paragraph, text
from core.document.nodes import Action, Heading, List, ListItem, Paragraph, Strong
from core.i18n import LANGUAGES, language_name, mark
from core.subscriptions.days import WEEKDAYS, WEEKEND
from core.subscriptions.model import EVERY_DAY
from core.subscriptions.when import describe
from core.subscriptions.zones import zone_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.commands.page import Rows
    from core.commands.services import Services
    from core.digest.sections import Vocabulary
    from core.document.nodes import Document
    from core.i18n import Texts
    from core.subscriptions.model import Subscription

TIMES: Final = tuple(time(hour) for hour in (6, 7, 8, 9, 10, 12, 16, 18, 19, 20, 21, 22))
ZONES: Final = (
    "Asia/Shanghai", "Asia/Singapore", "Asia/Tokyo", "Asia/Kolkata", "Australia/Sydney", "Europe/London",
    "Europe/Berlin", "America/Sao_Paulo", "America/New_York", "America/Chicago", "America/Los_Angeles", "UTC",
)  # fmt: skip
MOST_KINDS: Final = 24
_DAY_NAMES: Final = (mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"))


async def overview(subscription: Subscription, services: Services, _: Texts) -> Document:
    """Return the page that shows all settings, with a button to change each."""
    title = _("Settings")
    listed = List(tuple(map(_entry, _state(subscription, services.vocabulary, _))))
    now = services.clock.now()
    until = subscription.paused_until if subscription.paused_until and subscription.paused_until > now else None
    zone = subscription.slot.zone
    paused = [Paragraph(fill(_("Paused until {time}."), time=instant(until, zone, _.lang)))] if until else []
    rows = _buttons(subscription, paused=until is not None, _=_)
    return page(_, title, Heading(2, text(title)), listed, *paused, *await coming(subscription, services, _), rows=rows)


def _entry(entry: tuple[str, str]) -> ListItem:
    name, value = entry
    return ListItem((Paragraph((Strong(text(name)), *text(f" {value}"))),))


def _state(subscription: Subscription, vocabulary: Vocabulary, _: Texts) -> list[tuple[str, str]]:
    left_out = _(", ").join(vocabulary.name(kind, _.lang) or kind for kind in sorted(subscription.without))
    style = {"card": _("one page with buttons"), "full": _("the whole issue")}[subscription.style]
    return [
        (_("When"), describe(subscription.slot, _.lang)),
        (_("Language"), language_name(subscription.lang, _)),
        (_("Style"), style),
        (_("Sections"), _("all but {names}", names=left_out) if left_out else _("all")),
        (_("Sound"), _("silent") if subscription.silent else _("on")),
    ]


def _buttons(subscription: Subscription, *, paused: bool, _: Texts) -> Rows:
    other = next(lang for lang in LANGUAGES if lang != subscription.lang)
    style = ("full", _("Send whole issues")) if subscription.style == "card" else ("card", _("Send one page"))
    silent = ("off", _("Turn sound on")) if subscription.silent else ("on", _("Deliver silently"))
    pause = Action(_("Resume now"), "settings", "pause off") if paused else Action(_("Pause"), "settings", "pause")
    return (
        (
            Action(_("Time"), "settings", "time"),
            Action(_("Time zone"), "settings", "zone"),
            Action(_("Days"), "settings", "days"),
        ),
        (
            Action(_("Issues in {language}", language=language_name(other, _)), "settings", f"lang {other}"),
            Action(_("Sections"), "settings", "sections"),
        ),
        (Action(style[1], "settings", f"style {style[0]}"), Action(silent[1], "settings", f"silent {silent[0]}")),
        (pause, Action(_("Unsubscribe"), "unsubscribe", style="danger")),
    )


def subpage(topic: str, subscription: Subscription, vocabulary: Vocabulary, _: Texts) -> Document:
    """Return the page of ``PAGES`` where one setting is chosen."""
    question, rows = PAGES[topic](subscription, vocabulary, _)
    back = Action(_("← Settings"), "settings")
    return page(_, question, paragraph(question), rows=(*rows, (back,)))


def _choice(label: str, args: str, *, chosen: bool) -> Action:
    return Action(f"✓ {label}" if chosen else label, "settings", args)


def _times(subscription: Subscription, _vocabulary: Vocabulary, _: Texts) -> tuple[str, Rows]:
    now = subscription.slot.time
    choices = [_choice(f"{at:%H:%M}", f"time {at:%H:%M}", chosen=at == now) for at in TIMES]
    hint = _("At what time? For any other, type {example}", example="/settings time 8:45")
    return hint, in_rows(choices, 4)


def _zones(subscription: Subscription, _vocabulary: Vocabulary, _: Texts) -> tuple[str, Rows]:
    now = subscription.slot.zone
    choices = [_choice(zone_name(zone, _.lang), f"zone {zone}", chosen=zone == now) for zone in ZONES]
    return _("Where are you? For any other place, type {example}", example=_("/settings zone Lisbon")), in_rows(choices)


def _days(subscription: Subscription, _vocabulary: Vocabulary, _: Texts) -> tuple[str, Rows]:
    now = subscription.slot.weekdays
    groups = ((_("Every day"), EVERY_DAY, "every day"), (_("Weekdays"), WEEKDAYS, "weekdays"))
    whole = [_choice(label, f"days {args}", chosen=days == now) for label, days, args in groups]
    weekend = _choice(_("Weekend"), "days weekends", chosen=now == WEEKEND)
    single = [_choice(_(name), f"days {day}", chosen=day in now) for day, name in enumerate(_DAY_NAMES, 1)]
    return _("On which days?"), ((*whole, weekend), *in_rows(single, 4))


def _sections(subscription: Subscription, vocabulary: Vocabulary, _: Texts) -> tuple[str, Rows]:
    kinds = vocabulary.kinds[:MOST_KINDS]
    choices = [
        _choice(
            f"{vocabulary.emoji(kind)} {vocabulary.name(kind, _.lang)}".strip(),
            f"sections {kind}",
            chosen=kind not in subscription.without,
        )
        for kind in kinds
    ]
    everything = [Action(_("All sections"), "settings", "sections all")] if subscription.without else []
    rows = in_rows(choices)
    return _("Which sections? Press one to leave it out or bring it back."), (*rows, tuple(everything))


def _pauses(_subscription: Subscription, _vocabulary: Vocabulary, _: Texts) -> tuple[str, Rows]:
    choices = [
        Action(_.plural("{count} day", "{count} days", days), "settings", f"pause {days}") for days in OFFERED_DAYS
    ]
    return _("For how long?"), in_rows(choices)


PAGES: Final[Mapping[str, Callable[[Subscription, Vocabulary, Texts], tuple[str, Rows]]]] = {
    "time": _times,
    "zone": _zones,
    "days": _days,
    "sections": _sections,
    "pause": _pauses,
}
