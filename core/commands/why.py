"""``/why``: what became of the last issue that went to this chat, and when the next one comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.commands.coming import coming
from core.commands.issues import open_issue
from core.commands.model import Command, Reply
from core.commands.page import fill, instant, page
from core.commands.reasons import in_words
from core.digest.present import long_date
from core.document.build import paragraph, text
from core.document.nodes import Action, Heading, List, ListItem, Paragraph, Text
from core.i18n import mark, texts
from core.subscriptions.when import describe

if TYPE_CHECKING:
    from core.commands.model import Request
    from core.commands.services import Services
    from core.delivery.model import PageReceipt, Receipt
    from core.document.nodes import Block
    from core.i18n import Texts
    from core.subscriptions.model import Subscription

_STATES = {
    "planned": mark("The issue of {date} is waiting for its turn."),
    "leased": mark("The issue of {date} is on its way."),
    "sent": mark("The issue of {date} was delivered."),
    "unknown": mark("The issue of {date} may have arrived: the connection broke before the answer came."),
    "failed": mark("The issue of {date} could not be delivered."),
    "skipped": mark("The issue of {date} was skipped here."),
}
_SAY_ALL = frozenset({"sent", "unknown"})
"""States that say all there is to say."""
_PAGES = {
    "sending": mark("Page {page}: being sent since {time}"),
    "sent": mark("Page {page}: delivered {time}"),
    "unknown": mark("Page {page}: sent {time}, but no answer came"),
    "failed": mark("Page {page}: refused {time}"),
    "edited": mark("Page {page}: corrected {time}"),
    "deleted": mark("Page {page}: taken back {time}"),
}


async def _why(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    subscription = await services.subscriptions.find(request.target, services.publication.edition)
    zone = subscription.slot.zone if subscription else services.publication.zone
    receipt = await services.receipts.last(request.target)
    title = _("Deliveries to this chat")
    last = _last(receipt, zone, services, _) if receipt else [_nothing(subscription, services, _)]
    rows = [
        [open_issue(receipt.delivery.issue, _("Open the issue"))] if receipt else [],
        [Action(_("Settings"), "settings") if subscription else Action(_("Subscribe"), "subscribe")],
    ]
    blocks = (*last, *await _next(subscription, services, _))
    return Reply(document=page(_, title, Heading(2, text(title)), *blocks, rows=rows))


def _last(receipt: Receipt, zone: str, services: Services, _: Texts) -> list[Block]:
    delivery = receipt.delivery
    blocks: list[Block] = [paragraph(_(_STATES[delivery.state], date=long_date(delivery.issue.date, _.lang)))]
    if delivery.reason and delivery.state not in _SAY_ALL:
        reason = in_words(delivery.reason, delivery.kind, services.reasons.get(delivery.target.platform))
        blocks += [paragraph(_("Reason: {reason}", reason=_(reason)))] if reason else []
    if receipt.pages:
        blocks.append(List(tuple(ListItem((_page(each, zone, _),)) for each in receipt.pages)))
    return blocks


def _nothing(subscription: Subscription | None, services: Services, _: Texts) -> Paragraph:
    """Say that there is no receipt: nothing came, or too long ago to be told from that."""
    kept = services.receipts_kept
    if kept and not (subscription and subscription.created_at > services.clock.now() - kept):
        return paragraph(_("Nothing has been delivered to this chat in the last {days} days.", days=kept.days))
    return paragraph(_("Nothing has been delivered to this chat yet."))


def _page(receipt: PageReceipt, zone: str, _: Texts) -> Paragraph:
    at = instant(receipt.at, zone, _.lang)
    return Paragraph(fill(_(_PAGES[receipt.state]), page=Text(str(receipt.page + 1)), time=at))


async def _next(subscription: Subscription | None, services: Services, _: Texts) -> list[Paragraph]:
    if subscription is None:
        return [paragraph(_("This chat isn't subscribed, so no issue comes on its own."))]
    when = paragraph(_("This chat is subscribed: {when}.", when=describe(subscription.slot, _.lang)))
    return [when, *await coming(subscription, services, _)]


why = Command(
    name="why",
    summary=mark("What happened to the last delivery, and when the next one comes"),
    handler=_why,
    group="subscribe",
    example="/why",
)
