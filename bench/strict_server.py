"""A platform over loopback that counts strictly: ``python -m bench.strict_server MODEL RATE LATENCY_MS``.

Prints its port. ``POST /send`` is counted after half of the latency and answered after the other half; ``GET /counts``
tells what was taken and refused, and the seconds between the first and the last page.
"""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web

from bench.limits import BLOCKED_SECONDS, LIMITS, Strict


class Server:
    """Takes pages."""

    def __init__(self, strict: Strict, latency: float) -> None:
        self._strict = strict
        self._half = latency / 2
        self._times: list[float] = []

    async def send(self, request: web.Request) -> web.Response:
        """Take a page, or refuse it with 429."""
        await request.read()
        await asyncio.sleep(self._half)
        now = asyncio.get_running_loop().time()
        taken = self._strict.takes(now)
        self._times.append(now)
        await asyncio.sleep(self._half)
        return web.json_response({"id": len(self._times), "retry_after": BLOCKED_SECONDS}, status=200 if taken else 429)

    async def counts(self, _request: web.Request) -> web.Response:
        """Tell what came."""
        seconds = self._times[-1] - self._times[0] if self._times else 0
        return web.json_response({"taken": self._strict.taken, "refused": self._strict.refused, "seconds": seconds})


async def main(model: str, rate: int, latency: float) -> None:
    """Serve until killed."""
    server = Server(Strict(LIMITS[model](rate)), latency)
    app = web.Application()
    app.add_routes([web.post("/send", server.send), web.get("/counts", server.counts)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]) / 1000))
