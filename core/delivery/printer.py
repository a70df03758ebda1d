"""Pages of contents: each is presented and rendered once, however many readers it has."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from json import dumps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.delivery.port import Content, Pages
    from core.render.port import Message


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

    async def sheets(self, content: Content) -> tuple[Sheet, ...]:
        """Return the pages of the content; raises what presenting and rendering raise, and forgets it then."""
        task = self._printed.get(content)
        if task is None:
            task = self._printed[content] = asyncio.create_task(self._print(content))
            if len(self._printed) > self._most:
                self._printed.popitem(last=False)
        try:
            return await asyncio.shield(task)
        except Exception:
            self._printed.pop(content, None)
            raise

    async def _print(self, content: Content) -> tuple[Sheet, ...]:
        return tuple(Sheet(message=message, digest=_digest(message)) for message in await self._pages(content))


def _digest(message: Message) -> str:
    content = dumps([message.method, message.payload], sort_keys=True, ensure_ascii=False, default=str)
    return blake2b(content.encode(errors="surrogatepass"), digest_size=8).hexdigest()
