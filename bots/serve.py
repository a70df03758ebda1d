"""The program at work: the desk, the platforms, the planner and the couriers in one process, or one role of them."""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

import structlog
import uvicorn

from bots.desk.health import create_health_app
from bots.ears import Ears
from bots.engine.embedded import EmbeddedEngine
from bots.metrics import Metered
from bots.settings import DeskSettings
from bots.wiring import desk_app, desk_platform, health_of, open_house, platforms, sources
from core.delivery.courier import Courier, Habits
from core.delivery.engine import Periodic
from core.delivery.model import Doubts
from core.delivery.office import Office
from core.delivery.pacing import share_of
from core.delivery.port import Account
from core.delivery.recorder import Recorder
from core.delivery.retry import Policy
from core.digest import samples
from core.digest.sources.sync import Memory, sync
from core.errors import DigestError, StorageError, UsageError, leaves

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from starlette.applications import Starlette

    from bots.platform import Platform
    from bots.settings import Settings
    from bots.wiring import House
    from core.digest.sources.port import Source

Role: TypeAlias = Literal["all", "listen", "plan", "carry", "desk"]
TICK = timedelta(seconds=2)
SWEEP = timedelta(hours=1)
ERASE = timedelta(minutes=10)
LEARN_HOUR = 3
FOLLOW = timedelta(minutes=1)
GRACE_SECONDS = 5
RESTART_SECONDS = 1
ACCOUNTS_SECONDS = 1
"""How often platforms are asked whether there are more accounts: workspaces install an app while it runs."""

log = structlog.get_logger(__name__)


class _Server(uvicorn.Server):
    """Leaves signals to the program."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install nothing."""
        yield


async def serve(settings: Settings, role: Role, *, started: Callable[[str], None]) -> None:
    """Run until SIGINT or SIGTERM. ``started`` is told the desk's address once it answers ("" without a desk).

    Raises UsageError, before anything else is done, when nothing can be served where it should; RefusedError when every
    platform refuses its token and the role is to listen to them; StorageError when the database fails.
    """
    place = _place(settings, role)
    if place.port:
        await _listen_once(place)
    async with open_house(settings, model=role not in {"plan", "carry"}) as house:
        stop = _stop_on_signals()
        served = platforms(house)
        ears = Ears(served, alone=role == "listen")
        async with asyncio.TaskGroup() as tasks, _scheduled(house, role, stop, tasks):
            if role in {"all", "carry"}:
                tasks.create_task(_carry(house, (desk_platform(house), *served), stop))
            if role in {"all", "listen"}:
                tasks.create_task(ears.listen(stop))
            if role not in {"plan", "carry"}:
                tasks.create_task(_follow(house, stop))
                routes = [route for platform in served for route in platform.routes]
                tasks.create_task(_web(desk_app(house, routes), place, stop, started))
            else:
                if place.port:
                    tasks.create_task(_web(create_health_app(health_of(house)), place, stop, lambda _url: None))
                started("")
            await stop.wait()
            house.bell.close()
    ears.complain()


def _place(settings: Settings, role: Role) -> DeskSettings:
    """Return where the desk is served, or, by a role without one, how the process is."""
    if role in {"plan", "carry"}:
        return DeskSettings(host=settings.desk.host, port=settings.status_port)
    return settings.desk


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _follow(house: House, stop: asyncio.Event) -> None:
    """Keep what answers questions in step with the archive, whoever writes to it, before anybody asks."""
    with suppress(StorageError):
        await house.search.warm()
    await EmbeddedEngine().every([Periodic(name="follow the archive", period=FOLLOW, do=house.search.warm)], stop)


