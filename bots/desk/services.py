"""What the desk works with, put together once by ``bots.wiring``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from urllib.parse import urlsplit

from core.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from bots.desk.bell import Bell
    from bots.desk.health import Health
    from core.commands.model import Reply, Request
    from core.commands.services import Services
    from core.delivery.inbox import Inbox
    from core.delivery.port import ReceiptBook
    from core.delivery.runs import RunService
    from core.digest.model import Issue, IssueRef, Problem
    from core.digest.port import Change
    from core.digest.present import Presenter
    from core.render.port import Renderer

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How the desk is served.

    ``host`` is the address it is bound to; ``base_url`` where browsers find it ("" for the address itself).
    ``token`` opens it; it may be None only on loopback.
    """

    host: str = "127.0.0.1"
    base_url: str = ""
    token: str | None = None

    def __post_init__(self) -> None:
        if not self.is_local and not self.token:
            raise UsageError("the desk is bound to an address that others can reach: set PAPERBOY_DESK__TOKEN")

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the desk."""
        return self.host in LOOPBACK

    @property
    def is_https(self) -> bool:
        """Whether browsers come over HTTPS."""
        return self.base_url.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """The host names that a request may ask for on loopback; others are DNS rebinding."""
        named = urlsplit(self.base_url).hostname
        return LOOPBACK | ({named} if named else set())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A Markdown text as the checks see it; problems are in the language that was asked for, by line."""

    issue: Issue
    problems: tuple[Problem, ...]

    @property
    def is_fit(self) -> bool:
        """Whether it may go into the archive."""
        return all(problem.level != "error" for problem in self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question to the archive. ``today`` is the reader's date; those of one ``conversation`` follow up."""

    text: str
    lang: str | None = None
    today: date | None = None
    conversation: str | None = None


class Read(Protocol):
    """Reads and checks Markdown."""

    def __call__(self, source: str, lang: str, *, path: str | None = None) -> Reading:
        """Tell the problems in ``lang``; ``path`` is the file's name, if there is a file, which may hold the date."""
        ...


Dispatch: TypeAlias = "Callable[[Request, Services], Awaitable[Reply]]"
Publish: TypeAlias = "Callable[[str, Issue], Awaitable[Change]]"
"""Puts Markdown and the issue that was read from it into the archive and its index."""

Withdraw: TypeAlias = "Callable[[IssueRef], Awaitable[bool]]"
"""Takes an issue back; tells whether there was one. Raises ``UsageError`` for one whose file has to be removed."""

Ask: TypeAlias = Callable[[Question], Awaitable[Mapping[str, Any]]]
"""Answers a question in the shape of ``paperboy ask --json``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskServices:
    """The parts that the desk's routes use.

    ``renderers`` are by name: "telegram", "telegram-rich", "discord", "slack", "desk".
    """

    services: Services
    dispatch: Dispatch
    presenter: Presenter
    renderers: Mapping[str, Renderer]
    inbox: Inbox
    bell: Bell
    runs: RunService
    receipts: ReceiptBook
    read: Read
    publish: Publish
    withdraw: Withdraw
    ask: Ask
    health: Health
    setup: Setup = Setup()
