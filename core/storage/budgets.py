"""Who may use an account's rate: a budget, or one of equal shares of it, held by one courier at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, exists, literal, or_, select, update

from core.storage.dialects import insert_into
from core.storage.schema import Instant, budgets, chunks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.delivery.port import Account

COUNTED_FOR = timedelta(seconds=1)


def hold(  # the port's
    connection: Connection,
    account: Account,
    owner: str,
    *,
    now: datetime,
    until: datetime,
    shares: int,
    per_second: float | None,
) -> bool:
    """Prolong what the owner holds of the account, else take a share that is free or over; return whether it has one.

    What an earlier owner left under its leases must have been released before.
    """
    here = and_(budgets.c.platform == account.platform, budgets.c.account == account.account)
    values = {"owner": owner, "until": until, "per_second": per_second}
    mine = update(budgets).where(here, budgets.c.owner == owner, budgets.c.share < shares)
    if connection.execute(mine.values(values)).rowcount:
        return True
    for share in range(shares):
        this = and_(here, budgets.c.share == share, budgets.c.until <= now)
        if connection.execute(update(budgets).where(this).values(values)).rowcount:
            return True
        key = {"platform": account.platform, "account": account.account, "share": share}
        new = insert_into(connection.dialect.name, budgets).values(key | values).on_conflict_do_nothing()
        if connection.execute(new.returning(budgets.c.share)).first() is not None:
            return True
    return False


def over(connection: Connection, account: Account, now: datetime, owner: str) -> Sequence[str]:
    """Return the other owners whose time at this account is over, once nobody is claiming for them any more.

    What the owner holds is locked as well, in its place: two who are both over would wait for each other's otherwise.
    """
    here = and_(budgets.c.platform == account.platform, budgets.c.account == account.account)
    query = select(budgets.c.owner).where(here, or_(budgets.c.until <= now, budgets.c.owner == owner))
    found = connection.execute(query.order_by(budgets.c.share).with_for_update()).scalars()
    return [other for other in found if other != owner]


def lock(connection: Connection, owner: str) -> None:
    """Keep what the owner holds from being taken or prolonged meanwhile."""
    query = select(budgets.c.share).where(budgets.c.owner == owner)
    connection.execute(query.order_by(budgets.c.platform, budgets.c.account, budgets.c.share).with_for_update())


def is_holding(connection: Connection, chunk: int, owner: str, now: datetime) -> bool:
    """Return whether the owner holds a share of the budget that the chunk's deliveries use up, and keep it so."""
    theirs = exists().where(
        chunks.c.id == chunk, chunks.c.platform == budgets.c.platform, chunks.c.account == budgets.c.account
    )
    query = select(budgets.c.share).where(budgets.c.owner == owner, budgets.c.until > now, theirs)
    return connection.execute(query.with_for_update(read=True)).first() is not None


def let_go(connection: Connection, owner: str, now: datetime) -> None:
    """Free what the owner holds, for others only once the platform has stopped counting what it sent last."""
    counted = literal(now + COUNTED_FOR, Instant)
    until = case((budgets.c.per_second.is_not(None), counted), else_=literal(now, Instant))
    connection.execute(update(budgets).where(budgets.c.owner == owner).values(until=until))
