"""From a request to a reply, whatever happens on the way."""

from __future__ import annotations

import secrets
from dataclasses import replace
from difflib import get_close_matches
from math import ceil
from typing import TYPE_CHECKING

import structlog

from core.commands.model import Reply
from core.commands.page import fill, page
from core.commands.registry import COMMANDS
from core.commands.wishes import meant
from core.document.build import paragraph
from core.document.harmless import echoed
from core.document.nodes import Action, Code, Paragraph
from core.errors import UsageError
from core.i18n import texts

if TYPE_CHECKING:
    from core.commands.model import Command, Request
    from core.commands.services import Services

log = structlog.get_logger(__name__)


def minds_rights(command: str, args: str) -> bool:
    """Tell whether ``manager`` is looked at for a command line: only then a platform has to know it."""
    known = COMMANDS.get(meant(_name(command), args)[0])
    return known is not None and known.audience != "everyone"


async def dispatch(request: Request, services: Services) -> Reply:
    """Answer the request; never raises.

    Handlers see the request with ``lang`` set to the language to answer in: what the chat chose with ``/lang``,
    else what the platform knows of the reader, else the publication's own.
    """
    request = replace(
        request,
        command=_name(request.command),
        lang=request.lang or services.publication.lang,
    )
    try:
        chosen = await services.preferences.lang(request.target)
        request = replace(request, lang=chosen or request.lang)
        return await _answer(request, services)
    except UsageError as error:
        return _usage(request, str(error))
    except Exception as error:  # noqa: BLE001  whatever breaks, the reader gets an answer and the log the reason
        return _apology(request, error)


def _name(command: str) -> str:
    """Return the name of a command, however it is written."""
    return command.strip().removeprefix("/").lower()


async def _answer(request: Request, services: Services) -> Reply:
    wait = services.guard.wait(f"{request.target.platform}:{request.user}", services.clock.now())
    if wait:
        return _too_fast(request, ceil(wait))
    name, args = meant(request.command, request.args)
    request = replace(request, command=name, args=args)
    command = COMMANDS.get(request.command)
    if command is None:
        return _unknown(request)
    if command.audience == "manager" and not request.manager:
        return _not_allowed(request, command)
    return await command.handler(request, services)


def _too_fast(request: Request, seconds: int) -> Reply:
    _ = texts(request.lang)
    wait = _.plural(
        "That was a lot at once. Please try again in {count} second.",
        "That was a lot at once. Please try again in {count} seconds.",
        seconds,
    )
    return Reply(document=page(_, wait, paragraph(wait)), private=True, throttled=True)


def _unknown(request: Request) -> Reply:
    _ = texts(request.lang)
    names = [name for name, command in COMMANDS.items() if command.menu]
    nearest = get_close_matches(request.command, names, n=1, cutoff=0.5)
    said = _("I don't know {command}.", command=echoed(f"/{request.command[:32]}"))
    guess = [Action(f"/{name}", name) for name in nearest]
    question = [Paragraph(fill(_("Did you mean {command}?"), command=Code(f"/{name}"))) for name in nearest]
    document = page(_, said, paragraph(said), *question, rows=[[*guess, Action(_("All commands"), "help")]])
    return Reply(document=document, private=True)


def _not_allowed(request: Request, command: Command) -> Reply:
    _ = texts(request.lang)
    said = _("Only admins of this chat can use {command} here.", command=f"/{command.name}")
    hint = _("You can always use it in a direct message to me.")
    return Reply(document=page(_, said, paragraph(said), paragraph(hint)), private=True)


def _usage(request: Request, message: str) -> Reply:
    _ = texts(request.lang)
    said = echoed(message)
    return Reply(document=page(_, said, paragraph(said)), private=True)


def _apology(request: Request, error: Exception) -> Reply:
    reference = secrets.token_hex(4)
    log.error("command failed", command=request.command, target=request.target.key, reference=reference, exc_info=error)
    _ = texts(request.lang)
    said = _("Something went wrong on my side. Please try again in a moment.")
    ask = fill(_("If it happens again, tell the operator this reference: {reference}"), reference=Code(reference))
    return Reply(document=page(_, said, paragraph(said), Paragraph(ask)), private=True)
