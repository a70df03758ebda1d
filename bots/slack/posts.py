"""Posts to channels: chat.postMessage over the broadcast pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bots.broadcast import BROKEN, Pages, addressed
from bots.slack.errors import refusal, send_error

if TYPE_CHECKING:
    from bots.broadcast import Pool
    from bots.slack.presses import Presses
    from core.render.port import Message

DELIVERY = "paperboy_delivery"
OK = 200


class Posts:
    """Posts pages."""

    def __init__(self, pool: Pool, presses: Presses, *, url: str) -> None:
        self._pool = pool
        self._presses = presses
        self._url = url
        self._pages = Pages()

    async def post(self, channel: str, message: Message, *, thread: str, key: str, token: str) -> str:
        """Post a page, into the thread if there is one; return its timestamp. Raises ``SendError`` and nothing else."""
        page = self._pages.get(message)
        if page is None:
            await self._presses.remember(message.actions)
            page = self._pages.put(message, message.payload)
        place = {"channel": channel, **({"thread_ts": thread} if thread else {})}
        own = {**place, "metadata": metadata(key)}
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}
        try:
            answer = await self._pool.post(f"{self._url}{message.method}", addressed(own, page), headers)
        except BROKEN as error:
            raise send_error(error) from error
        said = answer.json()
        if answer.status != OK or not said.get("ok"):
            raise refusal(answer.status, answer.headers, said)
        return str(said["ts"])


def metadata(key: str) -> dict[str, Any]:
    """Return what a post is found again by. https://docs.slack.dev/messaging/message-metadata."""
    return {"event_type": DELIVERY, "event_payload": {"key": key}}
