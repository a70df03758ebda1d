"""What follows from an answer for a subscription, and for whoever should know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, exists, insert, select, update

from core.storage.schema import deliveries, notices, runs, subscriptions
from core.storage.subscriptions import chat_key
from core.target import Target

if TYPE_CHECKING:
    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.delivery.port import Effect, Entry, Settled


async def apply(connection: AsyncConnection, entry: Entry, settled: Settled, effect: Effect) -> None:
    """Write what else follows from the entry."""
    query = select(deliveries).where(deliveries.c.id == entry.delivery)
    row = (await connection.execute(query)).one()
    await _change_subscription(connection, row, effect, settled.reason)
    if effect.notice:
        about = {"platform": row.platform, "account": row.account, "target": row.target}
        notice = insert(notices).values(at=entry.at, kind=settled.kind, text=effect.notice, **about)
        await connection.execute(notice)
    if settled.kind == "fatal":
        await connection.execute(update(runs).where(runs.c.id == row.run_id).values(note=effect.notice))


async def _change_subscription(connection: AsyncConnection, row: Row[Any], effect: Effect, reason: str) -> None:
    change = update(subscriptions).where(
        subscriptions.c.id == row.subscription_id, subscriptions.c.target == row.target
    )
    match effect.subscription:
        case "end":
            await connection.execute(change.values(ended=f"gone: {reason}"))
        case "pause":
            await connection.execute(change.values(paused_until=effect.until, failures=0))
        case "strike":
            await connection.execute(change.values(failures=subscriptions.c.failures + 1))
        case "clear":
            await connection.execute(change.values(failures=0))
        case "move":
            await _move(connection, row, effect.moved_to)
        case "":
            pass


async def _move(connection: AsyncConnection, row: Row[Any], chat: str) -> None:
    before = Target.from_key(row.target)
    same_chat = select(subscriptions.c.id, subscriptions.c.target, subscriptions.c.edition).where(
        subscriptions.c.chat == chat_key(before)
    )
    for kept in (await connection.execute(same_chat)).all():
        after = Target.from_key(kept.target).moved_to(chat)
        same = (subscriptions.c.target == after.key, subscriptions.c.edition == kept.edition)
        await connection.execute(delete(subscriptions).where(*same, subscriptions.c.ended != ""))
        there = (await connection.execute(select(exists().where(*same)))).scalar_one()
        values = {"ended": "moved"} if there else {"target": after.key, "chat": chat_key(after)}
        await connection.execute(update(subscriptions).where(subscriptions.c.id == kept.id).values(values))
    after = before.moved_to(chat)
    already = and_(deliveries.c.issue_id == row.issue_id, deliveries.c.target == after.key)
    if (await connection.execute(select(exists().where(already)))).scalar_one():
        skipped = {"state": "skipped", "reason": "the chat it moved to has it already"}
        await connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(skipped))
    else:
        await connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(target=after.key))
