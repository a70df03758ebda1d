"""From rows to deliveries."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, and_, bindparam, cast, select

from core.delivery.model import Delivery
from core.delivery.port import Content, Shown, Work
from core.digest.model import IssueRef
from core.storage.chunks import INSIDE, PLANNED
from core.storage.schema import Instant, chunks, deliveries, issues, leases, pages, runs, subscriptions
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

WITHDRAWN = "withdrawn"
ISSUE = (issues.c.edition, issues.c.date, issues.c.lang)

DELIVERIES = (
    select(deliveries, *ISSUE, chunks.c.lease, leases.c.sending)
    .join_from(deliveries, issues, deliveries.c.issue_id == issues.c.id)
    .join(chunks, deliveries.c.chunk_id == chunks.c.id)
    .outerjoin(leases, chunks.c.lease == leases.c.id)
)
ROWS_AT_ONCE = 1000

_first = pages.alias("first_pages")


@cache
def _work() -> Select[Any]:
    now = bindparam("now", type_=Instant)
    theirs = and_(deliveries.c.subscription_id == subscriptions.c.id, deliveries.c.target == subscriptions.c.target)
    first = and_(
        deliveries.c.next_page > 0,
        _first.c.delivery_id == deliveries.c.id,
        _first.c.page == 0,
        _first.c.state == "sent",
    )
    mine = ("id", "run_id", "issue_id", "target", "state", "priority", "next_page", "attempts", "reason", "amends")
    return (
        select(
            *(deliveries.c[name] for name in mine),
            runs.c.kind.label("run_kind"),
            cast(runs.c.missed, Text).label("missed"),
            subscriptions.c.id.label("subscription_id"),
            subscriptions.c.lang.label("wanted_lang"),
            cast(subscriptions.c.without, Text).label("without"),
            subscriptions.c.style,
            subscriptions.c.silent,
            (subscriptions.c.paused_until > now).label("is_paused"),
            subscriptions.c.ended,
            subscriptions.c.failures,
            cast(subscriptions.c.extras, Text).label("extras"),
            _first.c.message_id.label("first_message"),
        )
        .select_from(chunks)
        .join(deliveries, INSIDE)
        .join(runs, chunks.c.run_id == runs.c.id)
        .outerjoin(subscriptions, theirs)
        .outerjoin(_first, first)
        .where(chunks.c.id == bindparam("chunk"), PLANNED, deliveries.c.due <= now)
        .order_by(deliveries.c.priority, deliveries.c.id)
    )


async def works(connection: AsyncConnection, chunk: int, lease: int, now: datetime) -> Sequence[Work]:
    """Return what is to be done in the chunk now."""
    rows = (await connection.execute(_work(), {"chunk": chunk, "now": now})).all()
    if not rows:
        return ()
    query = select(issues).where(issues.c.id.in_({row.issue_id for row in rows}))
    about = {row.id: row for row in await connection.execute(query)}
    shown = await _shown(connection, [row.id for row in rows if row.amends])
    contents = _Contents(about)
    return [_made(row, contents, lease, tuple(shown.get(row.id, ()))) for row in rows]


async def _shown(connection: AsyncConnection, amended: Sequence[int]) -> dict[int, list[Shown]]:
    """Return the pages that are there, by delivery."""
    found: dict[int, list[Shown]] = defaultdict(list)
    for start in range(0, len(amended), ROWS_AT_ONCE):
        some = amended[start : start + ROWS_AT_ONCE]
        there = and_(pages.c.delivery_id.in_(some), pages.c.state.in_(("sent", "edited")), pages.c.message_id != "")
        for row in await connection.execute(select(pages).where(there).order_by(pages.c.page)):
            found[row.delivery_id].append(Shown(page=row.page, message_id=row.message_id, digest=row.digest))
    return found


class _Contents:
    """What the deliveries of a chunk show: most of them the same."""

    def __init__(self, about: Mapping[int, Row[Any]]) -> None:
        self._about = about
        self._made: dict[tuple[object, ...], tuple[Content, Mapping[str, str]]] = {}

    def of(self, row: Row[Any]) -> tuple[Content, Mapping[str, str], Row[Any]]:
        """Return what the row's delivery shows, the subscription's extras, and the row of its issue."""
        issue = self._about[row.issue_id]
        key = (row.issue_id, row.wanted_lang, row.extras, row.style, row.without, row.amends)
        if key not in self._made:
            self._made[key] = _content(row, issue)
        return (*self._made[key], issue)


def _content(row: Row[Any], issue: Row[Any]) -> tuple[Content, Mapping[str, str]]:
    extras = json.loads(row.extras or "{}")
    content = Content(
        issue=_ref(issue),
        revision=WITHDRAWN if issue.withdrawn_at else issue.revision,
        lang=row.wanted_lang or issue.lang,
        platform=Target.from_key(row.target).platform,
        form=extras.get("form", ""),
        style=row.style or "card",
        without=frozenset(json.loads(row.without or "[]")),
        kind="withdrawal" if issue.withdrawn_at else row.run_kind,
        missed=tuple(json.loads(row.missed)),
        corrected=issue.updated_at if row.amends and not issue.withdrawn_at else None,
    )
    return content, extras


def _made(row: Row[Any], contents: _Contents, lease: int, shown: tuple[Shown, ...]) -> Work:
    content, extras, issue = contents.of(row)
    return Work(
        delivery=Delivery(
            id=row.id,
            run=row.run_id,
            issue=content.issue,
            target=Target.from_key(row.target),
            subscription=row.subscription_id,
            state="leased",
            next_page=row.next_page,
            attempts=row.attempts,
            reason=row.reason,
        ),
        lease=lease,
        content=content,
        silent=bool(row.silent),
        extras=extras,
        first_message=row.first_message or "",
        failures=row.failures or 0,
        skip=_skip(row, issue),
        priority=row.priority,
        shown=shown if row.amends else None,
    )


def _skip(row: Row[Any], issue: Row[Any]) -> str:
    if issue.withdrawn_at and not row.amends:
        return WITHDRAWN
    if row.subscription_id is None:
        return "forgotten"
    if row.ended:
        return str(row.ended)
    return "paused" if row.is_paused and not row.amends else ""


def _ref(row: Row[Any]) -> IssueRef:
    return IssueRef(edition=row.edition, date=date.fromisoformat(row.date), lang=row.lang)


def delivery(row: Row[Any]) -> Delivery:
    """Return the delivery in a row of ``DELIVERIES``; a planned one whose chunk is held is "leased"."""
    return Delivery(
        id=row.id,
        run=row.run_id,
        issue=_ref(row),
        target=Target.from_key(row.target),
        subscription=row.subscription_id,
        state="leased" if row.state == "planned" and row.lease is not None else row.state,
        next_page=row.next_page,
        attempts=row.attempts,
        reason=row.reason,
    )
