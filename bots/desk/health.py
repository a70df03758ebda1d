"""Whether the program lives, can work, and how it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import PaperboyError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    Ready: TypeAlias = Callable[[], Awaitable[None]]
    """Returns if the database answers; raises ``PaperboyError`` if not."""
    Figures: TypeAlias = Callable[[], Awaitable[bytes]]
    """Returns the metrics in Prometheus' text format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What the routes here look at; an app keeps it in ``state.health``."""

    ready: Ready
    figures: Figures


async def healthz(_request: Request) -> Response:
    """Say that the program answers."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Say whether the database answers: 200, or 503."""
    try:
        await _health_of(request).ready()
    except PaperboyError:
        return JSONResponse({"status": "the database does not answer"}, 503)
    return JSONResponse({"status": "ready"})


async def metrics(request: Request) -> Response:
    """Return the metrics in Prometheus' text format."""
    return Response(await _health_of(request).figures(), media_type=CONTENT_TYPE_LATEST)


ROUTES = (Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics))


def create_health_app(health: Health) -> Starlette:
    """Return an app of these routes alone, for roles without a desk."""
    app = Starlette(routes=ROUTES)
    app.state.health = health
    return app


def _health_of(request: Request) -> Health:
    return cast("Health", request.app.state.health)