async def _web(app: Starlette, desk: DeskSettings, stop: asyncio.Event, started: Callable[[str], None]) -> None:
    config = uvicorn.Config(
        app, host=desk.host, port=desk.port, log_config=None, timeout_graceful_shutdown=GRACE_SECONDS, lifespan="off"
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    while not (server.started or serving.done()):  # noqa: ASYNC110 — uvicorn tells it in no other way
        await asyncio.sleep(0.01)
    if server.started:
        port = server.servers[0].sockets[0].getsockname()[1]
        started(desk.base_url or f"http://{desk.host}:{port}")
        await stop.wait()
        server.should_exit = True
    await serving


async def _listen_once(desk: DeskSettings) -> None:
    """Raise UsageError if nothing can be served there: uvicorn would end the process without a word of ours."""
    try:
        probe = await asyncio.get_running_loop().create_server(asyncio.Protocol, desk.host, desk.port)
    except OSError as error:
        advice = "Set PAPERBOY_DESK__PORT to a port that is free."
        raise UsageError(f"{desk.host}:{desk.port} cannot be served: {error.strerror}. {advice}") from error
    probe.close()
    await probe.wait_closed()


async def _carry(house: House, served: Sequence[Platform], stop: asyncio.Event) -> None:
    """Have couriers at work until ``stop``; when the database was away for too long, start them anew."""
    while not stop.is_set():
        try:
            await _work(house, served, stop)
        except* StorageError as errors:
            log.warning("the couriers start anew", reason=str(next(leaves(errors))))
            await _rest(stop, RESTART_SECONDS)


async def _work(house: House, served: Sequence[Platform], stop: asyncio.Event) -> None:
    recorder = Recorder(house.ledger)
    recording = asyncio.create_task(recorder.run())
    office = Office(house.engine, house.ledger, house.clock, rest=timedelta(seconds=1))
    at_work: set[Account] = set()
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(office.run(stop))
            while not stop.is_set():
                for platform in served:
                    for name in platform.accounts:
                        account = Account(platform=platform.name, account=name)
                        if account not in at_work:
                            at_work.add(account)
                            for courier in _couriers(house, platform, account, recorder):
                                office.hire(courier)
                                tasks.create_task(courier.run(stop))
                await _rest(stop, ACCOUNTS_SECONDS)
    finally:
        recording.cancel()
        await asyncio.gather(recording, return_exceptions=True)


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def _couriers(house: House, platform: Platform, account: Account, recorder: Recorder) -> Iterator[Courier]:
    """Give a courier for each share of the account's budget; all but one leave theirs to other processes at first."""
    shares = house.settings.shares
    for number in range(shares):
        yield Courier(
            account,
            sender=Metered(platform.sender, platform.name),
            ledger=house.ledger,
            recorder=recorder,
            pages=house.press,
            clock=house.clock,
            pace=share_of(platform.pace, shares),
            policy=policy(house.settings),
            habits=Habits(shares=shares, spare=number > 0),
        )


def policy(settings: Settings) -> Policy:
    """Return how delivery deals with trouble, as the operator wants it."""
    doubts = settings.on_unknown
    return Policy(on_unknown=Doubts(shared=doubts.shared, private=doubts.private))


@asynccontextmanager
async def _scheduled(house: House, role: Role, stop: asyncio.Event, tasks: asyncio.TaskGroup) -> AsyncIterator[None]:
    """Plan, poll and sweep periodically while the block runs."""
    if role not in {"all", "plan"}:
        yield
        return
    read = [(source, Memory()) for source in sources(house.settings)]
    background = [tasks.create_task(_plan(house, read, stop))]
    background += [tasks.create_task(_watch(house, source, memory)) for source, memory in read]
    try:
        yield
    finally:
        for task in background:
            task.cancel()


async def _plan(house: House, read: Sequence[tuple[Source, Memory]], stop: asyncio.Event) -> None:
    """Begin to plan once the archive is up to date: a round must not be settled before its issue was read.

    Sources are polled by every planner, since each has its own copies of them; one of them plans.
    """
    await _prepare(house)
    for source, memory in read:
        await _read(house, source, memory)
    await house.planner.realign()
    every = timedelta(minutes=house.settings.poll_minutes)
    polls = [
        Periodic(name=f"read {source.name}", period=every, do=partial(_read, house, source, memory))
        for source, memory in read
    ]
    await asyncio.gather(EmbeddedEngine().every(polls, stop), house.engine.every(chores(house), stop))


def chores(house: House) -> Sequence[Periodic]:
    """Return what one program of an installation does again and again, whichever it is."""
    kept = house.settings.receipts_kept
    erase = [Periodic(name="erase receipts", period=ERASE, do=partial(house.retention.erase, kept))] if kept else []
    return [
        Periodic(name="tick", period=TICK, do=house.planner.tick),
        Periodic(name="sweep notes", period=SWEEP, do=house.notes.sweep),
        Periodic(name="learn", period=timedelta(days=1), hour=LEARN_HOUR, do=house.learn),
        Periodic(name="sweep events", period=SWEEP, do=house.events.sweep),
        *erase,
    ]


async def _prepare(house: House) -> None:
    """Give a first start something to read; an installation with sources of its own gives the samples back."""
    own = await house.archive.heads(limit=1)
    bundled = await house.archive.of_origin(samples.ORIGIN)
    if house.settings.issues:
        for ref in bundled:
            await house.archive.withdraw(ref)
            await house.indexer.remove(ref)
    elif bundled or not own:
        await _read(house, samples.source(), Memory())


async def _watch(house: House, source: Source, memory: Memory) -> None:
    async for _ in source.changes():
        await _read(house, source, memory)


async def _read(house: House, source: Source, memory: Memory) -> None:
    """Bring the archive in step with the source; one that cannot be read is logged and tried again later."""
    try:
        report = await sync(source, house.archive, house.indexer, memory=memory, vocabulary=house.services.vocabulary)
    except DigestError as error:
        log.warning("source not read", source=source.name, reason=str(error))
        return
    for found in report.problems:
        log.warning("issue not taken", source=source.name, path=found.path, problem=found.problem.message)
    if report.changed:
        names = ("added", "revised", "restored", "withdrawn")
        log.info("source read", source=source.name, **{name: len(getattr(report, name)) for name in names})
