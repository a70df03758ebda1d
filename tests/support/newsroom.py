"""A database with an issue and readers, and a fake platform, for tests of delivery."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from core.delivery.port import Account
from core.digest.model import IssueRef
from core.render.port import Message
from core.schedule.port import Order
from core.storage.agenda import SqlAgenda
from core.storage.schema import issues, subscriptions
from core.storage.subscriptions import SqlSubscriptions
from core.subscriptions.model import Slot, Subscription
from core.target import Target

if TYPE_CHECKING:
    from core.delivery.port import Content, Envelope
    from core.storage.engine import Database

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
REF = IssueRef(edition="daily", date=date(2026, 3, 2), lang="en")
ACCOUNT = Account(platform="fake", account="bot")


def reader(number: int, **changes: object) -> Subscription:
    subscription = Subscription(
        id=0,
        target=Target(platform="fake", account="bot", chat=f"chat-{number}"),
        edition="daily",
        lang="en",
        slot=Slot(time=time(8), zone="UTC"),
        created_by="user",
        created_at=NOW,
    )
    return replace(subscription, **changes)  # type: ignore[arg-type]  # a test names what it changes


async def add_issue(database: Database, ref: IssueRef = REF, revision: str = "r1") -> None:
    row = {
        "edition": ref.edition,
        "date": ref.date.isoformat(),
        "lang": ref.lang,
        "revision": revision,
        "title": "Title",
        "stories": 1,
        "draft": False,
        "source": "# Title",
        "keys": {},
        "origin": "",
        "added_at": NOW,
        "updated_at": NOW,
    }
    async with database.write() as connection:
        await connection.execute(insert(issues).values(row))


async def add_readers(database: Database, count: int, **changes: object) -> list[Subscription]:
    book = SqlSubscriptions(database)
    return [await book.save(reader(number, **changes), due=NOW) for number in range(count)]


async def add_many(database: Database, count: int) -> None:
    """Add readers quickly: copies of one."""
    (first,) = await add_readers(database, 1)
    async with database.write() as connection:
        row = (await connection.execute(select(subscriptions).where(subscriptions.c.id == first.id))).mappings().one()
        copied = {name: value for name, value in row.items() if name not in {"id", "target", "chat"}}
        copies = [
            {"target": f"fake:bot:chat-{number}", "chat": f"fake:bot:chat-{number}", **copied}
            for number in range(1, count)
        ]
        await connection.execute(insert(subscriptions), copies)


async def plan(database: Database, ref: IssueRef = REF, at: datetime = NOW) -> int:
    order = Order(issue=ref, kind="push", langs=frozenset({"en", "zh"}))
    planned = await SqlAgenda(database).plan(order, at)
    assert planned.run is not None
    return planned.run


async def two_pages(content: Content) -> tuple[Message, ...]:
    return tuple(
        Message(method="send", payload={"text": f"{content.form}{number}"}, text=f"{number}", counts={})
        for number in (1, 2)
    )


@dataclass
class Platform:
    """Remembers what it took. ``answers`` are the errors to raise, by chat, one for each call."""

    answers: dict[str, list[Exception]] = field(default_factory=dict)
    taken: list[tuple[str, str, str]] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    most_at_once: int = 0
    at_once: int = 0
    delay: float = 0

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.delay)
        self.at_once -= 1
        if errors := self.answers.get(target.chat):
            raise errors.pop(0)
        self.envelopes.append(envelope)
        self.taken.append((target.chat, message.payload["text"], envelope.key))
        return f"{target.chat}/{len(self.taken)}"

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        raise NotImplementedError

    async def delete(self, target: Target, message_id: str) -> None:
        raise NotImplementedError

    def pages(self, chat: str) -> list[str]:
        return [text for there, text, _ in self.taken if there == chat]
