"""The lines that say when the next issue comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.commands.page import fill, instant
from core.digest.present import long_date
from core.document.build import paragraph
from core.document.nodes import Paragraph, Text
from core.i18n import language_name
from core.schedule.expect import expected

if TYPE_CHECKING:
    from datetime import date

    from core.commands.services import Services
    from core.i18n import Texts
    from core.subscriptions.model import Subscription


async def coming(subscription: Subscription, services: Services, _: Texts) -> list[Paragraph]:
    """Return what is said of the issue that is waited for, if any, and of the next one; nothing if none comes."""
    if subscription.ended:
        return []
    due = await services.subscriptions.due(subscription)
    had = await _had(subscription, services)
    found = expected(subscription, due=due, had=had, now=services.clock.now())
    at = instant(found.at, subscription.slot.zone, _.lang)
    lang = Text(language_name(subscription.lang, _))
    following = Paragraph(fill(_("Next issue: {time}, in {language}."), time=at, language=lang))
    if found.awaited is None:
        return [following]
    day = long_date(found.awaited, _.lang)
    return [paragraph(_("The issue of {date} comes as soon as it is out.", date=day)), following]


async def _had(subscription: Subscription, services: Services) -> date | None:
    """Return the date of the last issue that the reader has, unless it is there in their language, too."""
    receipt = await services.receipts.last(subscription.target)
    if receipt is None or receipt.delivery.issue.edition != subscription.edition:
        return None
    last = receipt.delivery.issue
    if last.lang != subscription.lang:
        twins = await services.archive.heads(
            edition=last.edition, lang=subscription.lang, since=last.date, until=last.date, limit=1
        )
        return None if twins else last.date
    return last.date
