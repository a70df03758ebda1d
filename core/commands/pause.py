"""``/pause [days]``: no issues for a while. Without days it turns the pause on or off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import normalize

from core.commands.coming import coming
from core.commands.dates import arabic
from core.commands.model import Command, Parameter, Reply
from core.commands.page import fill, instant, page
from core.document.build import paragraph
from core.document.nodes import Action, Paragraph
from core.errors import UsageError
from core.i18n import mark, texts

if TYPE_CHECKING:
    from core.commands.model import Request
    from core.commands.services import Services
    from core.i18n import Texts
    from core.subscriptions.service import Outcome

USUAL_DAYS = 7
OFFERED_DAYS = (1, 3, 7, 14, 30)
_DAYS = re.compile(
    r"(?:for )?(?P<count>\d{1,4}|an?|one|)\s*(?P<unit>d|days?|天|日|w|weeks?|周|个?星期|个?礼拜|m|months?|个?月|)"
)
_UNITS = {"d": 1, "天": 1, "日": 1, "w": 7, "周": 7, "星": 7, "礼": 7, "m": 30, "月": 30}
_OFF = frozenset({"off", "stop", "end", "resume", "0", "关", "关闭", "恢复", "取消"})


async def _pause(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    service, edition = services.subscriptions, services.publication.edition
    said = request.args.strip()
    before = await service.find(request.target, edition)
    paused = before and before.paused_until and before.paused_until > services.clock.now()
    if said.casefold() in _OFF or (paused and not said):
        return await _resumed(await service.resume(request.target, edition, speak=_.lang), services, _)
    days = parse_days(said) if said else USUAL_DAYS
    if days is None:
        raise UsageError(_("I cannot read “{text}” as a number of days. Try: /pause 3", text=said[:32]))
    return await _paused(await service.pause(request.target, edition, days, speak=_.lang), services, _)


def parse_days(text: str) -> int | None:
    """Return the days that ``text`` says ("3", "3 天", "2 weeks", "一周", "a month" as 30), None if it says none."""
    match = _DAYS.fullmatch(arabic(normalize("NFKC", text)).casefold().strip())
    if not match or not match[0]:
        return None
    count = int(match["count"]) if match["count"].isdecimal() else 1
    return count * _UNITS[match["unit"].removeprefix("个")[:1] or "d"]


async def _paused(outcome: Outcome, services: Services, _: Texts) -> Reply:
    zone = outcome.after.slot.zone
    until = outcome.after.paused_until
    blocks = [Paragraph(fill(_("Paused until {time}."), time=instant(until, zone, _.lang)))] if until else []
    blocks.extend(await coming(outcome.after, services, _))
    offered = [Action(_.plural("{count} day", "{count} days", days), "pause", str(days)) for days in OFFERED_DAYS]
    resume = Action(_("Resume now"), "pause", "off", style="primary")
    return Reply(document=page(_, _("Paused"), *blocks, rows=[offered, [resume]]))


async def _resumed(outcome: Outcome, services: Services, _: Texts) -> Reply:
    said = _("The pause is over.")
    rows = [[Action(_("Settings"), "settings")]]
    return Reply(document=page(_, said, paragraph(said), *await coming(outcome.after, services, _), rows=rows))


pause = Command(
    name="pause",
    summary=mark("No issues for some days"),
    handler=_pause,
    parameters=(Parameter(name="days", kind="days", summary=mark("How many days; leave empty to turn it on or off")),),
    audience="manager",
    group="subscribe",
    example="/pause 3",
)
