"""HTML pages from templates, in the visitor's language."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bots.desk.told import told
from bots.desk.visitor import LANG, READER, desk_of, visitor_of
from core.digest.present import long_date
from core.i18n import texts

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from bots.desk.services import Setup
    from bots.desk.visitor import Visitor

HERE = Path(__file__).parent
STATIC = HERE / "static"
YEAR = 365 * 24 * 3600
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def html(request: Request, template: str, *, status: int = 200, **values: object) -> Response:
    """Return a page, and let the browser keep its conversation and its language."""
    visitor = visitor_of(request)
    desk = desk_of(request)
    content = (
        _environment()
        .get_template(template)
        .render(
            _=texts(visitor.lang),
            lang=visitor.lang,
            path=request.url.path,
            publication=desk.services.publication,
            vocabulary=desk.services.vocabulary,
            is_guarded=desk.setup.token is not None,
            other_lang_url=str(request.url.include_query_params(lang="en" if visitor.lang == "zh" else "zh").query),
            **values,
        )
    )
    response = HTMLResponse(content, status, headers={"Cache-Control": "no-store"})
    remember(response, visitor, desk.setup)
    return response


def xml(template: str, **values: object) -> str:
    """Return an XML text, without the characters that none may hold. https://www.w3.org/TR/xml/#charsets."""
    return _NOT_XML.sub("", _environment().get_template(template).render(**values))


def remember(response: Response, visitor: Visitor, setup: Setup) -> None:
    """Set the cookies that the visitor does not have yet."""
    if visitor.is_new:
        response.set_cookie(
            READER, visitor.conversation, max_age=YEAR, httponly=True, samesite="lax", secure=setup.is_https
        )
    if visitor.chose_lang:
        response.set_cookie(LANG, visitor.lang, max_age=YEAR, httponly=True, samesite="lax", secure=setup.is_https)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = _static
    environment.filters["long_date"] = long_date
    environment.filters["told"] = told
    return environment


@cache
def _static(name: str) -> str:
    version = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={version}"
