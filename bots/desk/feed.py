"""The archive as an Atom feed, one for each edition and language."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from starlette.responses import Response

from bots.desk.archive import parts, written
from bots.desk.pages import xml
from bots.desk.visitor import desk_of, visitor_of
from core.clock import latest_date

if TYPE_CHECKING:
    from starlette.requests import Request

ENTRIES = 20


async def feed(request: Request) -> Response:
    """Return the newest issues of ``edition`` in ``lang`` (the publication's, the reader's unless it names others).

    https://www.rfc-editor.org/rfc/rfc4287. Answers 304 where nothing is new (``If-None-Match``).
    """
    desk, query = desk_of(request), request.query_params
    publication = desk.services.publication
    edition, lang = query.get("edition", publication.edition), query.get("lang", visitor_of(request).lang)
    until = latest_date(desk.services.clock.now())
    heads = await desk.services.archive.heads(edition=edition, lang=lang, until=until, limit=ENTRIES)
    base = desk.setup.base_url.rstrip("/") or str(request.base_url).rstrip("/")
    said = "\n".join([base, edition, lang, *(f"{head.ref} {head.revision}" for head in heads)])
    tag = f'"{hashlib.sha256(said.encode()).hexdigest()[:24]}"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"ETag": tag})
    issues = [(head, await desk.services.archive.get(head.ref)) for head in heads]
    entries = [
        (head, issue, xml("entry.html", parts=tuple(parts(desk, issue)), lead=written(desk, issue.lead, issue)))
        for head, issue in issues
        if issue
    ]
    updated = max((head.updated for head in heads), default=desk.services.clock.now())
    content = xml(
        "feed.xml", name=publication.name, edition=edition, lang=lang, base=base, entries=entries, updated=updated
    )
    return Response(content, media_type="application/atom+xml; charset=utf-8", headers={"ETag": tag})
