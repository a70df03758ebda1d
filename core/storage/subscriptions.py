"""Subscriptions in the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, insert, select, update

from core.storage.dialects import insert_into
from core.storage.schema import chats, deliveries, rounds, slots, subscriptions
from core.subscriptions.model import Slot, Subscription
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.storage.engine import Database

_EVERYTHING = select(subscriptions, slots.c.minute, slots.c.zone, slots.c.weekdays).select_from(
    subscriptions.join(rounds, subscriptions.c.round_id == rounds.c.id).join(slots, rounds.c.slot_id == slots.c.id)
)


class SqlSubscriptions:
    """Satisfies ``core.subscriptions.port.Subscriptions``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, subscription: Subscription, *, due: datetime) -> Subscription:
        """Store a new subscription (``id`` 0), or replace the one with this id, or with this target and edition."""
        async with self._database.write() as connection:
            found = await _found(connection, subscription)
            begins = await _begin(connection, found, subscription, due)
            row = _row(subscription) | {"round_id": await _round(connection, subscription, begins)}
            if found is None:
                new = insert(subscriptions).values(row).returning(subscriptions.c.id)
                return replace(subscription, id=(await connection.execute(new)).scalar_one())
            was = select(subscriptions.c.target).where(subscriptions.c.id == found)
            before = (await connection.execute(was)).scalar_one()
            await connection.execute(update(subscriptions).where(subscriptions.c.id == found).values(row))
            if before != subscription.target.key:
                await connection.run_sync(redirect, found, before, subscription.target.key)
            return replace(subscription, id=found)

    async def due(self, subscription: Subscription) -> datetime:
        """Return the instant that the round of a kept subscription is worked on next, past while it waits."""
        query = select(rounds.c.due).join_from(subscriptions, rounds, subscriptions.c.round_id == rounds.c.id)
        async with self._database.read() as connection:
            due: datetime = (await connection.execute(query.where(subscriptions.c.id == subscription.id))).scalar_one()
        return due

    async def of_chat(self, target: Target) -> Sequence[Subscription]:
        """Return every subscription of the target's chat, whatever its thread, ended ones included, by id."""
        query = _EVERYTHING.where(subscriptions.c.chat == chat_key(target)).order_by(subscriptions.c.id)
        async with self._database.read() as connection:
            return [_subscription(row) for row in await connection.execute(query)]

    async def targets(self, platform: str, account: str, *, by: str = "", ended: str = "") -> Sequence[Target]:
        """Return the targets that an account has active subscriptions in, each once; ``by`` limits them to a user's.

        With ``ended`` it is those whose subscriptions ended for this reason.
        """
        active = select(subscriptions.c.target).where(
            subscriptions.c.platform == platform, subscriptions.c.account == account, subscriptions.c.ended == ended
        )
        active = active.where(subscriptions.c.created_by == by) if by else active
        async with self._database.read() as connection:
            found = await connection.execute(active.distinct().order_by(subscriptions.c.target))
            return [Target.from_key(key) for key in found.scalars()]


def chat_key(target: Target) -> str:
    """Return the key of the target's chat, without its thread."""
    return replace(target, thread="").key


def redirect(connection: Connection, subscription: int, before: str, after: str) -> None:
    """Bring posts of a subscription that have not gone out to its new target, unless that has its own.

    So with the language that its chat chose.
    """
    own = deliveries.alias("own")
    has_own = exists().where(own.c.target == after, own.c.issue_id == deliveries.c.issue_id)
    waits = and_(deliveries.c.state == "planned", ~deliveries.c.amends, ~has_own)
    theirs = and_(deliveries.c.target == before, deliveries.c.subscription_id == subscription)
    connection.execute(update(deliveries).where(theirs, waits).values(target=after))
    left, chat = (chat_key(Target.from_key(key)) for key in (before, after))
    chosen = chats.alias("chosen")
    follows = and_(chats.c.target == left, ~exists().where(chosen.c.target == chat))
    connection.execute(update(chats).where(follows).values(target=chat))


def slot_of(row: Row[Any]) -> Slot:
    """Return the slot in a row with the columns of ``slots``."""
    weekdays = frozenset(day for day in range(1, 8) if row.weekdays >> (day - 1) & 1)
    return Slot(time=time(*divmod(row.minute, 60)), zone=row.zone, weekdays=weekdays)


async def _found(connection: AsyncConnection, subscription: Subscription) -> int | None:
    if subscription.id:
        return subscription.id
    same = (subscriptions.c.target == subscription.target.key) & (subscriptions.c.edition == subscription.edition)
    return (await connection.execute(select(subscriptions.c.id).where(same))).scalar_one_or_none()


async def _begin(connection: AsyncConnection, found: int | None, subscription: Subscription, due: datetime) -> datetime:
    """Return when a round that is opened for the subscription begins: with the one that it leaves at the same slot.

    That may still wait for its issue. Who only changes the language would miss the issue of the day otherwise.
    """
    query: Select[Any] = (
        select(rounds.c.due, slots.c.minute, slots.c.zone, slots.c.weekdays)
        .select_from(subscriptions.join(rounds, subscriptions.c.round_id == rounds.c.id).join(slots))
        .where(subscriptions.c.id == found, rounds.c.edition == subscription.edition)
    )
    left = (await connection.execute(query)).one_or_none()
    return min(due, left.due) if left and slot_of(left) == subscription.slot else due


async def _round(connection: AsyncConnection, subscription: Subscription, due: datetime) -> int:
    slot = subscription.slot
    place = {
        "minute": slot.time.hour * 60 + slot.time.minute,
        "zone": slot.zone,
        "weekdays": sum(1 << (day - 1) for day in slot.weekdays),
    }
    slot_id = await _one(connection, slots, place, {})
    key = {"slot_id": slot_id, "edition": subscription.edition, "lang": subscription.lang}
    return await _one(connection, rounds, key, {"due": due})


async def _one(connection: AsyncConnection, table: Table, key: dict[str, object], rest: dict[str, object]) -> int:
    query = select(table.c.id).where(*(table.c[name] == value for name, value in key.items()))
    if (found := (await connection.execute(query)).scalar_one_or_none()) is not None:
        return int(found)
    await connection.execute(insert_into(connection.dialect.name, table).values(key | rest).on_conflict_do_nothing())
    return int((await connection.execute(query)).scalar_one())


def _row(subscription: Subscription) -> dict[str, object]:
    target = subscription.target
    return {
        "target": target.key,
        "chat": chat_key(target),
        "platform": target.platform,
        "account": target.account,
        "edition": subscription.edition,
        "lang": subscription.lang,
        "without": sorted(subscription.without),
        "style": subscription.style,
        "silent": subscription.silent,
        "paused_until": subscription.paused_until,
        "ended": subscription.ended,
        "failures": 0,
        "created_by": subscription.created_by,
        "created_at": subscription.created_at,
        "extras": dict(subscription.extras),
    }


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        target=Target.from_key(row.target),
        edition=row.edition,
        lang=row.lang,
        slot=slot_of(row),
        without=frozenset(row.without),
        style=row.style,
        silent=row.silent,
        paused_until=row.paused_until,
        ended=row.ended,
        created_by=row.created_by,
        created_at=row.created_at,
        extras=row.extras,
    )
