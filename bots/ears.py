"""Listening to every platform at once: one that refuses its token, or stumbles, leaves the others alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from core.delivery.model import SendError
from core.errors import PaperboyError, leaves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.platform import Platform

ADVICE = "Set its token anew (PAPERBOY_{name}__…), ask `paperboy doctor`, and start again; everything else goes on."

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0

log = structlog.get_logger(__name__)


class RefusedError(PaperboyError):
    """Nobody is left to listen to. The message says why, and what to do."""


class Ears:
    """Listens to readers. A platform that refuses its token is said to the operator, once, and left out.

    One that stops for any other reason is listened to again, after ``wait`` seconds first and longer each time.
    Who is there for nothing but listening (``alone``) stops when no platform is left.
    """

    def __init__(self, platforms: Sequence[Platform], *, alone: bool, wait: float = FIRST_WAIT_SECONDS) -> None:
        self._platforms = platforms
        self._alone = alone
        self._wait = wait
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
        wait = self._wait
        while True:
            try:
                await platform.serve()
            except Exception as error:  # noqa: BLE001  # told below, and tried again
                errors = list(leaves(error)) if isinstance(error, ExceptionGroup) else [error]
                if refusal := _refusal(errors):
                    self._refuse(platform.name, refusal)
                    if self._deserted():
                        stop.set()
                    return
                _tell_stumble(platform.name, errors, wait)
            else:
                return
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    def _refuse(self, name: str, error: SendError) -> None:
        advice = ADVICE.format(name=name.upper())
        self._refused.append(f"{name}: {error.reason}. {advice}")
        log.error("platform not served", platform=name, reason=error.reason, advice=advice)


def _tell_stumble(name: str, errors: Sequence[Exception], wait: float) -> None:
    for error in errors:
        if isinstance(error, PaperboyError):
            log.warning("platform stumbled", platform=name, again_in=wait, reason=str(error))
        else:
            log.error("platform stumbled", platform=name, again_in=wait, exc_info=error)


def _refusal(errors: Sequence[Exception]) -> SendError | None:
    """Return why the platform will never serve us, None if it may, perhaps after a time that it named."""
    fatal = [one for one in errors if isinstance(one, SendError) and one.kind == "fatal" and not one.retry_after]
    return fatal[0] if len(fatal) == len(errors) else None
