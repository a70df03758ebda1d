"""Issues that a pipeline sends over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from bots.desk.body import LARGEST_ISSUE, Refused, read_text
from bots.desk.security import has_token
from bots.desk.visitor import desk_of, visitor_of
from core.commands.issues import parse_ref
from core.errors import UsageError

if TYPE_CHECKING:
    from starlette.requests import Request

    from bots.desk.services import DeskServices

MARKDOWN = frozenset({"", "text/markdown", "text/x-markdown", "text/plain", "application/octet-stream"})


async def take_issue(request: Request) -> Response:
    """Put the Markdown of the body into the archive.

    Returns 201 for a new issue and 200 for one that was there, as ``{"issue", "change", "problems"}``. Refuses with
    403 while no token is set, 401 without the token, 415 another content type, 413 more than 1 MiB, and 422 with the
    problems what has errors.
    """
    desk = _for_programs(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in MARKDOWN:
        raise Refused(415, "not-markdown", "Send the issue with the content type text/markdown.")
    source = await read_text(request, LARGEST_ISSUE)
    reading = desk.read(source, visitor_of(request).lang)
    problems = [asdict(problem) for problem in reading.problems]
    if not source.strip() or not reading.is_fit:
        raise Refused(422, "has-errors", "The issue has errors.", problems=problems)
    change = await desk.publish(source, reading.issue)
    ref = reading.issue.ref
    return JSONResponse(
        {
            "issue": {"edition": ref.edition, "date": ref.date.isoformat(), "lang": ref.lang, "url": f"/archive/{ref}"},
            "change": change,
            "problems": problems,
        },
        201 if change == "added" else 200,
    )


async def take_back(request: Request) -> Response:
    """Take back an issue that was sent or imported; its posts are replaced by a notice.

    Returns 204. Refuses with 403 while no token is set, 401 without the token, 404 what is not there, and 409 an issue
    whose file has to be removed instead.
    """
    desk = _for_programs(request)
    ref = parse_ref("{edition}/{lang}/{date}".format(**request.path_params))
    try:
        found = ref is not None and await desk.withdraw(ref)
    except UsageError as error:
        raise Refused(409, "has-a-file", str(error)) from None
    if not found:
        raise Refused(404, "not-found", "There is no such issue.")
    return Response(status_code=204)


def _for_programs(request: Request) -> DeskServices:
    desk = desk_of(request)
    if desk.setup.token is None:
        raise Refused(403, "no-token", "Set PAPERBOY_DESK__TOKEN to let programs send issues.")
    if not has_token(request, desk.setup.token):
        raise Refused(401, "unauthorized", "Send the header Authorization: Bearer with the desk's token.")
    return desk
