"""Logging a browser in with the desk's token."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.responses import RedirectResponse

from bots.desk.body import LARGEST_QUESTION, read_text
from bots.desk.pages import YEAR, html
from bots.desk.security import SESSION, is_token, session_for
from bots.desk.visitor import desk_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def login_page(request: Request) -> Response:
    """Ask for the token."""
    return html(request, "login.html", next=_within(request.query_params.get("next", "/")), wrong=False)


async def login(request: Request) -> Response:
    """Set the session's cookie and go on to where the reader wanted to, or ask again with 401."""
    form = dict(parse_qsl(await read_text(request, LARGEST_QUESTION)))
    setup = desk_of(request).setup
    following = _within(form.get("next", "/"))
    if setup.token is None:
        return RedirectResponse(following, 303)
    if not is_token(form.get("token", ""), setup.token):
        return html(request, "login.html", status=401, next=following, wrong=True)
    response = RedirectResponse(following, 303)
    response.set_cookie(
        SESSION, session_for(setup.token), max_age=YEAR, httponly=True, samesite="lax", secure=setup.is_https
    )
    return response


async def logout(_request: Request) -> Response:
    """Forget the session."""
    response = RedirectResponse("/login", 303)
    response.delete_cookie(SESSION)
    return response


def _within(address: str) -> str:
    """Return an address of the desk itself: nothing that leads elsewhere."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"
