"""The desk as the program sees it: a platform like the others, that needs no token and calls nobody."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bots.desk.send import ACCOUNT, PLATFORM
from core.delivery.pacing import Pace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from starlette.routing import BaseRoute

    from bots.platform import Finding
    from core.delivery.port import Sender
    from core.render.port import Renderer


class DeskPlatform:
    """Satisfies ``bots.platform.Platform``. Its own routes are the desk's app, which stands anyway."""

    name = PLATFORM
    accounts = (ACCOUNT,)
    pace = Pace()
    routes: Sequence[BaseRoute] = ()

    def __init__(self, *, sender: Sender, renderer: Renderer) -> None:
        self.sender = sender
        self.renderers: Mapping[str, Renderer] = {"": renderer}

    async def serve(self) -> None:
        """Wait: readers come over HTTP."""
        await asyncio.Event().wait()

    async def doctor(self) -> AsyncIterator[Finding]:
        """Find nothing."""
        findings: tuple[Finding, ...] = ()
        for finding in findings:
            yield finding
