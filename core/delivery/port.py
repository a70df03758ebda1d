"""What delivery needs from outside: platforms to send with, a ledger to keep account in, pages to send."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from msgspec import Struct

from core.delivery.model import SHARED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from core.delivery.model import Again, Delivery, Doubts, ErrorClass, PageReceipt, Receipt, Run, RunKind, RunState
    from core.digest.model import IssueRef
    from core.render.port import Message
    from core.target import Target


NO_EXTRAS: Mapping[str, str] = MappingProxyType({})


class Envelope(Struct, frozen=True):
    """How a page is to be sent, beside its content.

    ``key`` is the same whenever the same page of the same delivery is sent again (at most 25 ASCII characters,
    so that it fits every platform's idempotency key). ``after`` is the message id of the delivery's first page,
    "" for the first page itself. ``extras`` are the subscription's.
    """

    key: str
    silent: bool = False
    after: str = ""
    extras: Mapping[str, str] = NO_EXTRAS


class Sender(Protocol):
    """A platform's way to put pages into targets. Each method raises ``SendError`` and nothing else."""

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        """Send one page; return the platform's message id."""
        ...

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        """Replace a page that was sent. A page that already looks like this is not an error."""
        ...

    async def delete(self, target: Target, message_id: str) -> None:
        """Take a page back. A page that is already gone is not an error."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a delivery shows, whoever reads it: equal contents are rendered once.

    ``revision`` is the issue's; ``lang`` the language that the reader asked for, which is not the issue's when
    there was only a twin; ``form`` the platform's form ("" for its usual one); ``missed`` the dates of a catch-up. A
    "withdrawal" is the notice that stands in the place of an issue that was taken back; ``corrected`` says when an
    issue was revised that had gone out before.
    """

    issue: IssueRef
    revision: str
    lang: str
    platform: str
    form: str = ""
    style: str = "card"
    without: frozenset[str] = frozenset()
    kind: RunKind | Literal["withdrawal"] = "regular"
    missed: tuple[str, ...] = ()
    corrected: datetime | None = None


Pages: TypeAlias = "Callable[[Content], Awaitable[tuple[Message, ...]]]"
"""Presents and renders; no pages if the issue is not there any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The bot or workspace of a platform that deliveries go out through."""

    platform: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page that the target shows: the platform's message id, and the hash of what is on it."""

    page: int
    message_id: str
    digest: str


class Work(Struct, frozen=True):
    """A delivery under a lease, with all that is needed to make it.

    ``failures`` counts the deliveries to this subscription that failed in a row for a setting or a right. ``skip`` says
    why it is not to be made after all ("" if it is): the subscription ended or was paused, or the issue was withdrawn,
    since it was planned. ``amends`` tells that the post was made and is to be brought up to date; ``shown`` are the
    pages that are there, of such a post or of one that was begun.
    """

    delivery: Delivery
    lease: int
    content: Content
    silent: bool = False
    extras: Mapping[str, str] = NO_EXTRAS
    failures: int = 0
    skip: str = ""
    priority: int = SHARED
    amends: bool = False
    shown: tuple[Shown, ...] = ()

    @property
    def first_message(self) -> str:
        """The id of the first page, "" if that is not there."""
        return next((page.message_id for page in self.shown if page.page == 0), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What else follows from an answer, in the same transaction.

    ``subscription``: "end" it, "pause" it ``until`` an instant, "move" it, with the delivery and the chat's other
    subscriptions, to the chat ``moved_to``, "strike" it (one more failure in a row) or "clear" it of strikes.
    ``notice`` is a sentence that an operator or editor should read. ``sends_again``: the account, which could not.
    """

    subscription: Literal["", "end", "pause", "move", "strike", "clear"] = ""
    until: datetime | None = None
    moved_to: str = ""
    notice: str = ""
    sends_again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The state that a delivery leaves its lease with. A planned one is tried again from ``due`` on (None: at once)."""

    state: Literal["planned", "sent", "unknown", "failed", "skipped"]
    next_page: int
    attempts: int
    due: datetime | None = None
    kind: ErrorClass | Literal[""] = ""
    reason: str = ""
    effect: Effect | None = None


class Entry(Struct, frozen=True):
    """One line of the ledger: what became of a page, of the delivery (None: it goes on), or of both.

    ``digest`` is a hash of the page's content.
    """

    lease: int
    delivery: int
    at: datetime
    page: PageReceipt | None = None
    digest: str = ""
    revision: str = ""
    settled: Settled | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some hundred deliveries of one run through one account, worked on together. Smaller priorities go first."""

    id: int
    account: Account
    priority: int


class Ledger(Protocol):
    """Keeps account of deliveries. What comes under a lease that is no longer held changes nothing."""

    async def waiting(self, *, now: datetime, account: Account | None = None) -> Sequence[Chunk]:
        """Return chunks of running runs that are due and that nobody alive holds, the most urgent of each account."""
        ...

    async def hold(
        self,
        account: Account,
        owner: str,
        *,
        now: datetime,
        until: datetime,
        on_unknown: Doubts,
        shares: int = 1,
        per_second: float | None = None,
    ) -> bool:
        """Hold the account's budget, or one of so many equal shares of it, until then; return whether it is held.

        Whoever held one before and is over loses what it had leased: a page whose sending began and whose outcome was
        not recorded is unknown, and ``on_unknown`` says what follows. ``per_second`` is told to who looks at runs.
        """
        ...

    async def claim(self, chunk: int, owner: str, *, now: datetime) -> Sequence[Work]:
        """Lease what is due in the chunk, if nobody has it, its run goes on, and ``owner`` holds a budget for it."""
        ...

    async def record(self, entries: Sequence[Entry]) -> Sequence[bool]:
        """Write entries in one durable commit; return for each whether it was written.

        It is not if its lease is lost, or if a delivery would begin of a run that does not go on, or of an issue that
        was revised or withdrawn since it was claimed.
        """
        ...

    async def release(
        self, owner: str, *, now: datetime, on_unknown: Doubts, held: Sequence[int] | None = None
    ) -> None:
        """Put down what the owner holds under these leases, or (None) everything and its budgets.

        Runs with nothing left to do are done.
        """
        ...


class Runs(Protocol):
    """Shows runs and changes their course."""

    async def newest(self, *, ids: Sequence[int] = (), limit: int = 20) -> Sequence[Run]:
        """Return runs, those first that are not over, each part newest first, with counts but without rate and ETA."""
        ...

    async def sent_since(self, run: int, since: datetime) -> int:
        """Return how many deliveries of the run were sent at ``since`` or later."""
        ...

    async def change(self, run: int, *, states: Sequence[RunState], to: RunState, note: str, now: datetime) -> bool:
        """Put the run into state ``to`` if it is in one of ``states``; return whether it was.

        With "cancelled", deliveries that were not begun are skipped with the reason "cancelled".
        """
        ...

    async def retry(self, run: int, *, states: Sequence[Again], reason: str, now: datetime) -> int:
        """Plan anew what is in these states and whose reason or error class contains ``reason``; return how many."""
        ...


class ReceiptBook(Protocol):
    """Shows what happened to deliveries."""

    async def of_target(self, target: Target, *, limit: int = 20) -> Sequence[Receipt]:
        """Return the receipts of the target, newest first."""
        ...

    async def of_run(
        self, run: int, *, states: Sequence[str] = (), limit: int = 100, offset: int = 0
    ) -> Sequence[Receipt]:
        """Return the receipts of the run whose delivery is in one of ``states`` (none: in any), oldest first."""
        ...
