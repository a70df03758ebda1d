"""What is right and what is wrong with an installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.platform import Finding
from bots.wiring import platforms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.wiring import House


async def examine(house: House) -> AsyncIterator[Finding]:
    """Yield findings about database, archive, desk, and every platform that has a token."""
    yield Finding(level="ok", subject="database", message=f"{house.database.dialect}, up to date")
    newest = await house.archive.heads(limit=1)
    if newest:
        yield Finding(level="ok", subject="archive", message=f"newest issue: {newest[0].ref}")
    else:
        advice = "Name a folder or git URL of issues in PAPERBOY_ISSUES, or use `paperboy import`."
        yield Finding(level="warning", subject="archive", message="no issues", advice=advice)
    yield _desk(house)
    served = platforms(house)
    for platform in served:
        async for finding in platform.doctor():
            yield finding
    if not served:
        advice = "Set PAPERBOY_TELEGRAM__TOKEN, PAPERBOY_DISCORD__TOKEN or PAPERBOY_SLACK__BOT_TOKEN to serve one."
        yield Finding(level="ok", subject="platforms", message="none has a token; the desk serves alone", advice=advice)


def _desk(house: House) -> Finding:
    desk = house.settings.desk
    if desk.is_local or desk.token:
        return Finding(level="ok", subject="desk", message=desk.url)
    advice = "Set PAPERBOY_DESK__TOKEN to a long random string, or PAPERBOY_DESK__HOST to 127.0.0.1."
    return Finding(level="error", subject="desk", message=f"{desk.host} can be reached by others", advice=advice)
