"""Periodic tasks, done by whichever engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from core.errors import StorageError

if TYPE_CHECKING:
    from core.delivery.engine import Periodic

log = structlog.get_logger(__name__)


class Attempts:
    """Does tasks whose failures end nothing; one that goes on failing alike is told once, and once when it is over."""

    def __init__(self) -> None:
        self._failing: dict[str, type[Exception]] = {}

    async def do(self, task: Periodic) -> None:
        """Do the task; what it raises is logged, and it can be done again."""
        try:
            await task.do()
        except StorageError as error:
            if self._failed(task, error):
                log.warning("a periodic task failed", task=task.name, reason=str(error))
        except Exception as error:
            if self._failed(task, error):
                log.exception("a periodic task failed", task=task.name)
        else:
            if self._failing.pop(task.name, None):
                log.info("a periodic task works again", task=task.name)

    def _failed(self, task: Periodic, error: Exception) -> bool:
        """Note the failure; return whether it is of another kind than the one before, if there was one."""
        before, self._failing[task.name] = self._failing.get(task.name), type(error)
        return before is not type(error)
