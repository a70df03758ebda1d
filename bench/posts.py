"""Posts: the rate that a strict platform takes, and what they cost, next to the libraries that users broadcast with.

The platform is a process of its own on loopback (``bench.strict_server``). Our side is the whole way of a delivery:
courier, ledger on SQLite, Telegram's posts. ``python -m bench.posts`` prints these rows alone.
"""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import time
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import uvloop

from bench.delivery import deliver, filled, plan
from bench.limits import LIMITS
from bench.processes import workers
from bench.row import Row, at_least, at_most
from bots.broadcast import Pool
from bots.telegram.api import Api
from bots.telegram.posts import Posts
from bots.telegram.send import Buttons, TelegramSender
from core.clock import SystemClock
from core.delivery.pacing import Pace
from core.delivery.port import Envelope
from core.render.port import Message
from core.storage.notes import SqlNotes
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from core.delivery.port import Content
    from core.storage.engine import Database

PEERS = ("aiogram", "python-telegram-bot")
PEER_PYTHON = Path(".venv-bench/bin/python")
BROADCASTERS = Path("bench/broadcasters.py")
FREE, PAID = 30, 1000
LATENCIES = (30, 80)
SECONDS, PAID_SECONDS, PAID_ROUNDS = 20, 10, 4
BEGIN_SECONDS = 30
START_SECONDS = 1
"""Statements are compiled and connections opened meanwhile, which happens once, at whichever rate."""
SIDE_BY_SIDE = 64
CEILING_PAGES, PEER_PAGES = 20_000, 1_000
ROUNDS = 2
TOKEN = "1:token"  # noqa: S105  of a server that asks for none
TEXT = "A card with its headline, lead and stories. " * 60
BOLD = [{"type": "bold", "offset": 40 * number, "length": 12} for number in range(60)]
PAGE = Message(method="sendMessage", payload={"text": TEXT, "entities": BOLD}, text=TEXT, counts={})


def rows() -> Iterator[Row]:
    """Measure rates under limits, then the ceiling without one."""
    for latency in LATENCIES:
        for limit in LIMITS:
            yield from _free(limit, latency)
    yield from _paid("sliding window", 30)
    yield from _ceiling()


def _free(limit: str, latency: int) -> Iterator[Row]:
    """Let everybody send at the same time, each to a server of its own: so little is sent that nobody disturbs."""
    what = f"{FREE}/s, {limit}, {latency} ms"
    with ExitStack() as stack:
        servers = {name: stack.enter_context(server(limit, FREE, latency)) for name in ("", *PEERS)}
        for name in PEERS:
            stack.enter_context(_peer(name, servers[name], FREE, 2 * FREE * SECONDS))
            _begun(servers[name])
        core = _core(servers[""], FREE, FREE * SECONDS)
        counts = {name: counts_of(url) for name, url in servers.items()}
    yield from _ours(what, FREE, counts[""])
    yield Row(group="posts", what=f"{what}: processor", figure=100 * core, unit="% of a core")
    for name in PEERS:
        yield from _theirs(what, FREE, name, counts[name])


def _paid(limit: str, latency: int) -> Iterator[Row]:
    """Send some times: what else the machine does costs processor time too, so the best counts, of rates the worst."""
    what = f"{PAID}/s, {limit}, {latency} ms"
    cores, counted = [], []
    for _ in range(PAID_ROUNDS):
        with server(limit, PAID, latency) as url:
            cores.append(_core(url, PAID, PAID * PAID_SECONDS))
            counted.append(counts_of(url))
    slowest = max(counted, key=lambda counts: counts["seconds"] / counts["taken"])
    yield from _ours(what, PAID, slowest | {"refused": sum(counts["refused"] for counts in counted)})
    yield at_most(20, group="posts", what=f"{what}: processor", figure=100 * min(cores), unit="% of a core")
    yield Row(group="posts", what=f"{what}: processor, most", figure=100 * max(cores), unit="% of a core")
    for name in PEERS:
        with server(limit, PAID, latency) as url, _peer(name, url, PAID, 2 * PAID * PAID_SECONDS):
            _begun(url)
            time.sleep(PAID_SECONDS)
            yield from _theirs(what, PAID, name, counts_of(url))


def _ours(what: str, rate: int, counts: dict[str, float]) -> Iterator[Row]:
    used = (counts["taken"] - 1) / counts["seconds"] / rate
    yield at_least(0.98, group="posts", what=f"{what}: share of the permitted rate", figure=used, unit="")
    yield at_most(0, group="posts", what=f"{what}: refused", figure=counts["refused"], unit="429s")


def _theirs(what: str, rate: int, name: str, counts: dict[str, float]) -> Iterator[Row]:
    used = counts["taken"] / counts["since"] / rate if counts["since"] else 0.0
    yield Row(group="posts", what=f"{what}: share, {name}", figure=used, unit="")
    yield Row(group="posts", what=f"{what}: refused, {name}", figure=counts["refused"], unit="429s")


