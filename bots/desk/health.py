"""Whether the program lives, can work, and how it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response

from bots.desk.visitor import desk_of
from core.errors import PaperboyError

if TYPE_CHECKING:
    from starlette.requests import Request


async def healthz(_request: Request) -> Response:
    """Say that the program answers."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Say whether the database answers: 200, or 503."""
    try:
        await desk_of(request).ready()
    except PaperboyError:
        return JSONResponse({"status": "the database does not answer"}, 503)
    return JSONResponse({"status": "ready"})


async def metrics(_request: Request) -> Response:
    """Return the metrics of this process in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
