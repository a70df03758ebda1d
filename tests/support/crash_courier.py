"""The program in small, to be killed.

It plans the issue for whoever has none of it, and carries. It sends over one loopback connection a request: a line with
chat, page and key out, a line with the message id back.
"""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from typing import TYPE_CHECKING

from bots.engine.embedded import EmbeddedEngine
from core.clock import SystemClock
from core.delivery.courier import Courier, Habits
from core.delivery.model import Doubts, SendError
from core.delivery.office import Office
from core.delivery.pacing import Pace
from core.delivery.recorder import Recorder
from core.delivery.retry import Policy
from core.errors import StorageError
from core.schedule.port import Order
from core.storage.agenda import SqlAgenda
from core.storage.engine import open_database
from core.storage.ledger import SqlLedger
from newsroom import ACCOUNT, REF, Platform, two_pages

if TYPE_CHECKING:
    from core.delivery.model import OnUnknown
    from core.delivery.port import Envelope
    from core.render.port import Message
    from core.storage.engine import Database
    from core.target import Target

SHARES = 4
LEASE = timedelta(seconds=float(os.environ.get("PAPERBOY_CRASH_LEASE", "2")))
"""Longer than a busy machine keeps a living courier waiting for the database; a courier that is later has lost it."""
HABITS = Habits(lease=LEASE, rest=timedelta(milliseconds=20), shares=SHARES)
IN_FLIGHT = 8
STORAGE_PAUSE = 0.2


class Line(Platform):
    """Sends each page as a line to a server."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__()
        self._host = host
        self._port = port

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        try:
            reader, writer = await asyncio.open_connection(self._host, self._port)
        except OSError as error:
            raise SendError("transient", "nobody answers") from error
        try:
            writer.write(f"{target.chat}\t{message.payload['text']}\t{envelope.key}\n".encode())
            await writer.drain()
            answer = await reader.readline()
        except OSError as error:
            raise SendError("unknown", "the connection broke") from error
        finally:
            writer.close()
        if not answer:
            raise SendError("unknown", "the connection ended")
        return answer.decode().strip()


async def plan(database: Database) -> None:
    """Plan the issue, as often as it takes."""
    order = Order(issue=REF, kind="push", langs=frozenset({"en", "zh"}))
    while True:
        try:
            await SqlAgenda(database).plan(order, SystemClock().now())
        except StorageError:
            await asyncio.sleep(STORAGE_PAUSE)
        else:
            return


async def main(url: str, host: str, port: int, on_unknown: OnUnknown) -> None:
    """Work; when the database was away for too long, start anew, as the program does."""
    while True:
        try:
            await work(open_database(url), Line(host, port), on_unknown)
        except* StorageError:
            await asyncio.sleep(STORAGE_PAUSE)


async def work(database: Database, line: Line, on_unknown: OnUnknown) -> None:
    ledger = SqlLedger(database)
    recorder = Recorder(ledger)
    courier = Courier(
        ACCOUNT,
        sender=line,
        ledger=ledger,
        recorder=recorder,
        pages=two_pages,
        clock=SystemClock(),
        pace=Pace(in_flight=IN_FLIGHT),
        policy=Policy(
            on_unknown=Doubts.always(on_unknown),
            attempts=30,
            first_wait=timedelta(milliseconds=100),
            longest_wait=timedelta(milliseconds=500),
        ),
        habits=HABITS,
    )
    office = Office(EmbeddedEngine(), ledger, SystemClock(), rest=HABITS.rest)
    office.hire(courier)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(plan(database))
        tasks.create_task(recorder.run())
        tasks.create_task(courier.run(asyncio.Event()))
        tasks.create_task(office.run(asyncio.Event()))


def serve(url: str, host: str, port: int, on_unknown: OnUnknown) -> None:
    """Be the process."""
    asyncio.run(main(url, host, port, on_unknown))
