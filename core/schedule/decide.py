"""Which issue a round gets, and when it has waited long enough. Pure.

**The issue of a local date.** A slot delivers the newest issue of its edition whose date is the slot's local date;
editions that appear less often, the newest one dated within their cadence (a weekly one: the seven days that end with
the local date). Publishers do not live in their readers' zones, though:

- An issue that appears the evening before, dated tomorrow, is found the next morning by its date.
- A publisher west of the reader dates an issue with what is yesterday for the reader. So an issue one cadence older
  counts as well while there is no other, if it appeared so late that the slot's last occurrence could not wait for it
  any more: after that occurrence plus ``WAIT``. The round then goes on waiting for the issue of its own date, so that
  a publisher who is merely late one day never shifts everybody by a day.

No reader gets an issue twice, whatever is decided here: deliveries are unique.

**Waiting.** Without an issue a round waits for ``WAIT`` after its instant. Then, or at once if the edition has not
appeared in the round's language for ``SILENCE`` cadences, the issue in another language is better than none. If there
is none either, the newest issue of all goes to those who do not have it yet, new readers above all; at once if nothing
has appeared for two cadences, so that who subscribes to an edition at rest sees it at the first occasion.

**After a downtime** occurrences were missed. The newest issue goes out, once; the other dates are named with it. Up
to ``WAIT`` late it is a late post, later a catch-up. A catch-up that would come less than ``WAIT`` before the slot's
next instant waits for that, and there is one post instead of two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from core.schedule.next_run import local_date, next_run
from core.schedule.port import Order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from core.delivery.model import RunKind
    from core.digest.port import IssueHead
    from core.schedule.port import Round

WAIT = timedelta(hours=6)
GRACE = timedelta(minutes=10)
"""A post is late for its reader from here on."""
SILENCE = 7
MISSED_AT_MOST = 14
CADENCES: Mapping[str, timedelta] = {"weekly": timedelta(days=7), "monthly": timedelta(days=31)}
"""How often an edition appears, by its name; every day if it is not here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to plan, if anything, and how the round is afterwards (equal to what it was while it just waits)."""

    order: Order | None
    after: Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The issue of one occurrence; ``ready`` is the instant from which it could have been delivered."""

    head: IssueHead
    ready: datetime
    exact: bool


def cadence_of(edition: str) -> timedelta:
    """Return how often the edition appears."""
    return CADENCES.get(edition, timedelta(days=1))


def decide(due_round: Round, heads: Sequence[IssueHead], now: datetime) -> Decision:
    """Decide about a round that is due at ``now``, given the edition's issues of all languages, newest first."""
    dues = _occurrences(due_round, now)
    choices = [_choice(due_round, heads, due, now) for due in dues]
    found = [choice for choice in choices if choice]
    last = dues[-1]
    is_open = now < last + WAIT
    settled = replace(due_round, due=next_run(due_round.slot, last), planned=None)
    if choices[-1] is None and (is_open or not found):
        older = None if found else _older(due_round, heads, last, now)
        if older is None:
            return Decision(order=None, after=due_round if is_open else settled)
        found = [older]
    order = _order(due_round, found, now)
    if order.kind == "catch-up" and not is_open and settled.due - now < WAIT:
        return Decision(order=None, after=due_round)
    done = not is_open or found[-1].exact
    after = settled if done else replace(due_round, due=last, planned=order.issue.date)
    return Decision(order=None if due_round.planned == order.issue.date else order, after=after)


def _occurrences(due_round: Round, now: datetime) -> list[datetime]:
    """Return the instants of the slot that are over, from the one that is worked on; the newest ones of very many."""
    dues = [due_round.due]
    while (following := next_run(due_round.slot, dues[-1])) <= now:
        dues.append(following)
    return dues[-2 * MISSED_AT_MOST :]


def _choice(due_round: Round, heads: Sequence[IssueHead], due: datetime, now: datetime) -> Choice | None:
    day, cadence = local_date(due_round.slot, due), cadence_of(due_round.edition)
    own = [head for head in heads if head.ref.lang == due_round.lang]
    if choice := _current(own, day, due, cadence):
        return choice
    others = [head for head in heads if head.ref.lang != due_round.lang]
    twin = _current(others, day, due, cadence)
    if twin is None or not any(head.ref.date > day - SILENCE * cadence for head in own):
        return twin
    waited = due + WAIT
    return replace(twin, ready=max(twin.ready, waited)) if now >= waited else None


def _current(heads: Sequence[IssueHead], day: date, due: datetime, cadence: timedelta) -> Choice | None:
    """Return the issue that the slot delivers on the local date ``day`` at ``due``."""
    for head in heads:
        age = day - head.ref.date
        ready = max(due, min(head.added, due + WAIT))
        if timedelta(0) <= age < cadence:
            return Choice(head=head, ready=ready, exact=True)
        if cadence <= age < 2 * cadence and head.added > due - cadence + WAIT:
            return Choice(head=head, ready=ready, exact=False)
    return None


def _older(due_round: Round, heads: Sequence[IssueHead], due: datetime, now: datetime) -> Choice | None:
    """Return the newest issue of all where there is none of the day: at once if the edition is silent, else late."""
    day, cadence = local_date(due_round.slot, due), cadence_of(due_round.edition)
    past = [head for head in heads if head.ref.date <= day]
    is_silent = not any(head.ref.date > day - 2 * cadence for head in past)
    if not past or (now < due + WAIT and not is_silent):
        return None
    head = next((head for head in past if head.ref.lang == due_round.lang), past[0])
    return Choice(head=head, ready=due if now < due + WAIT else due + WAIT, exact=False)


def _order(due_round: Round, found: Sequence[Choice], now: datetime) -> Order:
    newest = found[-1]
    missed = tuple(_missed(due_round, found))
    return Order(issue=newest.head.ref, kind=_kind(now - newest.ready, missed), round=due_round, missed=missed)


def _missed(due_round: Round, found: Sequence[Choice]) -> Iterator[date]:
    dates = {choice.head.ref.date for choice in found} - {found[-1].head.ref.date, due_round.planned}
    yield from sorted(day for day in dates if day is not None)[-MISSED_AT_MOST:]


def _kind(delay: timedelta, missed: Sequence[date]) -> RunKind:
    if missed or delay > WAIT:
        return "catch-up"
    return "late" if delay > GRACE else "regular"
