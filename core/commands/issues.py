"""Finding the issue that a reader means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.clock import latest_date
from core.commands.dates import parse_date
from core.commands.model import Parameter, Reply
from core.commands.page import in_rows, page, short_date
from core.digest.model import IssueRef
from core.digest.present import long_date
from core.document.build import paragraph
from core.document.nodes import Action
from core.errors import UsageError
from core.i18n import LANGUAGES, language_name, mark, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.commands.model import Request
    from core.commands.services import Services
    from core.digest.model import Issue
    from core.digest.port import IssueHead
    from core.i18n import Texts

DAY = Parameter(name="date", kind="date", summary=mark("A day, such as 2/19 or yesterday"))
LANG = Parameter(name="lang", kind="lang", summary=mark("Chinese or English"))
_LANGUAGE_WORDS = {
    "zh": ("zh", "cn", "chinese", "中文", "中", "汉语", "简体", "简体中文", "zh-cn", "zh-hans"),
    "en": ("en", "english", "英文", "英语", "英", "en-us", "en-gb"),
}
_NEWEST = frozenset({"latest", "newest", "last", "最新", "最近"})
_DATE_WORDS = 5
_NEAR = timedelta(days=31)
_FAR = timedelta(days=3660)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which issue is asked for: one exactly (``ref``), or the one of ``day`` (None: the newest) in ``lang``.

    ``rest`` is what the arguments say beside that.
    """

    ref: IssueRef | None = None
    day: date | None = None
    lang: str | None = None
    rest: str = ""


def parse_ref(text: str) -> IssueRef | None:
    """Read what ``str(IssueRef)`` wrote; None if it is something else."""
    edition, _, rest = text.partition("/")
    lang, _, day = rest.partition("/")
    try:
        return IssueRef(edition=edition, lang=lang, date=date.fromisoformat(day)) if edition and lang else None
    except ValueError:
        return None


def parse_lang(word: str) -> str | None:
    """Return the language that a reader names ("中文", "English"), None if the word is no language."""
    said = word.casefold().replace("_", "-")
    return next((lang for lang in LANGUAGES if said in _LANGUAGE_WORDS[lang]), None)


def parse_wanted(args: str, today: date) -> Wanted:
    """Read a ref, or a language and a date in any order, off the end of the arguments."""
    words = args.split()
    if words and (ref := parse_ref(words[-1])):
        return Wanted(ref=ref, rest=" ".join(words[:-1]))
    lang, day = None, None
    while words:
        if lang is None and (named := parse_lang(words[-1])):
            lang = named
            words.pop()
        elif day is None and (dated := _date_at_end(words, today)):
            day, count = dated
            del words[-count:]
        elif words[-1].casefold() in _NEWEST:
            words.pop()
        else:
            break
    return Wanted(day=day, lang=lang, rest=" ".join(words))


def _date_at_end(words: list[str], today: date) -> tuple[date, int] | None:
    for count in range(min(_DATE_WORDS, len(words)), 0, -1):
        if day := parse_date(" ".join(words[-count:]), today):
            return day, count
    return None


async def zone_of(request: Request, services: Services) -> str:
    """Return the zone that this chat lives in: its subscription's, else the platform's word, else ours."""
    subscribed = await services.subscriptions.of_target(request.target)
    if subscribed:
        return subscribed[0].slot.zone
    try:
        return ZoneInfo(request.zone or "").key
    except (ZoneInfoNotFoundError, ValueError, OSError):  # an unknown name, a bad one, a folder of zones
        return services.publication.zone


async def today_of(request: Request, services: Services) -> date:
    """Return what day it is where the reader is."""
    return services.clock.now().astimezone(ZoneInfo(await zone_of(request, services))).date()


async def find_issue(wanted: Wanted, request: Request, services: Services) -> Issue | None:
    """Return the issue that is wanted, or the nearest to it: another language if the reader's has none.

    Without a day it is the newest up to the reader's today, else of all days that have begun. None if there is none. An
    issue whose day has begun nowhere is shown only to who names it exactly, as a button on its post does.
    """
    archive = services.archive
    if wanted.ref:
        return await archive.get(wanted.ref)
    begun = latest_date(services.clock.now())
    edition = services.publication.edition
    until = wanted.day or await today_of(request, services)
    for lang in (wanted.lang or request.lang, None):
        for last in (min(until, begun),) if wanted.day else (until, begun):
            heads = await archive.heads(edition=edition, lang=lang, since=wanted.day, until=last, limit=1)
            if heads:
                return await archive.get(heads[0].ref)
    return None


