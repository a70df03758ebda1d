"""The tables, for SQLite and PostgreSQL alike.

Instants are integers: microseconds since 1970 in UTC, so that both databases compare, index and return them
exactly. Targets are kept as ``Target.key``; ``chat`` is the key without the thread.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

TALLIED = ("deliveries", "sent", "unknown", "failed", "skipped", "content", "config", "again")
"""What is counted in a chunk: all deliveries, those of each state, the failures that a run may be to blame for, and
what was sent again after it had been in doubt.
"""

Serial = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Return the microseconds of an aware datetime."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # the same
        """Return the datetime, in UTC."""
        return None if value is None else EPOCH + MICROSECOND * value


issues = Table(
    "issues",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("edition", String(16), nullable=False),
    Column("date", String(10), nullable=False),
    Column("lang", String(8), nullable=False),
    Column("revision", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("stories", Integer, nullable=False),
    Column("draft", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("keys", JSON, nullable=False),
    Column("origin", Text, nullable=False, index=True),
    Column("withdrawn_at", Instant),
    Column("added_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("amended", String(64)),
    UniqueConstraint("edition", "date", "lang"),
    Index("ix_issues_newest", "date", "edition", "lang"),
)
"""``keys`` maps the keys that the parser gives to those carried over from earlier revisions, where they differ.

``amended`` is the revision (or "withdrawn") that earlier deliveries were planned to be brought up to.
"""

slots = Table(
    "slots",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("minute", SmallInteger, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("weekdays", SmallInteger, nullable=False),
    UniqueConstraint("minute", "zone", "weekdays"),
)
"""``minute`` counts from midnight; bit n-1 of ``weekdays`` is ISO weekday n."""

rounds = Table(
    "rounds",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("slot_id", ForeignKey("slots.id"), nullable=False),
    Column("edition", String(16), nullable=False),
    Column("lang", String(8), nullable=False),
    Column("due", Instant, nullable=False, index=True),
    Column("planned", String(10)),
    UniqueConstraint("slot_id", "edition", "lang"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("target", Text, nullable=False),
    Column("chat", Text, nullable=False, index=True),
    Column("platform", String(16), nullable=False),
    Column("account", Text, nullable=False),
    Column("edition", String(16), nullable=False),
    Column("lang", String(8), nullable=False),
    Column("round_id", ForeignKey("rounds.id"), nullable=False, index=True),
    Column("without", JSON, nullable=False),
    Column("style", String(8), nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("paused_until", Instant),
    Column("ended", Text, nullable=False),
    Column("failures", SmallInteger, nullable=False, server_default=text("0")),
    Column("created_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("extras", JSON, nullable=False),
    UniqueConstraint("target", "edition"),
    Index("ix_subscriptions_edition", "edition", "lang"),
)
"""``failures`` counts the deliveries in a row that a wrong setting or right made fail."""

runs = Table(
    "runs",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("edition", String(16), nullable=False),
    Column("date", String(10), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("missed", JSON, nullable=False),
    Column("round_id", ForeignKey("rounds.id")),
    Column("state", String(12), nullable=False),
    Column("note", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("canary_until", Instant),
    Column("left_out", Boolean, nullable=False, server_default=text("false")),
    Index("ix_runs_running", "id", sqlite_where=text("state = 'running'"), postgresql_where=text("state = 'running'")),
    Index("ix_runs_paused", "id", sqlite_where=text("state = 'paused'"), postgresql_where=text("state = 'paused'")),
)

chunks = Table(
    "chunks",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("platform", String(16), nullable=False),
    Column("account", Text, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("due", Instant),
    Column("lease", BigInteger),
    Column("touched", Instant, nullable=False),
    *(Column(name, Integer, nullable=False, server_default=text("0")) for name in TALLIED),
    Index("ix_chunks_run", "run_id", "platform", "account", "priority", "number"),
    Index(
        "ix_chunks_waiting",
        "platform",
        "account",
        "due",
        sqlite_where=text("due IS NOT NULL"),
        postgresql_where=text("due IS NOT NULL"),
    ),
)
"""Some hundred deliveries of one run and account, which are leased together. ``number`` counts them in the run.

