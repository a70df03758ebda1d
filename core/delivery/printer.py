"""Pages of contents: each is presented and rendered once, however many readers it has."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from json import dumps
from typing import TYPE_CHECKING

import structlog

from core.errors import PaperboyError, StorageError

if TYPE_CHECKING:
    from core.delivery.port import Content, Pages
    from core.render.port import Message

log = structlog.get_logger(__name__)


class PrintError(PaperboyError):
    """A content cannot be presented or rendered, whoever it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page and the hash of what is on it."""

    message: Message
    digest: str


class Printer:
    """Remembers the pages of the ``most`` contents that were asked for last."""

    def __init__(self, pages: Pages, *, most: int = 256) -> None:
        self._pages = pages
        self._most = most
        self._printed: OrderedDict[Content, asyncio.Task[tuple[Sheet, ...]]] = OrderedDict()

    def printed(self, content: Content) -> tuple[Sheet, ...]:
        """Return the pages if they are ready, and any."""
        task = self._printed.get(content)
        return task.result() if task and task.done() and not task.cancelled() and not task.exception() else ()

    async def sheets(self, content: Content) -> tuple[Sheet, ...]:
        """Return the pages of the content.

        Raises StorageError where the issue cannot be read, and PrintError where it cannot be shown: for good.
        """
        task = self._printed.get(content)
        if task is None:
            task = self._printed[content] = asyncio.create_task(self._print(content))
            if len(self._printed) > self._most:
                self._printed.popitem(last=False)
        try:
            found = await asyncio.shield(task)
        except StorageError:
            self._printed.pop(content, None)
            raise
        if not found:  # it was withdrawn, and may come back as it was
            self._printed.pop(content, None)
        return found

    async def _print(self, content: Content) -> tuple[Sheet, ...]:
        try:
            messages = await self._pages(content)
        except StorageError:
            raise
        except Exception as error:  # one issue that cannot be shown must not hold up the others
            log.exception("an issue cannot be shown", issue=str(content.issue), platform=content.platform)
            raise PrintError(f"the issue cannot be shown: {type(error).__name__}") from error
        return tuple(Sheet(message=message, digest=_digest(message)) for message in messages)


def _digest(message: Message) -> str:
    content = dumps([message.method, message.payload], sort_keys=True, ensure_ascii=False, default=str)
    return blake2b(content.encode(errors="surrogatepass"), digest_size=8).hexdigest()
