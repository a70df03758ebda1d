"""A Bot API over loopback that counts strictly: ``python -m bench.strict_server MODEL RATE LATENCY_MS``.

Prints its port. A message is counted after half of the latency and answered after the other half; the model "none"
takes everything at once. ``GET /counts`` tells what was taken and refused, the seconds between the first and the last
message, and those since the first. It reads no more of HTTP than it must: it has to be quicker than who is measured.
"""

from __future__ import annotations

import asyncio
import json
import sys
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from bench.limits import BLOCKED_SECONDS, LIMITS, Strict

if TYPE_CHECKING:
    from collections.abc import Callable

ME = {"id": 1, "is_bot": True, "first_name": "Paperboy", "username": "paper_bot"}
REPEATED = "A message is repeated in the answer to it. " * 60


class Counter:
    """Takes messages, or refuses them."""

    def __init__(self, model: str, rate: int) -> None:
        self._strict = Strict(LIMITS[model](rate)) if model in LIMITS else None
        self._numbers = count(1)
        self._times: list[float] = []
        self._taken = 0

    def send(self, now: float) -> tuple[int, dict[str, Any]]:
        """Return the status and the answer to a message."""
        self._times.append(now)
        if self._strict and not self._strict.takes(now):
            seconds = int(BLOCKED_SECONDS)
            wait = {"description": f"Too Many Requests: retry after {seconds}", "parameters": {"retry_after": seconds}}
            return 429, {"ok": False, "error_code": 429, **wait}
        self._taken += 1
        chat = {"id": 7, "type": "private", "first_name": "Reader"}
        message = {"message_id": next(self._numbers), "from": ME, "chat": chat, "date": 0, "text": REPEATED}
        return 200, {"ok": True, "result": message}

    def counts(self, now: float) -> dict[str, float]:
        """Tell what came until now."""
        first, last = (self._times[0], self._times[-1]) if self._times else (now, now)
        refused = len(self._times) - self._taken
        return {"taken": self._taken, "refused": refused, "seconds": last - first, "since": now - first}


class Connection(asyncio.Protocol):
    """One connection: requests in, answers out, one after the other."""

    def __init__(self, counter: Counter, half: float) -> None:
        self._counter = counter
        self._half = half
        self._loop = asyncio.get_running_loop()
        self._read = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read a request; those who are measured never send two at once."""
        self._read += data
        head, blank, body = self._read.partition(b"\r\n\r\n")
        if not blank or (b"100-continue" not in head and len(body) < _length(head)):
            return
        self._read = b""
        path = head.split(b" ", 2)[1]
        if path.endswith(b"/counts"):
            self._answer(200, dict(self._counter.counts(monotonic())))
        elif path.endswith(b"/getMe"):
            self._answer(200, {"ok": True, "result": ME})
        elif self._half:
            self._at(monotonic() + self._half, self._count)
        else:
            self._answer(*self._counter.send(monotonic()))

    def _count(self) -> None:
        now = monotonic()
        self._at(now + self._half, self._answer, *self._counter.send(now))

    def _at(self, due: float, then: Callable[..., None], *what: object) -> None:
        """Do something not before it is due: a loop counts from the instant at which it last looked at the clock."""
        left = due - monotonic()
        if left > 0:
            self._loop.call_later(left, self._at, due, then, *what)
        else:
            then(*what)

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        head = f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        if self._transport and not self._transport.is_closing():
            self._transport.write(head.encode() + body)


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    return next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)


async def main(model: str, rate: int, latency: float) -> None:
    """Serve until killed."""
    counter = Counter(model, rate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(counter, latency / 2), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]) / 1000))
