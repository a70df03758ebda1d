"""A desk on a real database, asked over HTTP."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import SecretStr

from bots.settings import DeskSettings
from desks import Client, open_desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from desks import Opens

TOKEN = "the-desk-token"


@pytest.fixture(scope="session")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an installation with the bundled issues in it, once, to be copied."""
    data = tmp_path_factory.mktemp("printed")

    async def fill() -> None:
        async with open_desk(data):
            pass

    asyncio.run(fill())
    return data


@pytest.fixture
def opened(tmp_path: Path, printed: Path) -> Opens:
    """Open a desk with this setup."""
    shutil.copytree(printed, tmp_path, dirs_exist_ok=True)

    @asynccontextmanager
    async def opens(settings: DeskSettings | None = None) -> AsyncIterator[Client]:
        async with open_desk(tmp_path, settings) as desk:
            transport = httpx.ASGITransport(desk.app)
            async with Client(transport=transport, base_url="http://127.0.0.1:8080") as client:
                client.desk = desk
                yield client

    return opens


@pytest.fixture
async def local(opened: Opens) -> AsyncIterator[Client]:
    """Give a client of a desk on loopback without a token."""
    async with opened() as client:
        yield client


@pytest.fixture
async def guarded(opened: Opens) -> AsyncIterator[Client]:
    """Give a client of a desk that others can reach."""
    async with opened(DeskSettings(host="0.0.0.0", token=SecretStr(TOKEN))) as client:  # noqa: S104  that is the case to test
        yield client
