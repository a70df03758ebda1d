"""The program at work: the desk, the platforms, the planner and the couriers in one process, or one role of them."""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Literal, TypeAlias

import structlog
import uvicorn
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bots.desk.health import create_health_app
from bots.ears import Ears
from bots.metrics import Metered
from bots.settings import DeskSettings
from bots.wiring import desk_app, desk_platform, health_of, open_house, platforms, sources
from core.delivery.courier import Courier
from core.delivery.port import Account
from core.delivery.recorder import Recorder
from core.digest import samples
from core.digest.sources.sync import Memory, sync
from core.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from starlette.applications import Starlette

    from bots.platform import Platform
    from bots.settings import Settings
    from bots.wiring import House
    from core.digest.sources.port import Source

Role: TypeAlias = Literal["all", "listen", "plan", "carry", "desk"]
TICK_SECONDS = 2
SWEEP_HOURS = 1
LEARN_HOUR = 3
GRACE_SECONDS = 5
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

    Raises RefusedError when every platform refuses its token and the role is to listen to them, StorageError when the
    database fails.
    """
    async with open_house(settings) as house:
        stop = _stop_on_signals()
        served = platforms(house)
        ears = Ears(served, alone=role == "listen")
        async with asyncio.TaskGroup() as tasks, _scheduled(house, role, tasks):
            if role in {"all", "carry"}:
                tasks.create_task(_carry(house, (desk_platform(house), *served), stop))
            if role in {"all", "listen"}:
                tasks.create_task(ears.listen(stop))
            if role not in {"plan", "carry"}:
                tasks.create_task(house.search.warm())
                routes = [route for platform in served for route in platform.routes]
                desk = house.settings.desk
                tasks.create_task(_web(desk_app(house, routes), desk, stop, started))
            else:
                status = DeskSettings(host=house.settings.desk.host, port=house.settings.status_port)
                if status.port:
                    tasks.create_task(_web(create_health_app(health_of(house)), status, stop, lambda _url: None))
                started("")
            await stop.wait()
            house.bell.close()
    ears.complain()


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


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


async def _carry(house: House, served: Sequence[Platform], stop: asyncio.Event) -> None:
    recorder = Recorder(house.ledger)
    recording = asyncio.create_task(recorder.run())
    at_work: set[Account] = set()
    try:
        async with asyncio.TaskGroup() as tasks:
            while not stop.is_set():
                for platform in served:
                    for name in platform.accounts:
                        account = Account(platform=platform.name, account=name)
                        if account not in at_work:
                            at_work.add(account)
                            tasks.create_task(_courier(house, platform, account, recorder).run(stop))
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), ACCOUNTS_SECONDS)
    finally:
        recording.cancel()


def _courier(house: House, platform: Platform, account: Account, recorder: Recorder) -> Courier:
    return Courier(
        account,
        sender=Metered(platform.sender, platform.name),
        ledger=house.ledger,
        recorder=recorder,
        pages=house.press,
        clock=house.clock,
        pace=platform.pace,
    )


@asynccontextmanager
async def _scheduled(house: House, role: Role, tasks: asyncio.TaskGroup) -> AsyncIterator[None]:
    """Plan, poll and sweep periodically while the block runs."""
    if role not in {"all", "plan"}:
        yield
        return
    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    scheduler.add_job(house.notes.sweep, "interval", hours=SWEEP_HOURS)
    scheduler.add_job(house.learn, "cron", hour=LEARN_HOUR)
    scheduler.add_job(house.events.sweep, "interval", hours=SWEEP_HOURS)
    read = [(source, Memory()) for source in sources(house.settings)]
    for source, memory in read:
        scheduler.add_job(_read, "interval", [house, source, memory], minutes=house.settings.poll_minutes)
    scheduler.start()
    background = [tasks.create_task(_plan(house, scheduler, read))]
    background += [tasks.create_task(_watch(house, source, memory)) for source, memory in read]
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
        for task in background:
            task.cancel()


async def _plan(house: House, scheduler: AsyncIOScheduler, read: Sequence[tuple[Source, Memory]]) -> None:
    """Begin to plan once the archive is up to date: a round must not be settled before its issue was read."""
    await _prepare(house)
    for source, memory in read:
        await _read(house, source, memory)
    await house.planner.realign()
    scheduler.add_job(house.planner.tick, "interval", seconds=TICK_SECONDS)


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
        counts = {"added": report.added, "revised": report.revised, "withdrawn": report.withdrawn}
        log.info("source read", source=source.name, **{name: len(refs) for name, refs in counts.items()})