``due`` is when something in it is to be done next, null if nothing is. ``lease`` is the fence: who holds another number
changes nothing. ``touched`` is when the chunk was taken up or put down last. The counts are of that instant; while
somebody holds the chunk its deliveries are counted instead. See ``core.storage.chunks``.
"""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("run_id", BigInteger, nullable=False),
    Column("chunk_id", BigInteger, nullable=False),
    Column("issue_id", BigInteger, nullable=False),
    Column("target", Text, nullable=False),
    Column("platform", String(16), nullable=False),
    Column("account", Text, nullable=False),
    Column("subscription_id", BigInteger),
    Column("state", String(8), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("due", Instant, nullable=False),
    Column("next_page", SmallInteger, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("revision", String(64)),
    Column("amends", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("target", "issue_id"),
    Index("ix_deliveries_run", "run_id", "chunk_id", "id"),
    postgresql_with={"fillfactor": 50},
    sqlite_autoincrement=True,
)
"""``priority``: smaller goes first. ``kind`` is the error class of ``reason``, "" where there was no error; what was
sent again after it had been in doubt keeps both.

``due`` is the instant before which a planned delivery is not tried. ``revision`` is what was sent ("withdrawn" for a
notice in its place); ``amends`` tells that the post is there and only to be brought up to date.

No index holds a column that changes while a delivery is made, so that PostgreSQL can update rows in place, and nothing
is checked by foreign keys: both cost more than everything else together. Each block has room for a
second version of all its rows: with less, half of the changes go elsewhere, and into every index.

Numbers are never used twice: what becomes of a delivery that is forgotten on its way would be another's otherwise.
"""

pages = Table(
    "pages",
    metadata,
    Column("delivery_id", BigInteger, primary_key=True, autoincrement=False),
    Column("page", SmallInteger, primary_key=True, autoincrement=False),
    Column("state", String(8), nullable=False),
    Column("message_id", Text, nullable=False),
    Column("digest", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
"""What became of each page; ``digest`` is a hash of what was sent, so that corrections know what changed."""

erased = Table(
    "erased",
    metadata,
    Column("run_id", BigInteger, primary_key=True, autoincrement=False),
    Column("issue_id", BigInteger, nullable=False, index=True),
    Column("until", Instant, nullable=False),
    *(Column(name, Integer, nullable=False) for name in TALLIED),
)
"""What became of a run's deliveries that were erased because they are old. All of them were settled by ``until``: who
subscribed later has had none of them. See ``core.storage.retention``.
"""

leases = Table(
    "leases",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("owner", Text, nullable=False, index=True),
    Column("chunk_id", BigInteger, nullable=False),
    Column("sending", Text, nullable=False, server_default=text("'[]'")),
    sqlite_autoincrement=True,
)
"""Who works on which chunk. Numbers are never used twice: they fence off those who come too late.

``sending`` holds the intents: the pages that are on their way, as JSON ``[[delivery, page, at], …]``.
"""

budgets = Table(
    "budgets",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("account", Text, primary_key=True),
    Column("share", SmallInteger, primary_key=True, autoincrement=False),
    Column("owner", Text, nullable=False),
    Column("until", Instant, nullable=False),
    Column("per_second", Float),
)
"""Which courier may use an account's rate, or one of equal shares of it. Its leases end when this ends."""

notices = Table(
    "notices",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("platform", String(16), nullable=False),
    Column("account", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("text", Text, nullable=False),
)
"""What somebody ought to know: subscriptions that ended, moved or were paused, accounts that cannot send."""

chats = Table(
    "chats",
    metadata,
    Column("target", Text, primary_key=True),
    Column("lang", String(8), nullable=False),
)
"""What a chat chose for itself."""

notes = Table(
    "notes",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("expires", Instant, index=True),
)
"""Small things to remember by name, some of them only for a time."""

events = Table(
    "events",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Index(
        "ix_events_waiting",
        "stream",
        "number",
        sqlite_where=text("body <> ''"),
        postgresql_where=text("body <> ''"),
    ),
)
"""What platforms brought, by account and number; ``body`` is empty once it is handled."""
