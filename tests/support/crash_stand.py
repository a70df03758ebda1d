"""Where couriers are killed: a server with a log, processes, accidents, and a checker that reads log and ledger."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import NullPool, create_engine, make_url, text

import crash_courier
from forked import processes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from multiprocessing.process import BaseProcess

    from core.delivery.model import OnUnknown

SEED = 20260219
APPLICATION = f"paperboy-crash-{os.getpid()}"
PAGES = ("1", "2")
PORTS = range(20_000, 30_000)
"""None that connections leave from: one of them would take the server's place while its network is cut."""


class Server:
    """Takes lines, logs them, answers a little later; its network can be cut."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.port = 0
        self._random = random.Random(SEED)  # noqa: S311  # a repeatable accident
        self._open: set[asyncio.StreamWriter] = set()
        self._listening: asyncio.Server | None = None

    async def listen(self) -> None:
        """Listen, on one of ``PORTS`` that is free, and on the same one after a cut."""
        while self._listening is None:
            port = self.port or secrets.choice(PORTS)
            with suppress(OSError):
                self._listening = await asyncio.start_server(self._serve, "127.0.0.1", port)
                self.port = port

    async def until(self, count: float) -> None:
        """Wait until so many lines came."""
        while len(self.taken) < count:  # noqa: ASYNC110  # nothing else to do meanwhile
            await asyncio.sleep(0.01)

    async def cut(self, seconds: float) -> None:
        """Break every connection, and take none for so long."""
        await self.close()
        await asyncio.sleep(seconds)
        await self.listen()

    async def close(self) -> None:
        assert self._listening is not None
        for listener in self._listening.sockets:
            asyncio.get_running_loop().remove_reader(listener.fileno())
        await asyncio.sleep(0)  # whoever was just accepted is attached to the server first, or left unclosed by asyncio
        self._listening.close()
        self._abort()
        await self._listening.wait_closed()
        await asyncio.sleep(0.05)  # one may just have been accepted; whoever outlives the loop is reported as unclosed
        while self._open:
            self._abort()
            await asyncio.sleep(0.01)
        self._listening = None

    def _abort(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            line = (await reader.readline()).decode().split("\t")
            if len(line) == 3:
                self.taken.append((line[0], line[1]))
                await asyncio.sleep(self._random.uniform(0.001, 0.02))
                writer.write(f"message-{len(self.taken)}\n".encode())
        except OSError:
            pass  # cut before anything came
        finally:
            self._open.discard(writer)
            writer.close()


def named(url: str) -> str:
    """Have the connections to this database bear a name, so that only they are broken."""
    if not url.startswith("postgresql"):
        return url
    return make_url(url).update_query_dict({"application_name": APPLICATION}).render_as_string(hide_password=False)


async def start(url: str, port: int, on_unknown: OnUnknown) -> BaseProcess:
    courier = processes.Process(target=crash_courier.serve, args=(named(url), "127.0.0.1", port, on_unknown))
    await asyncio.to_thread(courier.start)
    return courier


async def end(courier: BaseProcess) -> None:
    courier.kill()
    await asyncio.to_thread(courier.join)


def signalled(courier: BaseProcess, number: signal.Signals) -> None:
    assert courier.pid is not None
    os.kill(courier.pid, number)


def _server(url: str) -> psycopg.Connection:
    server = make_url(url).set(drivername="postgresql", query={}).render_as_string(hide_password=False)
    return psycopg.connect(server, autocommit=True)


def break_database(url: str) -> int:
    """End the PostgreSQL server's side of every courier's connection; return how many there were."""
    with _server(url) as connection:
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
        return len(connection.execute(query, [APPLICATION]).fetchall())


async def freeze(courier: BaseProcess, url: str) -> None:
    """Stop a process at an instant at which it holds no lock of the database."""
    while True:
        signalled(courier, signal.SIGSTOP)
        if not await asyncio.to_thread(_is_in_transaction, url):
            return
        signalled(courier, signal.SIGCONT)
        await asyncio.sleep(0.005)


def _is_in_transaction(url: str) -> bool:
    if url.startswith("postgresql"):
        with _server(url) as connection:
            query = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s AND state <> 'idle'"
            return connection.execute(query, [APPLICATION]).fetchone() is not None
    with closing(sqlite3.connect(make_url(url).database or "", timeout=0)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What log and ledger say together.

    ``lost``: readers whose delivery is missing or unsettled, or is called sent though a page never arrived.
    ``twice``: pages that arrived more than once and were never in doubt; ``again`` those that had been.
    ``never``: pages that did not arrive, however the ledger explains it.
    """

    states: Mapping[str, int]
    lost: int
    twice: int
    again: int
    never: int


def check(url: str, taken: Sequence[tuple[str, str]], readers: int) -> Verdict:
    """Compare the server's log with the rows of the database, past the program's own queries."""
    engine = create_engine(url.replace("+aiosqlite", ""), poolclass=NullPool)
    with engine.connect() as connection:
        deliveries = connection.execute(text("SELECT id, target, state, attempts FROM deliveries")).all()
        doubtful = connection.execute(text("SELECT delivery_id, page FROM pages WHERE state = 'unknown'")).all()
    engine.dispose()
    times = Counter(taken)
    chats = {row.id: row.target.rsplit(":", 1)[1] for row in deliveries}
    in_doubt = {(chats[row.delivery_id], PAGES[row.page]) for row in doubtful}
    in_doubt |= {(chats[row.id], page) for row in deliveries if row.attempts for page in PAGES}
    settled = {chats[row.id]: row.state for row in deliveries}
    wanted = {f"chat-{number}" for number in range(readers)}
    never = {(chat, page) for chat in wanted for page in PAGES} - set(times)
    unsettled = {chat for chat in wanted if settled.get(chat) not in {"sent", "unknown", "failed", "skipped"}}
    repeated = {page: count - 1 for page, count in times.items() if count > 1}
    return Verdict(
        states=Counter(settled.values()),
        lost=len(unsettled | {chat for chat, _ in never if settled.get(chat) == "sent"}) + (len(deliveries) != readers),
        twice=sum(count for page, count in repeated.items() if page not in in_doubt),
        again=sum(count for page, count in repeated.items() if page in in_doubt),
        never=len(never),
    )
