"""Fixtures for every test."""

from __future__ import annotations

import asyncio
import gc
import os
from pathlib import Path
from shutil import copyfile, disk_usage
from typing import TYPE_CHECKING, Protocol

import pytest
import structlog
from hypothesis import settings

from core.storage.engine import open_database
from databases import empty, postgres_url, sqlite_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from core.storage.engine import Database

settings.register_profile("suite", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
structlog.dev.ConsoleRenderer.get_active().exception_formatter = structlog.dev.plain_traceback
"""As the program logs: the other one draws each traceback with all its values, which takes a tenth of a second."""

MEMORY, ROOM = Path("/dev/shm"), 2 << 30  # noqa: S108 — pytest makes a folder of its own in it


class Golden(Protocol):
    """Compares a text with a file, or rewrites the file under ``--update``."""

    def __call__(self, path: Path, text: str) -> None: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite golden files")


def pytest_configure() -> None:
    """Let tests write into memory where there is room: each commit would wait for the disk, which nobody cuts off."""
    if MEMORY.is_dir() and disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_xdist_auto_num_workers() -> int:
    """Have two workers for each processor: much of what they do is waiting for programs."""
    return min(2 * (os.cpu_count() or 1), 16)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the files of ``acceptance`` over the first half: they wait for programs while others use the processor."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    waiting = [path for path in reversed(files) if path.parent.name == "acceptance"]
    order = [path for path in files if path not in waiting]
    apart = len(order) // (2 * len(waiting)) if waiting else 0
    for number, path in enumerate(waiting):
        order.insert(number * (apart + 1), path)
    items[:] = [item for path in order for item in files[path]]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep the modules and the tests out of each collection of garbage: they stay to the end."""
    gc.freeze()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare text with a golden file; ``--update`` rewrites it."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"no golden file {path.name}: run pytest --update and look at it"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of an empty database; the test runs once with each kind."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    with postgres_url() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a SQLite file with every table, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(_upgrade(sqlite_url(folder)))
    return folder / "paperboy.db"


@pytest.fixture
def data(tmp_path: Path, sqlite_template: Path) -> Path:
    """Give the data folder of an installation whose database has every table, none filled."""
    copyfile(sqlite_template, tmp_path / sqlite_template.name)
    return tmp_path


@pytest.fixture
async def sqlite_database(data: Path) -> AsyncIterator[Database]:
    """Give a SQLite database with every table, none filled: for what is tested on both kinds elsewhere."""
    opened = open_database(sqlite_url(data))
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """Give the URL of a PostgreSQL schema with every table, made once and emptied after each test."""
    with postgres_url() as url:
        asyncio.run(_upgrade(url))
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def upgraded_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database with every table, none filled; the test runs once with each kind."""
    if request.param == "sqlite":
        copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "paperboy.db")
        yield sqlite_url(tmp_path)
        return
    url = request.getfixturevalue("postgres_template")
    yield url
    empty(url)


@pytest.fixture
async def database(upgraded_url: str) -> AsyncIterator[Database]:
    """Give a database with every table, none filled; the test runs once with each kind."""
    opened = open_database(upgraded_url)
    yield opened
    await opened.close()


async def _upgrade(url: str) -> None:
    database = open_database(url)
    await database.upgrade()
    await database.close()
