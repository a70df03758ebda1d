"""Links that readers could not follow."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.digest.check.hosts import is_public
from core.digest.check.prose import Run
from core.digest.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.i18n import Texts

SCHEMES = frozenset({"http", "https", "mailto", "tel"})

_APART = re.compile(r"\][ \t]+\((?:$|https?:|www\.)")
_REFERENCE = re.compile(r"(?<![\w\]])\[[^\[\]\n]{1,200}\]\[[^\[\]\n]{0,200}\]")
_END = Run(line=0, block=-1)


def link_problems(runs: Sequence[Run], _: Texts) -> Iterator[Problem]:
    """Yield what is wrong with the links of the text."""
    for run, following in pairwise((*runs, _END)):
        if run.url is not None:
            yield from _address(run, run.url, _)
        elif message := _broken(run, following, _):
            yield Problem(line=run.line, level="error", code="broken-link", message=message)


def _broken(run: Run, following: Run, _: Texts) -> str:
    apart = _APART.search(run.text)
    if apart and (apart.end() < len(run.text) or apart.group()[-1] != "(" or following.url is not None):
        return _("A space divides a link's text from its address. Write [text](address) without it.")
    if "](" in run.text:
        return _("A link does not end, or its address cannot be one. Write [text](address), with the closing bracket.")
    if reference := _REFERENCE.search(run.text):
        said = reference.group()
        return _("{link} refers to an address that is given nowhere. Write [text](address).", link=said)
    return ""


def _address(run: Run, url: str, _: Texts) -> Iterator[Problem]:
    if not url:
        message = _("A link has no address. Write one between the brackets, or take the link away.")
        yield Problem(line=run.line, level="error", code="broken-link", message=message)
        return
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        message = _("{url} is not an address. Copy it again from the browser.", url=url)
        yield Problem(line=run.line, level="error", code="broken-link", message=message)
        return
    if parts.scheme.lower() not in SCHEMES:
        message = _("{url} does not begin with https://. Write the whole address.", url=url)
        yield Problem(line=run.line, level="error", code="link-without-scheme", message=message)
    elif parts.scheme.lower() in {"http", "https"} and not is_public(host):
        message = _("Readers cannot open {url}: its host is not public. Link to a public page.", url=url)
        yield Problem(line=run.line, level="error", code="link-not-public", message=message)