def _ceiling() -> Iterator[Row]:
    """Compare processor seconds; the best of some rounds each, in turn, since the machine is shared."""
    best: dict[str, float] = dict.fromkeys(("", *PEERS), 0.0)
    with server("none", 0, 0) as url:
        for _ in range(ROUNDS):
            best[""] = max(best[""], uvloop.run(_posted(url)))
            for name in PEERS:
                with _peer(name, url, 0, PEER_PAGES) as process:
                    said = json.loads(process.communicate()[0])
                best[name] = max(best[name], said["sent"] / said["cpu"])
    unit = "messages/CPU s"
    yield Row(group="posts", what="no limit: posts", figure=best[""], unit=unit)
    for name, times in zip(PEERS, (5, 10), strict=True):
        yield Row(group="posts", what=f"no limit: {name}", figure=best[name], unit=unit)
        figure = best[""] / best[name]
        yield at_least(times, group="posts", what=f"no limit: ours / {name}", figure=figure, unit="ratio")


def _core(url: str, rate: int, pages: int) -> float:
    """Deliver in a process of its own, as the peers do and as the program is."""
    with workers(1) as pool:
        return pool.submit(_deliver, url, rate, pages).result()


def _deliver(url: str, rate: int, pages: int) -> float:
    return uvloop.run(_sent(url, rate, pages))


async def _sent(url: str, rate: int, pages: int) -> float:
    """Deliver to so many chats; return the share of a core that this process used once it was under way."""
    async with filled("", pages) as database, sender_to(url, database) as sender:
        await plan(database)
        gc.freeze()  # as the program does
        pace = Pace(per_second=rate, in_flight=max(64, rate // 2))
        delivering = asyncio.create_task(deliver(database, sender, pace, pages=one_page))
        await asyncio.sleep(START_SECONDS)
        started, worked = time.perf_counter(), time.process_time()
        await delivering
        return (time.process_time() - worked) / (time.perf_counter() - started)


async def one_page(_content: Content) -> tuple[Message, ...]:
    """Return the page that everybody gets."""
    return (PAGE,)


async def _posted(url: str) -> float:
    """Send without a courier; return messages per processor second."""
    async with filled("", 1) as database, sender_to(url, database) as sender:
        chats = iter(range(1, CEILING_PAGES + 1))

        async def send() -> None:
            for chat in chats:
                target = Target(platform="telegram", account="1", chat=str(chat))
                await sender.send(target, PAGE, Envelope(key=str(chat)))

        worked = time.process_time()
        await asyncio.gather(*(send() for _ in range(SIDE_BY_SIDE)))
        return CEILING_PAGES / (time.process_time() - worked)


@asynccontextmanager
async def sender_to(url: str, database: Database) -> AsyncIterator[TelegramSender]:
    """Give a sender to the server at ``url``."""
    pool, buttons = Pool(), Buttons(SqlNotes(database, SystemClock()))
    posts = Posts(pool, buttons, url=f"{url}/bot{TOKEN}")
    yield TelegramSender(Api(TOKEN, f"{url}/bot"), posts, buttons)
    await pool.close()


@contextmanager
def server(limit: str, rate: int, latency: int) -> Iterator[str]:
    """Give the URL of a strict server that lets ``rate`` messages a second pass, and takes ``latency`` ms to answer."""
    with _process(sys.executable, "-m", "bench.strict_server", limit, str(rate), str(latency)) as process:
        port = process.stdout.readline().strip() if process.stdout else ""
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _peer(name: str, url: str, rate: int, messages: int) -> Iterator[subprocess.Popen[str]]:
    with _process(PEER_PYTHON, BROADCASTERS, name, url, str(rate or "none"), str(messages)) as process:
        yield process


@contextmanager
def _process(*command: str | Path) -> Iterator[subprocess.Popen[str]]:
    words = subprocess.PIPE
    with subprocess.Popen(command, stdout=words, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: S603
        try:
            yield process
        finally:
            process.kill()


def _begun(url: str) -> None:
    """Wait until the first message is there, or long enough: some are busy with their own queue for minutes."""
    deadline = time.monotonic() + BEGIN_SECONDS
    while not counts_of(url)["since"] and time.monotonic() < deadline:
        time.sleep(0.1)


def counts_of(url: str) -> dict[str, float]:
    """Return what the server at ``url`` took and refused."""
    with urlopen(f"{url}/counts") as answer:  # noqa: S310  our own server
        read: dict[str, float] = json.load(answer)
        return read


if __name__ == "__main__":
    for row in rows():
        print(f"{row.what:60} {row.figure:12,.2f} {row.unit} {row.goal}", flush=True)
