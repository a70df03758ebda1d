"""Doing something in time: what takes longer goes on behind a page that says so."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

_Result = TypeVar("_Result")

SOON_SECONDS = 1.5
"""Half of the three seconds that Slack waits, and that its triggers last."""


async def begun(work: Coroutine[Any, Any, _Result]) -> tuple[asyncio.Task[_Result], bool]:
    """Begin the work; return it, and whether it was done soon."""
    task = asyncio.ensure_future(work)
    done, _pending = await asyncio.wait({task}, timeout=SOON_SECONDS)
    return task, bool(done)
