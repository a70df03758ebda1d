"""Who reads: the conversation that a browser belongs to, and the language it wants."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from bots.desk.send import ACCOUNT, PLATFORM
from core.i18n import LANGUAGES
from core.target import Target

if TYPE_CHECKING:
    from starlette.requests import Request

    from bots.desk.services import DeskServices

READER = "paperboy_reader"
LANG = "paperboy_lang"
CONVERSATION = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A browser. ``conversation`` is a secret that only it knows; ``is_new`` until it has been told.

    ``chose_lang`` says whether the address names the language, ``wants_lang`` whether that or an earlier one did.
    """

    conversation: str
    lang: str
    is_new: bool
    chose_lang: bool
    wants_lang: bool

    @property
    def target(self) -> Target:
        """Where this reader's pages go."""
        return target_of(self.conversation)


def desk_of(request: Request) -> DeskServices:
    """Return what the desk works with."""
    return cast("DeskServices", request.app.state.desk)


def target_of(conversation: str) -> Target:
    """Return the target of a conversation."""
    return Target(platform=PLATFORM, account=ACCOUNT, chat=conversation)


def visitor_of(request: Request) -> Visitor:
    """Return who asks. A browser that comes for the first time gets a conversation that nobody can guess."""
    known = request.cookies.get(READER, "")
    is_known = bool(CONVERSATION.fullmatch(known))
    chosen = request.query_params.get("lang")
    return Visitor(
        conversation=known if is_known else secrets.token_urlsafe(24),
        lang=_lang(request, chosen),
        is_new=not is_known,
        chose_lang=chosen in LANGUAGES,
        wants_lang=chosen in LANGUAGES or request.cookies.get(LANG) in LANGUAGES,
    )


def _lang(request: Request, chosen: str | None) -> str:
    for lang in (chosen, request.cookies.get(LANG), accepted(request.headers.get("accept-language", ""))):
        if lang in LANGUAGES:
            return lang
    return desk_of(request).services.publication.lang


def accepted(header: str) -> str | None:
    """Return the language of ours that an Accept-Language header prefers, None if it names none.

    https://www.rfc-editor.org/rfc/rfc9110#name-accept-language
    """
    weighted = []
    for entry in header.split(","):
        tag, _, rest = entry.partition(";")
        quality = re.fullmatch(r"\s*q=(\d(?:\.\d{0,3})?)\s*", rest)
        weighted.append((float(quality[1]) if quality else 1.0, tag.strip().lower().partition("-")[0]))
    best = max((entry for entry in weighted if entry[1] in LANGUAGES and entry[0]), default=None, key=lambda e: e[0])
    return best[1] if best else None
