"""From rows to deliveries."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

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

    from sqlalchemy import Connection, Row, Select

WITHDRAWN = "withdrawn"
THERE = and_(pages.c.state.in_(("sent", "edited")), pages.c.message_id != "")
"""The condition for pages that the target shows, and that can be changed."""
ISSUE = (issues.c.edition, issues.c.date, issues.c.lang)

DELIVERIES = (
    select(deliveries, *ISSUE, chunks.c.lease, leases.c.sending)
    .join_from(deliveries, issues, deliveries.c.issue_id == issues.c.id)
    .join(chunks, deliveries.c.chunk_id == chunks.c.id)
    .outerjoin(leases, chunks.c.lease == leases.c.id)
)
ROWS_AT_ONCE = 1000

Look: TypeAlias = "tuple[Any, ...]"
"""What decides what a delivery shows: issue, language, style, sections left out, extras, and whether it amends."""
OF_DELIVERY, BEFORE_LOOK = 7, 12
"""Where in a row of ``_work`` the delivery's own columns end, and where its look begins, first of all the issue."""
NEXT_PAGE = 3


@cache
def _work() -> Select[Any]:
    now = bindparam("now", type_=Instant)
    theirs = and_(deliveries.c.subscription_id == subscriptions.c.id, deliveries.c.target == subscriptions.c.target)
    return (
        select(
            deliveries.c.id,
            deliveries.c.target,
            deliveries.c.priority,
            deliveries.c.next_page,
            deliveries.c.attempts,
            deliveries.c.kind,
            deliveries.c.reason,
            subscriptions.c.id,
            subscriptions.c.silent,
            subscriptions.c.ended,
            subscriptions.c.paused_until > now,
            subscriptions.c.failures,
            deliveries.c.issue_id,
            subscriptions.c.lang,
            subscriptions.c.style,
            cast(subscriptions.c.without, Text),
            cast(subscriptions.c.extras, Text),
            deliveries.c.amends,
        )
        .select_from(chunks)
        .join(deliveries, INSIDE)
        .outerjoin(subscriptions, theirs)
        .where(chunks.c.id == bindparam("chunk"), PLANNED, deliveries.c.due <= now)
        .order_by(deliveries.c.priority, deliveries.c.id)
    )


def works(connection: Connection, chunk: int, lease: int, now: datetime) -> Sequence[Work]:
    """Return what is to be done in the chunk now."""
    rows = [tuple(row) for row in connection.execute(_work(), {"chunk": chunk, "now": now})]
    if not rows:
        return ()
    run = (
        connection.execute(select(runs).join(chunks, chunks.c.run_id == runs.c.id).where(chunks.c.id == chunk))
    ).one()
    query = select(issues).where(issues.c.id.in_({row[BEFORE_LOOK] for row in rows}))
    about = {row.id: row for row in connection.execute(query)}
    shown = _shown(connection, [row[0] for row in rows if row[-1] or row[NEXT_PAGE]])
    contents = _Contents(about, run)
    return [_made(row, contents, lease, shown) for row in rows]


def _shown(connection: Connection, begun: Sequence[int]) -> dict[int, list[Shown]]:
    """Return the pages that are there, by delivery."""
    found: dict[int, list[Shown]] = defaultdict(list)
    for start in range(0, len(begun), ROWS_AT_ONCE):
        some = begun[start : start + ROWS_AT_ONCE]
        there = select(pages).where(pages.c.delivery_id.in_(some), THERE).order_by(pages.c.page)
        for row in connection.execute(there):
            found[row.delivery_id].append(Shown(page=row.page, message_id=row.message_id, digest=row.digest))
    return found


class _Contents:
    """What the deliveries of a chunk show: most of them the same."""

    def __init__(self, about: Mapping[int, Row[Any]], run: Row[Any]) -> None:
        self._about = about
        self._run = run
        self.run: int = run.id
        self._made: dict[Look, tuple[Content, Mapping[str, str]]] = {}

    def of(self, look: Look, platform: str) -> tuple[Content, Mapping[str, str]]:
        """Return what a delivery shows, and the subscription's extras."""
        if look not in self._made:
            self._made[look] = self._content(look, platform)
        return self._made[look]

    def _content(self, look: Look, platform: str) -> tuple[Content, Mapping[str, str]]:
        issue_id, wanted_lang, style, without, given, amends = look
        issue, extras = self._about[issue_id], json.loads(given or "{}")
        content = Content(
            issue=_ref(issue),
            revision=WITHDRAWN if issue.withdrawn_at else issue.revision,
            lang=wanted_lang or issue.lang,
            platform=platform,
            form=extras.get("form", ""),
            style=style or "card",
            without=frozenset(json.loads(without or "[]")),
            kind="withdrawal" if issue.withdrawn_at else self._run.kind,
            missed=tuple(self._run.missed),
            corrected=issue.updated_at if amends and not issue.withdrawn_at else None,
        )
        return content, extras


def _made(row: tuple[Any, ...], contents: _Contents, lease: int, shown: Mapping[int, Sequence[Shown]]) -> Work:
    number, key, priority, next_page, attempts, kind, reason = row[:OF_DELIVERY]
    subscription, silent, ended, is_paused, failures = row[OF_DELIVERY:BEFORE_LOOK]
    look = row[BEFORE_LOOK:]
    amends = look[-1]
    target = Target.from_key(key)
    content, extras = contents.of(look, target.platform)
    attempted = (next_page, attempts, kind, reason)
    return Work(  # by position, which takes half of the time
        Delivery(number, contents.run, content.issue, target, subscription, "leased", *attempted),
        lease,
        content,
        bool(silent),
        extras,
        failures or 0,
        _skip(content, subscription, ended, is_paused=bool(is_paused), amends=amends),
        priority,
        bool(amends),
        tuple(shown.get(number, ())),
    )


def _skip(content: Content, subscription: int | None, ended: str | None, *, is_paused: bool, amends: bool) -> str:
    """Return why a delivery is not to be made after all."""
    if content.kind == "withdrawal" and not amends:
        return WITHDRAWN
    if subscription is None:
        return "forgotten"
    if ended:
        return ended
    return "paused" if is_paused and not amends else ""


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
        kind=row.kind,
        reason=row.reason,
    )
