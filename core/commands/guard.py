"""Flood protection: a bucket of tokens for each user. Deciding is pure; the guard only remembers the buckets."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many requests a user may make at once (``burst``), and how many come back each second."""

    burst: float = 20
    per_second: float = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """What a user has left, and when that was counted."""

    tokens: float
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The bucket after a request, and how many seconds too early the request was (0: it is let through)."""

    bucket: Bucket
    wait: float = 0


def take(bucket: Bucket | None, now: datetime, rate: Rate) -> Verdict:
    """Take one token from ``bucket`` (None: a full one). A clock that goes back gives nothing and takes nothing."""
    if bucket is None:
        return Verdict(bucket=Bucket(tokens=rate.burst - 1, at=now))
    passed = max(0.0, (now - bucket.at).total_seconds())
    at = max(now, bucket.at)
    tokens = min(rate.burst, bucket.tokens + passed * rate.per_second)
    if tokens < 1:
        return Verdict(bucket=Bucket(tokens=tokens, at=at), wait=(1 - tokens) / rate.per_second)
    return Verdict(bucket=Bucket(tokens=tokens - 1, at=at))


class Guard:
    """Remembers the buckets of the ``users`` who came last; one who was forgotten starts with a full bucket."""

    def __init__(self, rate: Rate | None = None, *, users: int = 10_000) -> None:
        self._rate = rate or Rate()
        self._users = users
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def wait(self, user: str, now: datetime) -> float:
        """Count one request of ``user``; return 0 if it is let through, else the seconds until one would be."""
        verdict = take(self._buckets.get(user), now, self._rate)
        self._buckets[user] = verdict.bucket
        self._buckets.move_to_end(user)
        if len(self._buckets) > self._users:
            self._buckets.popitem(last=False)
        return verdict.wait
