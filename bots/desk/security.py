"""Who may talk to the desk.

On loopback anybody on this machine may, unless a token is set. A request must then name this machine as its host,
so that a page on the web cannot reach the desk through a name of its own (DNS rebinding).

With a token, everything is closed but ``/healthz``, ``/readyz``, the login page and its style. A browser logs in once
and keeps a cookie that is derived from the token, so that a new token ends every session. Programs send
``Authorization: Bearer TOKEN``; feed readers, which can only do that, HTTP Basic with the token as password.

Requests that change something must come from the desk's own pages, as far as the browser tells
(``Sec-Fetch-Site``, else ``Origin``; without referrers at all, browsers would send the origin "null" with forms). No
page runs or loads anything that does not come from the desk itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from bots.desk.services import Setup

SESSION = "paperboy_session"
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/login"})
OTHER_HOST = "Open it at 127.0.0.1; behind a proxy, set PAPERBOY_DESK__BASE_URL and PAPERBOY_DESK__TOKEN."
HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Gate:
    """Lets requests through, or answers them itself; puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, setup: Setup) -> None:
        self._app = app
        self._setup = setup

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = refuse(Request(scope), self._setup)
        await (refusal or self._app)(scope, receive, send_with_headers)


def refuse(request: Request, setup: Setup) -> Response | None:
    """Return the answer to a request that may not pass, None if it may."""
    if setup.is_local and _hostname(request.headers.get("host", "")) not in setup.hosts:
        return PlainTextResponse(f"This host name is not the desk's. {OTHER_HOST}\n", 421)
    if request.method not in HARMLESS and _is_foreign(request):
        return _error(403, "foreign-origin", "This request does not come from the desk's own pages.")
    path = request.scope["path"]  # what is served; older Starlettes build request.url of whatever the header Host says
    if path in OPEN_PATHS or path.startswith("/static/") or is_let_in(request, setup.token):
        return None
    if "text/html" in request.headers.get("accept", ""):
        is_page = request.method in {"GET", "HEAD"}
        return RedirectResponse(f"/login?next={quote(_address(request))}" if is_page else "/login", 303)
    return _error(401, "unauthorized", "Send the header Authorization: Bearer with the desk's token.")


def is_let_in(request: Request, token: str | None) -> bool:
    """Tell whether no token is demanded, or the request shows the right one."""
    if token is None or has_token(request, token):
        return True
    return hmac.compare_digest(request.cookies.get(SESSION, "").encode(), session_for(token).encode())


def has_token(request: Request, token: str) -> bool:
    """Tell whether the request itself carries the token; cookies do not count."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    shown = {"bearer": value.strip(), "basic": _password(value)}.get(scheme.lower(), "")
    return is_token(shown, token)


def is_token(shown: str, token: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(shown.encode(), token.encode())


def session_for(token: str) -> str:
    """Return the value of the cookie that stands for the token."""
    return hmac.new(token.encode(), b"paperboy desk session", hashlib.sha256).hexdigest()


def _password(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _is_foreign(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc != request.headers.get("host", "")
    except ValueError:
        return True


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _address(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _error(status: int, code: str, message: str) -> Response:
    headers = {"WWW-Authenticate": 'Bearer, Basic realm="Paperboy"'} if status == 401 else None  # noqa: PLR2004  HTTP
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers=headers)
