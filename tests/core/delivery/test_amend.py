from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs
from sqlalchemy import insert, select, update

from core.clock import SystemClock
from core.delivery.amend import steps
from core.delivery.courier import Habits
from core.delivery.model import AMENDS, PRIVATE, Counts, Doubts, SendError
from core.delivery.port import Shown
from core.delivery.printer import Sheet
from core.delivery.retry import Policy
from core.delivery.runs import FEW
from core.digest.parse import parse
from core.digest.sections import Vocabulary
from core.render.port import Message
from core.storage.agenda import SqlAgenda
from core.storage.archive import SqlArchive
from core.storage.ledger import SqlLedger
from core.storage.receipts import SqlReceipts
from core.storage.runs import SqlRuns
from core.storage.schema import deliveries, issues, runs
from core.storage.subscriptions import SqlSubscriptions
from couriers import hired
from newsroom import ACCOUNT, NOW, REF, Platform, add_issue, add_readers, plan, reader

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from core.delivery.model import Receipt
    from core.delivery.port import Content
    from core.storage.engine import Database
    from core.target import Target

MILLISECOND = timedelta(milliseconds=1)
LATER = SystemClock().now()
READERS = 3


def sheet(text: str) -> Sheet:
    return Sheet(message=Message(method="send", payload={"text": text}, text=text, counts={}), digest=text)


def shown(*digests: str) -> list[Shown]:
    return [Shown(page=page, message_id=f"m{page}", digest=digest) for page, digest in enumerate(digests)]


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        ("ab", "ab", []),
        ("ab", "aB", [("edit", 1, "m1")]),
        ("ab", "abc", [("send", 2, "")]),
        ("abc", "a", [("delete", 2, "m2"), ("delete", 1, "m1")]),
        ("abc", "X", [("edit", 0, "m0"), ("delete", 2, "m2"), ("delete", 1, "m1")]),
        ("", "a", [("send", 0, "")]),
    ],
)
def test_only_pages_that_differ_are_edited_added_or_deleted(
    was: str, becomes: str, expected: list[tuple[str, int, str]]
) -> None:
    found = steps([sheet(text) for text in becomes], shown(*was))
    assert [(step.verb, step.page, step.message_id) for step in found] == expected


@dataclass
class Board(Platform):
    """Shows what was sent, by message id, and remembers each call.

    ``refusals`` are raised by edits; ``refuses_page`` is never taken; ``meanwhile`` happens during the next edit.
    """

    shows: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)
    refuses_page: str = ""
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def send(self, target: Target, message: Message, envelope: Any) -> str:  # noqa: ANN401  # the port's
        if message.payload["text"] == self.refuses_page:
            raise SendError("content", "refused")
        message_id = await super().send(target, message, envelope)
        self.calls.append(("send", target.chat))
        self.shows[message_id] = message.payload["text"]
        return message_id

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        self.calls.append(("edit", target.chat))
        if self.meanwhile:
            happens, self.meanwhile = self.meanwhile, None
            await happens()
        if self.refusals:
            raise self.refusals.pop(0)
        self.shows[message_id] = message.payload["text"]

    async def delete(self, target: Target, message_id: str) -> None:
        self.calls.append(("delete", target.chat))
        del self.shows[message_id]

    def of(self, chat: str) -> list[str]:
        return [text for message_id, text in self.shows.items() if message_id.startswith(f"{chat}/")]


