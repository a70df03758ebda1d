"""Events over HTTP: nothing is read but what Slack signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_sdk.signature import SignatureVerifier
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp
    from starlette.requests import Request

PATH = "/slack/events"
LONGEST_BODY = 1_000_000
CERTIFICATE_CHECK = b"ssl_check=1"
"""Slack looks at the certificate of a command's address, and wants no more than a yes.

https://docs.slack.dev/interactivity/implementing-slash-commands
"""


def events_route(bolt: AsyncApp, signing_secret: str) -> Route:
    """Return the route that hands to ``bolt`` what was signed with the secret in the last five minutes."""
    verifier = SignatureVerifier(signing_secret)

    async def take(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        if not _is_signed(verifier, request, body):
            return Response(status_code=200 if CERTIFICATE_CHECK in body else 401)
        return to_starlette_response(await bolt.async_dispatch(to_async_bolt_request(request, body)))

    return Route(PATH, take, methods=["POST"])


async def _body(request: Request) -> bytes | None:
    """Return what was sent, None if it is longer than anything from Slack."""
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > LONGEST_BODY:
            return None
    return bytes(read)


def _is_signed(verifier: SignatureVerifier, request: Request, body: bytes) -> bool:
    try:
        return verifier.is_valid_request(body, dict(request.headers))
    except (ValueError, TypeError, OverflowError):  # a time that is none, a body or a signature that is no text
        return False