async def twin_of(ref: IssueRef, services: Services) -> IssueRef | None:
    """Return the same day's issue in another language."""
    heads = await services.archive.heads(edition=ref.edition, since=ref.date, until=ref.date, limit=len(LANGUAGES) + 1)
    return next((head.ref for head in heads if head.ref.lang != ref.lang), None)


async def neighbours_of(ref: IssueRef, services: Services) -> list[Action]:
    """Return buttons to the issues before and after, as far as there are any whose day has begun."""
    heads = services.archive.heads
    begun = latest_date(services.clock.now())
    day = timedelta(days=1)
    earlier = await heads(edition=ref.edition, lang=ref.lang, until=ref.date - day, limit=1)
    later: Sequence[IssueHead] = ()
    for reach in (_NEAR, _FAR):
        until = min(ref.date, begun - reach) + reach
        later = later or await heads(
            edition=ref.edition, lang=ref.lang, since=ref.date + day, until=until, limit=reach.days
        )
    return [
        *(open_issue(head.ref, f"← {short_date(head.ref.date, ref.lang)}") for head in earlier),
        *(open_issue(head.ref, f"{short_date(head.ref.date, ref.lang)} →") for head in later[-1:]),
    ]


def open_issue(ref: IssueRef, label: str) -> Action:
    """Return a button that opens the issue."""
    return Action(label, "issue", str(ref))


def remark(issue: Issue, wanted: Wanted, request: Request, today: date) -> str:
    """Return what to say above an issue that is not quite what was asked for, "" if it is."""
    if wanted.ref:
        return ""
    _ = texts(request.lang)
    said = []
    if issue.ref.lang != (wanted.lang or request.lang):
        said.append(_("This issue exists only in {language}.", language=language_name(issue.ref.lang, _)))
    if not wanted.day and issue.ref.date != today:
        date = long_date(issue.ref.date, _.lang)
        said.append(_("No issue today yet. This is the latest one, from {date}.", date=date))
    return " ".join(said) if _.lang == "en" else "".join(said)


async def no_issue(wanted: Wanted, request: Request, services: Services) -> Reply:
    """Say that there is no such issue, and offer those that come nearest."""
    _ = texts(request.lang)
    day = wanted.ref.date if wanted.ref else wanted.day
    edition = wanted.ref.edition if wanted.ref else services.publication.edition
    if day is None:
        said = _("There is no issue in the archive yet. The first one will be here as soon as it is out.")
        return Reply(document=page(_, said, paragraph(said)))
    said = _("There is no issue for {date}.", date=long_date(day, _.lang))
    nearest = await _nearest(day, edition, wanted.lang or request.lang, services)
    buttons = [open_issue(ref, f"{short_date(ref.date, _.lang)} · {language_name(ref.lang, _)}") for ref in nearest]
    hint = [paragraph(_("The closest ones:"))] if buttons else []
    rows = (*in_rows(buttons, 2), [Action(_("Archive"), "archive")])
    return Reply(document=page(_, said, paragraph(said), *hint, rows=rows))


async def _nearest(day: date, edition: str, lang: str | None, services: Services) -> list[IssueRef]:
    heads = services.archive.heads
    begun = latest_date(services.clock.now())
    for spoken in (lang, None):
        before = await heads(edition=edition, lang=spoken, until=min(day, begun), limit=2)
        until = min(day, begun - _NEAR) + _NEAR
        after = await heads(edition=edition, lang=spoken, since=day, until=until, limit=2 * _NEAR.days)
        if before or after:
            return [head.ref for head in (*after[-2:], *before)]
    return []


def misread_date(text: str, _: Texts) -> UsageError:
    """Return what to raise for words that should have been a date."""
    example = _("/issue yesterday")
    return UsageError(_("I cannot read “{text}” as a date. Try: {example}", text=text[:64], example=example))
