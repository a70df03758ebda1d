"""Listening to every platform at once: one that refuses its token leaves the others alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from core.delivery.model import SendError
from core.errors import PaperboyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bots.platform import Platform

ADVICE = "Set its token anew (PAPERBOY_{name}__…), ask `paperboy doctor`, and start again; everything else goes on."

log = structlog.get_logger(__name__)


class RefusedError(PaperboyError):
    """Nobody is left to listen to. The message says why, and what to do."""


class Ears:
    """Listens to readers. A platform that refuses its token is said to the operator, once, and left out.

    Who is there for nothing but listening (``alone``) stops when no platform is left.
    """

    def __init__(self, platforms: Sequence[Platform], *, alone: bool) -> None:
        self._platforms = platforms
        self._alone = alone
        self._refused: list[str] = []

    async def listen(self, stop: asyncio.Event) -> None:
        """Listen until ``stop`` is set; set it if nobody is left."""
        async with asyncio.TaskGroup() as tasks:
            listening = [tasks.create_task(self._serve(platform, stop)) for platform in self._platforms]
            await stop.wait()
            for task in listening:
                task.cancel()

    def complain(self) -> None:
        """Raise ``RefusedError`` if nobody was left to listen to."""
        if self._deserted():
            raise RefusedError("\n".join(self._refused))

    def _deserted(self) -> bool:
        return self._alone and 0 < len(self._platforms) == len(self._refused)

    async def _serve(self, platform: Platform, stop: asyncio.Event) -> None:
        try:
            await platform.serve()
        except* SendError as group:
            self._refuse(platform.name, group)
            if self._deserted():
                stop.set()

    def _refuse(self, name: str, group: BaseExceptionGroup[SendError]) -> None:
        errors = list(_leaves(group))
        if any(error.kind != "fatal" for error in errors):
            raise group
        reason, advice = errors[0].reason, ADVICE.format(name=name.upper())
        self._refused.append(f"{name}: {reason}. {advice}")
        log.error("platform not served", platform=name, reason=reason, advice=advice)


def _leaves(group: BaseExceptionGroup[SendError]) -> Iterator[SendError]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
