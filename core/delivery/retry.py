"""What follows from an answer that was not "yes". Pure: values in, a decision out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal, assert_never

from core.delivery.model import SHARED, Doubts

if TYPE_CHECKING:
    from core.delivery.model import ErrorClass

Outcome = Literal["again", "sent", "unknown", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How patient delivery is.

    ``attempts`` are the tries that a delivery has while it was surely not sent; between them the wait doubles from
    ``first_wait`` to ``longest_wait``. ``pause`` is how long a closed target is left alone, ``strikes`` the
    failures in a row, for a setting or a right, after which a subscription is paused for ``pause`` as well.
    ``account_pause`` is how long an account rests that cannot send at all. ``on_unknown`` says what becomes of a
    page that may have been sent.
    """

    attempts: int = 8
    first_wait: timedelta = timedelta(seconds=2)
    longest_wait: timedelta = timedelta(minutes=15)
    pause: timedelta = timedelta(days=7)
    strikes: int = 3
    account_pause: timedelta = timedelta(minutes=5)
    on_unknown: Doubts = field(default_factory=Doubts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A page that was not taken.

    ``attempts`` counts the earlier tries of the delivery that failed, ``failures`` the subscription's strikes.
    ``plainer`` tells whether the page can still be shown in a plainer form, ``priority`` is the delivery's.
    ``name`` is the page's key: it spreads the waits of many deliveries, the same way each time.
    """

    kind: ErrorClass
    name: str
    attempts: int = 0
    failures: int = 0
    retry_after: timedelta | None = None
    plainer: bool = False
    priority: int = SHARED


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do.

    ``outcome``: try the page "again" after ``wait``, count it as "sent" and go on, or end the delivery as
    "unknown" or "failed". ``counts``: the try counts as an attempt. ``hold``: nobody else is sent anything during
    ``wait`` either, as far as the platform's limit reaches ("limit") or through the whole account ("account").
    ``subscription`` and ``pause`` are what follows for the subscription; ``plainer``: use a plainer form.
    """

    outcome: Outcome
    wait: timedelta = timedelta(0)
    counts: bool = False
    hold: Literal["", "limit", "account"] = ""
    subscription: Literal["", "end", "pause", "move", "strike"] = ""
    pause: timedelta = timedelta(0)
    plainer: bool = False
    notice: bool = False


def decide(trouble: Trouble, policy: Policy) -> Decision:  # noqa: PLR0911  # one case for each class
    """Return what follows from a page that was not taken."""
    match trouble.kind:
        case "gone":
            return Decision(outcome="failed", subscription="end")
        case "move":
            return _counted(trouble, policy, Decision(outcome="again", counts=True, subscription="move"))
        case "pause":
            return Decision(outcome="failed", subscription="pause", pause=policy.pause)
        case "config":
            return _config(trouble, policy)
        case "wait":
            return Decision(outcome="again", wait=trouble.retry_after or backoff(trouble, policy), hold="limit")
        case "transient":
            wait = max(backoff(trouble, policy), trouble.retry_after or timedelta(0))
            return _counted(trouble, policy, Decision(outcome="again", wait=wait, counts=True))
        case "unknown":
            return _unknown(trouble, policy)
        case "content":
            return Decision(outcome="again", plainer=True) if trouble.plainer else Decision(outcome="failed")
        case "fatal":
            return Decision(outcome="again", wait=policy.account_pause, hold="account", notice=True)
        case _:
            assert_never(trouble.kind)


def backoff(trouble: Trouble, policy: Policy) -> timedelta:
    """Return the wait after this many failed tries: doubling, and up to a quarter more or less by the page's name."""
    wait = min(policy.longest_wait, policy.first_wait * (1 << min(trouble.attempts, 20)))
    spread = blake2b(f"{trouble.name}/{trouble.attempts}".encode(), digest_size=2).digest()
    return wait * (0.75 + 0.5 * int.from_bytes(spread) / 0xFFFF)


def _counted(trouble: Trouble, policy: Policy, again: Decision) -> Decision:
    return again if trouble.attempts + 1 < policy.attempts else Decision(outcome="failed", counts=True)


def _config(trouble: Trouble, policy: Policy) -> Decision:
    if trouble.failures + 1 < policy.strikes:
        return Decision(outcome="failed", subscription="strike")
    return Decision(outcome="failed", subscription="pause", pause=policy.pause, notice=True)


def _unknown(trouble: Trouble, policy: Policy) -> Decision:
    match policy.on_unknown.of(trouble.priority):
        case "ask":
            return Decision(outcome="unknown")
        case "skip":
            return Decision(outcome="sent")
        case "resend":
            again = Decision(outcome="again", wait=backoff(trouble, policy), counts=True)
            return again if trouble.attempts + 1 < policy.attempts else Decision(outcome="unknown", counts=True)
