"""From rows to deliveries."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, literal, select

from core.delivery.model import Delivery
from core.delivery.port import Content, Work
from core.digest.model import IssueRef
from core.storage.schema import deliveries, issues, pages, runs, subscriptions
from core.target import Target

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from core.delivery.port import Shown

WITHDRAWN = "withdrawn"
ISSUE = (issues.c.edition, issues.c.date, issues.c.lang)

DELIVERIES = select(deliveries, *ISSUE).join_from(deliveries, issues, deliveries.c.issue_id == issues.c.id)

_first = pages.alias("first_pages")

WORK = (
    select(
        deliveries,
        *ISSUE,
        issues.c.revision.label("newest"),
        issues.c.withdrawn_at,
        issues.c.updated_at.label("revised_at"),
        runs.c.kind.label("run_kind"),
        runs.c.missed,
        subscriptions.c.lang.label("wanted_lang"),
        subscriptions.c.without,
        subscriptions.c.style,
        subscriptions.c.silent,
        subscriptions.c.paused_until,
        subscriptions.c.ended,
        subscriptions.c.failures,
        subscriptions.c.extras,
        func.coalesce(_first.c.message_id, literal("")).label("first_message"),
    )
    .join_from(deliveries, issues, deliveries.c.issue_id == issues.c.id)
    .join(runs, deliveries.c.run_id == runs.c.id)
    .outerjoin(subscriptions, deliveries.c.subscription_id == subscriptions.c.id)
    .outerjoin(_first, and_(_first.c.delivery_id == deliveries.c.id, _first.c.page == 0, _first.c.state == "sent"))
)


def delivery(row: Row[Any]) -> Delivery:
    """Return the delivery in a row of ``DELIVERIES`` or ``WORK``."""
    return Delivery(
        id=row.id,
        run=row.run_id,
        issue=IssueRef(edition=row.edition, date=date.fromisoformat(row.date), lang=row.lang),
        target=Target.from_key(row.target),
        subscription=row.subscription_id,
        state=row.state,
        next_page=row.next_page,
        attempts=row.attempts,
        reason=row.reason,
    )


def work(row: Row[Any], now: datetime, shown: tuple[Shown, ...]) -> Work:
    """Return the work in a row of ``WORK``, given the pages that the target has already."""
    found = delivery(row)
    extras = row.extras or {}
    return Work(
        delivery=found,
        lease=row.lease,
        content=Content(
            issue=found.issue,
            revision=WITHDRAWN if row.withdrawn_at else row.newest,
            lang=row.wanted_lang or row.lang,
            platform=row.platform,
            form=extras.get("form", ""),
            style=row.style or "card",
            without=frozenset(row.without or ()),
            kind="withdrawal" if row.withdrawn_at else row.run_kind,
            missed=tuple(row.missed),
            corrected=row.revised_at if row.amends and not row.withdrawn_at else None,
        ),
        silent=bool(row.silent),
        extras=extras,
        first_message=row.first_message,
        failures=row.failures or 0,
        skip=_skip(row, now),
        priority=row.priority,
        shown=shown if row.amends else None,
    )


def _skip(row: Row[Any], now: datetime) -> str:
    if row.withdrawn_at and not row.amends:
        return WITHDRAWN
    if row.subscription_id is None:
        return "forgotten"
    if row.ended:
        return str(row.ended)
    return "paused" if row.paused_until and row.paused_until > now and not row.amends else ""
