"""Runs, deliveries, receipts, and why a platform may refuse.

What there is one of for each page or delivery is a struct: making a frozen dataclass takes five times as long.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from core.document.build import clean
from core.errors import PaperboyError

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta

    from core.digest.model import IssueRef
    from core.target import Target

ErrorClass: TypeAlias = Literal["gone", "move", "pause", "config", "wait", "transient", "unknown", "content", "fatal"]
"""Why a page was not taken.

gone: this target never again. move: the target has a new id. pause: closed for now, may open again.
config: somebody must change a right or setting. wait: later, the platform says when. transient: it was surely
not sent, try again. unknown: it may have been sent. content: the page itself is refused. fatal: the account
cannot send at all.
"""

DeliveryState: TypeAlias = Literal["planned", "leased", "sent", "unknown", "failed", "skipped"]
PageState: TypeAlias = Literal["sending", "sent", "unknown", "failed", "edited", "deleted"]
RunKind: TypeAlias = Literal["regular", "late", "catch-up", "push"]
"""Why a run goes out when it does.

regular: at its hour, or as soon as the issue appeared. late: after a downtime, and the reader is told.
catch-up: after a longer one, the newest issue together with what was missed. push: somebody asked for it now.
"""
RunState: TypeAlias = Literal["running", "paused", "cancelled", "done"]
Again: TypeAlias = Literal["failed", "unknown", "cancelled"]
"""What can be sent again, or after all: deliveries that failed, may have arrived, or were skipped with their run."""
Scope: TypeAlias = Literal["chat", "method", "account"]
"""Whom a platform asks to wait: a chat, everybody with this call, or the whole account."""
OnUnknown: TypeAlias = Literal["resend", "ask", "skip"]
"""What becomes of a page that may have been sent: send it again, leave the delivery to be retried by hand, or
count the page as sent and go on with the next.
"""

SHARED, PRIVATE, AMENDS = 0, 1, 9
"""Priorities, the most urgent first: chats that many read, chats of one reader, posts to be brought up to date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """What becomes of a page that may have been sent, by the kind of chat.

    Many would see a page twice in a ``shared`` one, so somebody is asked; a ``private`` reader would rather see it
    twice than miss it.
    """

    shared: OnUnknown = "ask"
    private: OnUnknown = "resend"

    @classmethod
    def always(cls, answer: OnUnknown) -> Doubts:
        """Treat every chat alike."""
        return cls(shared=answer, private=answer)

    def of(self, priority: int) -> OnUnknown:
        """Return the answer for deliveries of this priority."""
        return self.private if priority == PRIVATE else self.shared


class SendError(PaperboyError):
    """A platform did not take a page.

    ``reason`` is what it said, without secrets, and cleaned: receipts show it. ``retry_after`` is how long it asked to
    wait, ``scope`` for whom. ``moved_to`` is the chat's new id.
    """

    def __init__(
        self,
        kind: ErrorClass,
        reason: str,
        *,
        retry_after: timedelta | None = None,
        scope: Scope = "account",
        moved_to: str | None = None,
    ) -> None:
        self.reason = clean(reason)
        super().__init__(f"{kind}: {self.reason}")
        self.kind = kind
        self.retry_after = retry_after
        self.scope = scope
        self.moved_to = moved_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many deliveries of a run are in which state; ``planned`` includes those that are under way."""

    planned: int = 0
    sent: int = 0
    unknown: int = 0
    failed: int = 0
    skipped: int = 0

    def of(self, states: Collection[str] = ()) -> int:
        """Return how many are in one of these states (none: in any)."""
        return sum(getattr(self, state) for state in states or COUNTED)


COUNTED = tuple(field.name for field in fields(Counts))
"""The states that deliveries are counted and looked up by, in the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One issue going out to one slot, or now. ``lang`` is the issue's language, "" where it has no delivery any more.

    ``missed`` are the dates that a catch-up makes up for, oldest first, without the run's own. ``permitted`` is what
    its accounts may send in a second, None if there is no limit or nobody sends for them; ``oldest`` is since when the
    delivery waits that has waited longest, ``goes_on`` when the next one is due if none is. ``again`` are those of the
    sent ones that had been in doubt and were sent again: they may have arrived twice.
    ``left_out`` tells whether a cancellation left readers out, to whom the issue can be sent after all. ``erased`` are
    those of the counts whose receipts are not kept any more: nothing can be done about these.
    """

    id: int
    edition: str
    date: str
    state: RunState
    created_at: datetime
    counts: Counts
    kind: RunKind = "regular"
    missed: tuple[str, ...] = ()
    note: str = ""
    rate: float | None = None
    eta: datetime | None = None
    permitted: float | None = None
    oldest: datetime | None = None
    goes_on: datetime | None = None
    again: int = 0
    lang: str = ""
    left_out: bool = False
    erased: Counts = Counts()

    @property
    def issue(self) -> str:
        """What goes out, as ``edition/lang/date``."""
        return "/".join(filter(None, (self.edition, self.lang, self.date)))

    @property
    def share(self) -> float | None:
        """Which part of the permitted rate is used, None where either is unknown."""
        return self.rate / self.permitted if self.rate is not None and self.permitted else None


class Delivery(Struct, frozen=True):
    """One issue for one target. ``next_page`` counts the pages already settled, ``kind`` is the class of ``reason``."""

    id: int
    run: int
    issue: IssueRef
    target: Target
    subscription: int | None
    state: DeliveryState
    next_page: int = 0
    attempts: int = 0
    kind: ErrorClass | Literal[""] = ""
    reason: str = ""


class PageReceipt(Struct, frozen=True):
    """What happened to one page of a delivery. ``page`` counts from 0."""

    page: int
    state: PageState
    at: datetime
    message_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What happened to a delivery, page by page."""

    delivery: Delivery
    planned_at: datetime
    updated_at: datetime
    pages: tuple[PageReceipt, ...]
