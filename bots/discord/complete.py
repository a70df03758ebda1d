"""Choices while somebody types an option."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from core.commands.issues import parse_wanted, today_of
from core.commands.pause import OFFERED_DAYS
from core.commands.registry import COMMANDS
from core.commands.settings_pages import TIMES
from core.digest.present import long_date
from core.i18n import LANGUAGES, language_name, texts
from core.subscriptions.fold import fold
from core.subscriptions.zones import cities, read_zone, zone_name

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from core.commands.model import Request
    from core.commands.services import Services

    Choices = Iterable[tuple[str, str]]

MOST = 25
LONGEST = 100
DAYS_BACK = 200
FIXED = "Etc/"
"""Begins zones that are no places; the signs in their names are the other way round, and for nobody to read."""


async def choices(data: Mapping[str, Any], request: Request, services: Services) -> list[dict[str, str]]:
    """Return what the option that is being typed can be; ``request`` says where and in which language."""
    typed = next((option for option in data.get("options", []) if option.get("focused")), None)
    command = COMMANDS.get(data["name"])
    if typed is None or command is None:
        return []
    kind = next((each.kind for each in command.parameters if each.name == typed["name"]), "text")
    offer = _OFFERS.get(typed["name"]) or _OFFERS.get(kind)
    found = await offer(str(typed.get("value", "")).strip(), request, services) if offer else ()
    unique = {value[:LONGEST]: name[:LONGEST] for name, value in found if name and value}
    return [{"name": name, "value": value} for value, name in unique.items()][:MOST]


async def _dates(typed: str, request: Request, services: Services) -> Choices:
    today = await today_of(request, services)
    edition = services.publication.edition
    mine = await services.archive.heads(edition=edition, lang=request.lang, until=today, limit=DAYS_BACK)
    heads = mine or await services.archive.heads(edition=edition, until=today, limit=DAYS_BACK)
    lang = texts(request.lang).lang
    named = [(f"{long_date(head.ref.date, lang)} · {head.title}", head.ref.date.isoformat()) for head in heads]
    wanted = parse_wanted(typed, today)
    if wanted.day is None or wanted.rest:
        return _fitting(typed, named)
    day = wanted.day.isoformat()
    return [(name, value) for name, value in named if value == day] or [(long_date(wanted.day, lang), day)]


async def _sections(typed: str, request: Request, services: Services) -> Choices:
    words = services.vocabulary
    lang = texts(request.lang).lang
    return _fitting(typed, [(f"{words.emoji(kind)} {words.name(kind, lang)}".strip(), kind) for kind in words.kinds])


async def _terms(typed: str, request: Request, services: Services) -> Choices:
    terms = await services.search.terms(lang=request.lang)
    near = get_close_matches(typed, terms, n=5, cutoff=0.4) if typed else []
    return [
        (term, term)
        for term in dict.fromkeys([*(value for _, value in _fitting(typed, zip(terms, terms, strict=True))), *near])
    ]


async def _words(typed: str, request: Request, services: Services) -> Choices:
    if not typed:
        return await _terms(typed, request, services)
    found = await services.search.search(typed, lang=request.lang, limit=10)
    return [(typed, typed), *((hit.title, hit.title) for hit in found.hits)]


async def _zones(typed: str, request: Request, _services: Services) -> Choices:
    return _zones_like(typed, texts(request.lang).lang)


async def _times(typed: str, _request: Request, _services: Services) -> Choices:
    usual = [f"{at:%H:%M}" for at in TIMES]
    return _fitting(typed, zip(usual, usual, strict=True)) or ([(typed, typed)] if typed else [])


async def _settings(typed: str, request: Request, _services: Services) -> Choices:
    topic, _space, rest = typed.partition(" ")
    _ = texts(request.lang)
    if topic == "zone":
        named = _zones_like(rest, _.lang)
        return [(f"{_('Time zone')} {name}", f"zone {value}") for name, value in named]
    lines = [
        *((f"{_('Time')} {at:%H:%M}", f"time {at:%H:%M}") for at in TIMES),
        (_("Every day"), "days every day"), (_("Weekdays"), "days weekdays"), (_("Weekend"), "days weekends"),
        *((_("Issues in {language}", language=language_name(lang, _)), f"lang {lang}") for lang in LANGUAGES),
        (_("Send one page"), "style card"), (_("Send whole issues"), "style full"),
        (_("Deliver silently"), "silent on"), (_("Turn sound on"), "silent off"), (_("Sections"), "sections"),
        (_("Resume now"), "pause off"),
    ]  # fmt: skip
    return [*([(typed, typed)] if typed else []), *_fitting(typed, lines)]


async def _days(typed: str, request: Request, _services: Services) -> Choices:
    _ = texts(request.lang)
    offered = [(_.plural("{count} day", "{count} days", days), str(days)) for days in OFFERED_DAYS]
    return _fitting(typed, offered) or ([(typed, typed)] if typed else [])


async def _commands(typed: str, request: Request, _services: Services) -> Choices:
    _ = texts(request.lang)
    named = [(f"/{command.name} · {_(command.summary)}", command.name) for command in COMMANDS.values() if command.menu]
    return _fitting(typed, named)


def _zones_like(typed: str, lang: str) -> list[tuple[str, str]]:
    wanted = fold(typed)
    zone, end = read_zone(wanted, 0) or (None, 0)
    found = dict.fromkeys([zone] if zone and end == len(wanted) else [])
    known = {name: zone for name, zone in cities().zones.items() if not zone.startswith(FIXED)}
    found |= dict.fromkeys(zone for name, zone in known.items() if name.startswith(wanted))
    found |= dict.fromkeys(zone for name, zone in known.items() if wanted in name)
    return [(_zone_label(zone, lang), zone) for zone in [*found][:MOST]]


def _zone_label(zone: str, lang: str) -> str:
    name = zone_name(zone, lang)
    return name if name == zone or zone.startswith(FIXED) else f"{name} · {zone}"


def _fitting(typed: str, named: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    wanted = typed.casefold()
    return [(name, value) for name, value in named if wanted in name.casefold() or wanted in value.casefold()]


_OFFERS: Final[Mapping[str, Callable[[str, Request, Services], Awaitable[Choices]]]] = {
    "date": _dates,
    "section": _sections,
    "term": _terms,
    "words": _words,
    "zone": _zones,
    "time": _times,
    "setting": _settings,
    "days": _days,
    "command": _commands,
}