class Desk:
    """An issue with readers, whose pages are the letters of its revision; "-" stands for a notice."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.board = Board()

    async def publish(self, revision: str) -> None:
        await add_issue(self.database, revision=revision)
        await add_readers(self.database, READERS)
        await plan(self.database)
        await self.deliver()
        await self.amend()

    async def revise(self, **values: object) -> int:
        async with self.database.write() as connection:
            await connection.execute(update(issues).values({"updated_at": SystemClock().now()} | values))
        return await self.amend()

    async def amend(self) -> int:
        now = SystemClock().now()
        return await SqlAgenda(self.database).amend(now, settled=now)

    async def deliver(self) -> None:
        async def pages(content: Content) -> tuple[Message, ...]:
            texts = "-" if content.kind == "withdrawal" else content.revision
            return tuple(sheet(text).message for text in texts)

        async with hired(
            ACCOUNT,
            SqlLedger(self.database),
            sender=self.board,
            pages=pages,
            policy=Policy(first_wait=MILLISECOND, longest_wait=MILLISECOND, attempts=3),
            habits=Habits(rest=MILLISECOND),
        ) as courier:
            for _ in range(4):
                await courier.run(asyncio.Event(), until_idle=True)
                await asyncio.sleep(0.003)

    async def receipts(self) -> Sequence[Receipt]:
        return await SqlReceipts(self.database).of_run(1)

    async def counts(self) -> Counts:
        return (await SqlRuns(self.database).newest())[0].counts


@pytest.fixture
async def desk(database: Database) -> Desk:
    desk = Desk(database)
    await desk.publish("ab")
    desk.board.calls.clear()
    return desk


@pytest.mark.parametrize(
    ("revision", "calls", "states"),
    [
        ("aB", ["edit"], ["sent", "edited"]),
        ("abc", ["send"], ["sent", "sent", "sent"]),
        ("A", ["edit", "delete"], ["edited", "deleted"]),
    ],
)
async def test_a_revision_changes_only_the_pages_that_differ(
    desk: Desk, revision: str, calls: list[str], states: list[str]
) -> None:
    assert await desk.revise(revision=revision) == READERS
    await desk.deliver()
    for receipt in await desk.receipts():
        chat = receipt.delivery.target.chat
        assert desk.board.of(chat) == list(revision)
        assert [verb for verb, there in desk.board.calls if there == chat] == calls
        assert (receipt.delivery.state, [page.state for page in receipt.pages]) == ("sent", states)
    assert await desk.counts() == Counts(sent=READERS)
    assert await desk.amend() == 0


async def test_a_withdrawal_leaves_a_notice_and_a_restored_issue_comes_back(desk: Desk) -> None:
    assert await desk.revise(withdrawn_at=NOW) == READERS
    await desk.deliver()
    assert {tuple(desk.board.of(f"chat-{number}")) for number in range(READERS)} == {("-",)}
    assert await desk.revise(withdrawn_at=None) == READERS
    await desk.deliver()
    assert {tuple(desk.board.of(f"chat-{number}")) for number in range(READERS)} == {("a", "b")}


async def test_who_was_left_out_while_the_issue_was_withdrawn_gets_it_when_it_is_back(database: Database) -> None:
    archive = SqlArchive(database, vocabulary=Vocabulary.bundled(), clock=SystemClock())
    source = "# Title\n\n## Models\n\n- **Polaris** — Open weights.\n"
    issue = structs.replace(parse(source).issue, ref=REF)
    desk = Desk(database)
    await archive.put(issue, source)
    await desk.amend()
    await add_readers(database, READERS)
    await plan(database, at=SystemClock().now())
    await archive.withdraw(REF)
    await desk.deliver()
    assert await desk.counts() == Counts(skipped=READERS)
    await archive.put(issue, source)
    await desk.amend()
    await desk.deliver()
    assert await desk.counts() == Counts(sent=READERS)
    assert {verb for verb, _ in desk.board.calls} == {"send"}


async def test_nothing_is_changed_within_the_first_minute_and_an_undone_change_never(desk: Desk) -> None:
    async with desk.database.write() as connection:
        await connection.execute(update(issues).values(revision="XY", updated_at=LATER))
    assert await SqlAgenda(desk.database).amend(LATER, settled=LATER - timedelta(minutes=1)) == 0
    assert await desk.revise(revision="ab") == 0
    await desk.deliver()
    assert desk.board.calls == []


async def test_a_correction_that_comes_while_another_is_carried_out_reaches_everybody(desk: Desk) -> None:
    async def revise_again() -> None:
        await desk.revise(revision="aC")

    await desk.revise(revision="aB")
    desk.board.meanwhile = revise_again
    await desk.deliver()
    await desk.amend()
    await desk.deliver()
    assert {tuple(desk.board.of(f"chat-{number}")) for number in range(READERS)} == {("a", "C")}


async def test_what_a_correction_could_not_change_the_next_one_does(desk: Desk) -> None:
    desk.board.refusals = [SendError("content", "refused")]
    await desk.revise(revision="aB")
    await desk.deliver()
    assert await desk.counts() == Counts(sent=READERS - 1, failed=1)
    assert await desk.amend() == 0
    assert await desk.revise(revision="aC") == READERS
    await desk.deliver()
    assert {tuple(desk.board.of(f"chat-{number}")) for number in range(READERS)} == {("a", "C")}
    assert await desk.counts() == Counts(sent=READERS)


@pytest.mark.parametrize(("revision", "calls"), [("AB", ["edit", "send"]), ("aB", ["send"]), ("A", ["edit"])])
async def test_a_post_that_was_begun_before_a_correction_shows_one_revision_in_the_end(
    database: Database, revision: str, calls: list[str]
) -> None:
    desk = Desk(database)
    desk.board.refuses_page = "b"
    await desk.publish("ab")
    await desk.revise(revision=revision)
    desk.board.calls.clear()
    assert await SqlRuns(database).retry(1, states=["failed"], reason="", now=SystemClock().now()) == READERS
    await desk.deliver()
    assert await desk.counts() == Counts(sent=READERS)
    for number in range(READERS):
        assert desk.board.of(f"chat-{number}") == list(revision)
        assert [verb for verb, there in desk.board.calls if there == f"chat-{number}"] == calls


async def test_what_is_there_of_a_post_that_failed_half_way_is_taken_back_with_the_issue(database: Database) -> None:
    desk = Desk(database)
    desk.board.refuses_page = "b"
    await desk.publish("ab")
    assert await desk.counts() == Counts(failed=READERS)
    assert await desk.revise(revision="aB") == 0
    assert await desk.revise(withdrawn_at=NOW) == READERS
    await desk.deliver()
    assert {tuple(desk.board.of(f"chat-{number}")) for number in range(READERS)} == {("-",)}


async def test_new_posts_go_before_corrections(desk: Desk) -> None:
    await desk.revise(revision="AB")
    book = SqlSubscriptions(desk.database)
    await book.save(reader(9), due=NOW)
    await plan(desk.database)
    ledger = SqlLedger(desk.database)
    now = SystemClock().now()
    [first, second] = await ledger.waiting(now=now)
    assert (first.priority, second.priority) == (PRIVATE, AMENDS)
    assert await ledger.hold(ACCOUNT, "owner", now=now, until=now + timedelta(minutes=1), on_unknown=Doubts())
    (new,) = await ledger.claim(first.id, "owner", now=now)
    old, *_ = await ledger.claim(second.id, "owner", now=now)
    assert (new.delivery.target.chat, new.amends, new.shown) == ("chat-9", False, ())
    assert (old.amends, [page.page for page in old.shown]) == (True, [0, 1])


async def test_a_cancelled_correction_leaves_the_posts_sent_as_they_were(desk: Desk) -> None:
    await desk.revise(revision="AB")
    assert await SqlRuns(desk.database).change(1, states=["running"], to="cancelled", note="", now=LATER)
    await desk.deliver()
    assert desk.board.calls == []
    assert await desk.counts() == Counts(sent=READERS)
    assert [run.left_out for run in await SqlRuns(desk.database).newest()] == [False]


async def test_who_cancels_the_rest_of_a_run_keeps_no_post_from_being_corrected(desk: Desk) -> None:
    await SqlSubscriptions(desk.database).save(reader(9), due=NOW)
    async with desk.database.write() as connection:  # as if the run had been paused before its last reader
        await connection.execute(update(runs).values(state="paused"))
        sent = (await connection.execute(select(deliveries).limit(1))).mappings().one()
        last = {**sent, "id": 9, "target": reader(9).target.key, "state": "planned", "next_page": 0}
        await connection.execute(insert(deliveries).values(last))
    await desk.revise(revision="AB")
    assert await SqlRuns(desk.database).change(1, states=["paused"], to="cancelled", note="", now=LATER)
    assert await desk.amend() == READERS
    await desk.deliver()
    assert {tuple(desk.board.of(f"chat-{number}")) for number in range(READERS)} == {("A", "B")}
    assert await desk.counts() == Counts(sent=READERS, skipped=1)
    [run] = await SqlRuns(desk.database).newest()
    assert (run.state, run.left_out) == ("done", True)


async def test_what_failed_before_a_correction_does_not_stop_it(database: Database) -> None:
    desk = Desk(database)
    await add_issue(database, revision="ab")
    await add_readers(database, FEW + 5)
    await plan(database)
    await desk.deliver()
    await desk.amend()
    async with database.write() as connection:
        refused = update(deliveries).where(deliveries.c.id <= FEW)
        await connection.execute(refused.values(state="failed", kind="content", reason="refused"))
    desk.board.refusals = [SendError("content", "refused")]
    await desk.revise(revision="aB")
    await desk.deliver()
    [run] = await SqlRuns(database).newest()
    assert (run.state, run.counts) == ("done", Counts(sent=4, failed=FEW + 1))


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (SendError("unknown", "timeout"), "sent"),
        (SendError("transient", "502"), "sent"),
        (SendError("config", "too old to edit"), "failed"),
        (SendError("content", "refused"), "failed"),
    ],
)
async def test_an_edit_that_fails_is_tried_again_or_says_why(desk: Desk, error: SendError, state: str) -> None:
    desk.board.refusals = [error]
    await desk.revise(revision="aB")
    await desk.deliver()
    assert len(desk.board.calls) == READERS + (state == "sent")
    counts = await desk.counts()
    assert counts == (Counts(sent=READERS) if state == "sent" else Counts(sent=READERS - 1, failed=1))
    assert all(receipt.pages[1].message_id for receipt in await desk.receipts())
