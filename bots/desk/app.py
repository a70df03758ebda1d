"""The desk's routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bots.desk import health
from bots.desk.archive import archive_page, issue_page, source
from bots.desk.ask import ask
from bots.desk.body import Refused, refused
from bots.desk.chat import answer, chat_page
from bots.desk.events import events
from bots.desk.feed import feed
from bots.desk.intake import take_back, take_issue
from bots.desk.login import login, login_page, logout
from bots.desk.pages import STATIC, html
from bots.desk.preview import preview_page, preview_text
from bots.desk.runs import change_run, receipts_page, runs_page
from bots.desk.security import Gate

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from bots.desk.services import DeskServices

ROUTES = (
    Route("/", chat_page),
    Route("/preview", preview_page),
    Route("/preview", preview_text, methods=["POST"]),
    Route("/runs", runs_page),
    Route("/runs/{run}", change_run, methods=["POST"]),
    Route("/receipts", receipts_page),
    Route("/archive", archive_page),
    Route("/archive/{edition}/{lang}/{date}", issue_page),
    Route("/archive/{edition}/{lang}/{date}/source", source),
    Route("/feed.xml", feed),
    Route("/events", events),
    *health.ROUTES,
    Route("/login", login_page),
    Route("/login", login, methods=["POST"]),
    Route("/logout", logout, methods=["POST"]),
    Route("/api/chat", answer, methods=["POST"]),
    Route("/api/ask", ask, methods=["POST"]),
    Route("/api/issues", take_issue, methods=["POST"]),
    Route("/api/issues/{edition}/{lang}/{date}", take_back, methods=["DELETE"]),
    Mount("/static", StaticFiles(directory=STATIC)),
)


def create_app(desk: DeskServices) -> Starlette:
    """Return the desk as an ASGI app. Other routes can be appended to ``app.router.routes``."""
    app = Starlette(
        routes=ROUTES,
        middleware=[Middleware(Gate, setup=desk.setup), Middleware(GZipMiddleware, minimum_size=1024)],
        exception_handlers={Refused: refused, HTTPException: _failed, 500: _failed},
    )
    app.state.desk = desk
    app.state.health = desk.health
    return app


async def _failed(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if request.url.path.startswith("/api/"):
        said = error.detail if isinstance(error, HTTPException) else "Something went wrong."
        return JSONResponse({"error": {"code": f"http-{status}", "message": said}}, status)
    return html(request, "error.html", status=status, number=status)
