"""When the next page may go out. Pure arithmetic: the instants come in as arguments, nothing waits here.

A platform counts a page somewhere between the instant that it leaves here and the instant that the answer arrives.
So a page leaves no sooner than one window after the *answer* to the page that must have left the window, less the
shortest round trip seen lately, which the page itself still has before it. However the network behaves, no window at
the platform then holds more pages than it permits. Even spacing, a little below the permitted rate, keeps this guard
from being felt: it only bites when answers come late.

Pages are let leave a little ahead of time, so that their intents are written down together; each is asked about once
more at its request, and held back until its own instant. Then no window holds too many in whatever order they arrive:
of any ``most + 1`` pages two are a multiple of ``most`` apart.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict, deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

Verb: TypeAlias = Literal["send", "edit", "delete"]

NEVER = datetime.min.replace(tzinfo=UTC)
SECOND = timedelta(seconds=1)
NOTHING = timedelta(0)
CHATS_REMEMBERED = 100_000
SHARE = 0.995
"""How much of the permitted rate is used: the rest is for clocks and networks that are not even."""
CATCH_UP = timedelta(milliseconds=500)
"""How far back lateness is made up for; a longer one is a rest, after which nothing is owed."""
COUNTED_AFTER = SECOND
"""An answer that takes longer was slow to be given, not slow to be counted."""
REMEMBERED = timedelta(seconds=15)
DOUBT = 10
"""After so many round trips, half of the shortest is believed."""
MARGIN = timedelta(milliseconds=6)
"""What windows are longer here than at the platform: clocks differ, and a round trip may be shorter than any before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """At most ``most`` pages in any stretch of the length ``per``.

    ``each`` says what is counted together: the pages of a "chat" whose id begins with ``of``, or of the whole account
    that are sent, edited or deleted (``of`` is the verb).
    """

    most: int
    per: timedelta
    each: Literal["chat", "verb"]
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What an account may send, as data of its platform.

    ``per_second`` pages in all (None: as many as it takes), ``chat_gap`` between two pages of one chat, at most as
    many as the ``windows`` permit, and at most ``in_flight`` requests at a time. A delivery whose chat must wait for
    longer than ``patience`` is put back, so that it holds up nobody.
    """

    per_second: float | None = None
    chat_gap: timedelta = timedelta(0)
    in_flight: int = 16
    windows: tuple[Window, ...] = ()
    patience: timedelta = 2 * SECOND


def share_of(pace: Pace, shares: int) -> Pace:
    """Return what one of so many couriers may send that share an account equally."""
    windows = tuple(replace(one, most=max(1, one.most // shares)) for one in pace.windows)
    return replace(
        pace,
        per_second=pace.per_second / shares if pace.per_second else None,
        in_flight=max(1, pace.in_flight // shares),
        windows=windows,
    )


class Passage(Struct, kw_only=True, eq=False):
    """A page on its way: when it is due, and until when the platform can have counted it, as far as is known.

    ``made`` is when the request was, ``counting`` are the histories of the windows that it belongs to, and ``follows``
    the pages that must have left these windows before, with the windows' lengths.
    """

    chat: str
    due: datetime
    made: datetime
    counted: datetime
    counting: Sequence[_History]
    follows: Sequence[tuple[Passage, timedelta]]


class _History:
    """The passages that one window counts, by the latest instants at which the platform can have counted them."""

    def __init__(self, window: Window) -> None:
        self._most = window.most
        self._per = window.per + MARGIN
        self._counted: list[datetime] = []
        self._order: deque[Passage] = deque(maxlen=window.most)

    def append(self, passage: Passage) -> None:
        """Add a passage, and note which one it follows."""
        if len(self._order) == self._order.maxlen:
            passage.follows = (*passage.follows, (self._order[0], self._per))
        self._order.append(passage)

    def free(self, round_trip: timedelta) -> datetime:
        """Return the instant from which on another page fits into the window."""
        return self._counted[-self._most] - round_trip + self._per if len(self._counted) >= self._most else NEVER

    def add(self, counted: datetime, now: datetime) -> None:
        """Count a passage, and forget those that no window reaches any more."""
        insort(self._counted, counted)
        del self._counted[: bisect_left(self._counted, now - self._per)]

    def correct(self, counted: datetime, known: datetime) -> None:
        """Count a passage at the instant that is known now."""
        place = bisect_left(self._counted, counted)
        if place < len(self._counted) and self._counted[place] == counted:
            del self._counted[place]
            insort(self._counted, known)


class _Shortest:
    """The ``shortest`` of the round trips of the last ``REMEMBERED``, or of up to twice as long.

    The fewer there were, the less is believed: the next one may be shorter than all that were seen.
    """

    def __init__(self) -> None:
        self.shortest = NOTHING
        self._before: timedelta | None = None
        self._since = NEVER
        self._seen = 0
        self._now = COUNTED_AFTER

    def add(self, round_trip: timedelta, now: datetime) -> None:
        if now - self._since > REMEMBERED:
            self._before, self._now, self._since = self._now if self._seen else None, round_trip, now
        self._seen += 1
        self._now = min(self._now, round_trip)
        shortest = min(self._now, self._before) if self._before is not None else self._now
        self.shortest = shortest * (self._seen / (self._seen + DOUBT))


class Pacer:
    """Spaces the pages of one account evenly, and keeps every hold that the platform asked for.

    Pages are let leave up to ``ahead`` of their instants.
    """

    def __init__(self, pace: Pace, *, ahead: timedelta = NOTHING) -> None:
        self._pace = pace
        self._ahead = ahead
        rate = pace.per_second or 0
        self._gap = SECOND / (rate * SHARE) if rate else timedelta(0)
        self._account = _History(Window(most=int(rate), per=SECOND, each="verb")) if rate >= 1 else None
        self._verbs = {one.of: _History(one) for one in pace.windows if one.each == "verb"}
        self._chat_windows = tuple(one for one in pace.windows if one.each == "chat")
        self._is_counting = bool(self._account or pace.windows)
        self._next = NEVER
        self._held = NEVER
        self._held_verbs: dict[str, datetime] = {}
        self._chats: OrderedDict[str, datetime] = OrderedDict()
        self._histories: OrderedDict[tuple[str, Window], _History] = OrderedDict()
        self._round_trips = _Shortest()

    def own_wait(self, chat: str, now: datetime, verb: Verb = "send") -> timedelta:
        """Return how long the chat, or the verb, keeps a page from leaving, whatever else the account does."""
        free = max(self._chats.get(chat, NEVER), self._held_verbs.get(verb, NEVER))
        if verb in self._verbs:
            free = max(free, self._verbs[verb].free(self._round_trips.shortest))
        for window in self._chat_windows:
            if history := self._histories.get((chat, window)):
                free = max(free, history.free(self._round_trips.shortest))
        return _until(free, now + self._ahead)

    def wait(self, now: datetime) -> timedelta:
        """Return how long the account keeps every page from leaving."""
        free = max(self._held, self._next)
        if self._account:
            free = max(free, self._account.free(self._round_trips.shortest))
        return _until(free, now + self._ahead)

    def leave(self, chat: str, now: datetime, verb: Verb = "send") -> Passage:
        """Count a page that leaves; nothing may keep it from doing so. Tell ``arrive`` when it is answered.

        If it left ahead of its instant, or a while before its request is made: wait for ``late_wait``, tell ``made``.
        """
        due = max(self._next, self._held, self._chats.get(chat, NEVER), self._held_verbs.get(verb, NEVER))
        if self._gap:
            self._next = (self._next if now - self._next < CATCH_UP else now) + self._gap
        counted = now + self._ahead + COUNTED_AFTER
        counting = list(self._counting(chat, verb)) if self._is_counting else ()
        for history in counting:
            history.add(counted, now)
        passage = Passage(chat=chat, due=due, made=now, counted=counted, counting=counting, follows=())
        for history in counting:
            history.append(passage)
        return passage

    def late_wait(self, passage: Passage, now: datetime) -> timedelta:
        """Return how long a page that has left must still wait before its request is made."""
        free = max(passage.due, self._held)
        if passage.follows:
            counted = max(before.counted + per for before, per in passage.follows)
            free = max(free, counted - self._round_trips.shortest)
        return _until(free, now)

    def made(self, passage: Passage, now: datetime) -> None:
        """Note that the request is made only now."""
        passage.made, passage.follows = now, ()
        self._correct(passage, now + COUNTED_AFTER)

    def arrive(self, passage: Passage, now: datetime) -> None:
        """Note that the answer to the page came now; the gap to the chat's next page begins."""
        if passage.counting:
            self._round_trips.add(min(now - passage.made, COUNTED_AFTER), now)
            passage.follows = ()
            if now < passage.counted:
                self._correct(passage, now)
        if self._pace.chat_gap:
            self._keep(passage.chat, now + self._pace.chat_gap)

    def _correct(self, passage: Passage, counted: datetime) -> None:
        for history in passage.counting:
            history.correct(passage.counted, counted)
        passage.counted = counted

    def _counting(self, chat: str, verb: Verb) -> Iterator[_History]:
        """Give the histories that count such a page."""
        if self._account:
            yield self._account
        if verb in self._verbs:
            yield self._verbs[verb]
        for window in self._chat_windows:
            if chat.startswith(window.of):
                yield _recent(self._histories, (chat, window), partial(_History, window))

    def hold(self, until: datetime, *, chat: str | None = None, verb: Verb | None = None) -> None:
        """Let nothing pass before ``until``: to one chat, of one verb, or (both None) at all.

        A shorter hold does not end a longer one.
        """
        if chat is not None:
            self._keep(chat, until)
        elif verb is not None:
            self._held_verbs[verb] = max(until, self._held_verbs.get(verb, NEVER))
        else:
            self._held = max(self._held, until)

    def _keep(self, chat: str, until: datetime) -> None:
        self._chats[chat] = max(until, _recent(self._chats, chat, lambda: NEVER))


def _recent(kept: OrderedDict[_Key, _Value], key: _Key, new: Callable[[], _Value]) -> _Value:
    """Return what is kept under the key, made if need be; what was not asked for in the longest time is forgotten."""
    if key not in kept:
        kept[key] = new()
        if len(kept) > CHATS_REMEMBERED:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return kept[key]


def _until(free: datetime, now: datetime) -> timedelta:
    return free - now if free > now else NOTHING
