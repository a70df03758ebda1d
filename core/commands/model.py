"""Requests, replies and commands: what a platform hands to the core and gets back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from core.commands.services import Services
    from core.document.nodes import Document
    from core.target import Target

ParameterKind: TypeAlias = Literal["date", "lang", "section", "term", "words", "time", "zone", "days", "text"]
Audience: TypeAlias = Literal["everyone", "either", "manager"]
Group: TypeAlias = Literal["read", "ask", "subscribe"]
Progress: TypeAlias = "Callable[[str], Awaitable[None]]"
"""Shows an answer while it is written: gets all of its plain text so far, a few times a second at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a message or button stands on: the issue it belongs to, and the passage that the reader quoted.

    ``thread`` names the thread of a conversation where the target does not: two threads of a chat are two talks.
    """

    issue: str = ""
    story: str = ""
    quote: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One command as a reader gave it.

    ``command`` is the name without slash, ``args`` the rest of the line as typed or as the button carries it.
    ``user`` identifies the reader within the platform; ``lang`` and ``zone`` are what the platform knows of them
    (handlers see in ``lang`` the language to answer in: see ``core.commands.dispatch``).
    ``manager`` says whether the reader may change what this target is subscribed to (in a direct chat: yes).
    ``offers`` are the names of the switches that the platform understands (``core.commands.switches``).
    ``calling`` is what a question has to begin with here, such as "/paperboy", where plain words are not heard.
    ``progress``, where the platform can show an answer that grows, is told what is written so far; the ``Reply``
    still holds the whole answer and replaces what was shown.
    """

    command: str
    args: str
    target: Target
    user: str
    lang: str | None = None
    zone: str | None = None
    manager: bool = True
    pressed: bool = False
    context: Context = Context()
    offers: frozenset[str] = frozenset()
    calling: str = ""
    progress: Progress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the reader gets. ``private`` replies concern one person and stay between the bot and them.

    ``throttled`` ones only say that too much came at once: where others would have to read them they are left out.
    ``page`` is the page to show, counted from 1, of a document whose pages are turned in place.
    """

    document: Document
    private: bool = False
    throttled: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One argument, for platforms that ask for them one by one. They are joined with spaces in this order."""

    name: str
    kind: ParameterKind
    summary: str
    required: bool = False


Handler: TypeAlias = "Callable[[Request, Services], Awaitable[Reply]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: ``name`` is 1–32 of ``[a-z0-9_]``; ``summary`` is an English msgid of at most 100 characters.

    ``audience`` "manager" lets only those use it who may change the chat's subscription; "either" everybody, but it
    does more for those, so a platform has to ask for their right as well. ``menu`` tells whether it stands in the
    platform's menu; the others are what buttons run. ``group`` is where ``/help`` lists it.
    ``example`` is a msgid: a whole command line that works.
    """

    name: str
    summary: str
    handler: Handler
    parameters: tuple[Parameter, ...] = ()
    audience: Audience = "everyone"
    menu: bool = True
    group: Group = "read"
    example: str = ""
