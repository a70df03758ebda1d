"""What follows from an answer for a subscription, and for whoever should know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, exists, insert, select, update

from core.delivery.runs import REFUSED
from core.storage.schema import deliveries, notices, runs, subscriptions
from core.storage.subscriptions import chat_key, redirect
from core.target import Target

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from core.delivery.port import Effect, Entry, Settled


def apply(connection: Connection, entry: Entry, settled: Settled, effect: Effect) -> None:
    """Write what else follows from the entry."""
    query = select(deliveries).where(deliveries.c.id == entry.delivery)
    row = connection.execute(query).one_or_none()
    if row is None:  # forgotten meanwhile
        return
    _change_subscription(connection, row, effect, settled.reason)
    if effect.notice:
        about = {"platform": row.platform, "account": row.account, "target": row.target}
        notice = insert(notices).values(at=entry.at, kind=settled.kind, text=effect.notice, **about)
        connection.execute(notice)
    mine, stopped = runs.c.id == row.run_id, f"{REFUSED}: {row.platform}:{row.account}, "
    if settled.kind == "fatal":
        connection.execute(update(runs).where(mine).values(note=f"{stopped}{effect.notice}"))
    if effect.sends_again:
        about_it = runs.c.note.startswith(stopped, autoescape=True)
        connection.execute(update(runs).where(mine, about_it).values(note=""))


def _change_subscription(connection: Connection, row: Row[Any], effect: Effect, reason: str) -> None:
    change = update(subscriptions).where(
        subscriptions.c.id == row.subscription_id, subscriptions.c.target == row.target
    )
    match effect.subscription:
        case "end":
            connection.execute(change.values(ended=f"gone: {reason}"))
        case "pause":
            connection.execute(change.values(paused_until=effect.until, failures=0))
        case "strike":
            connection.execute(change.values(failures=subscriptions.c.failures + 1))
        case "clear":
            connection.execute(change.values(failures=0))
        case "move":
            _move(connection, row, effect.moved_to)
        case "":
            pass


def _move(connection: Connection, row: Row[Any], chat: str) -> None:
    before = Target.from_key(row.target)
    after = before.moved_to(chat)
    if after == before:  # the platform announced it meanwhile
        return
    about = [subscriptions.c[name] for name in ("id", "target", "edition", "created_at")]
    same_chat = select(*about).where(subscriptions.c.chat == chat_key(before))
    for kept in connection.execute(same_chat).all():
        new = Target.from_key(kept.target).moved_to(chat)
        same = (subscriptions.c.target == new.key, subscriptions.c.edition == kept.edition)
        ended = delete(subscriptions).where(*same, subscriptions.c.ended != "").returning(subscriptions.c.created_at)
        since = min([kept.created_at, *connection.execute(ended).scalars()])
        there = connection.execute(select(exists().where(*same))).scalar_one()
        values = {"ended": "moved"} if there else {"target": new.key, "chat": chat_key(new), "created_at": since}
        connection.execute(update(subscriptions).where(subscriptions.c.id == kept.id).values(values))
        if not there:
            redirect(connection, kept.id, kept.target, new.key)
    here = and_(deliveries.c.issue_id == row.issue_id, deliveries.c.target == after.key)
    already = and_(here, deliveries.c.id != row.id)
    if connection.execute(select(exists().where(already))).scalar_one():
        skipped = {"state": "skipped", "reason": "the chat it moved to has it already"}
        connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(skipped))
    else:
        connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(target=after.key))
