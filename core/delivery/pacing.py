"""When the next page may go out. Pure arithmetic: the instants come in as arguments, nothing waits here."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NEVER = datetime.min.replace(tzinfo=UTC)
CHATS_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What an account may send, as data of its platform.

    ``per_second`` pages in all (None: as many as it takes), ``chat_gap`` between two pages of one chat, and at
    most ``in_flight`` requests at a time.
    """

    per_second: float | None = None
    chat_gap: timedelta = timedelta(0)
    in_flight: int = 16


class Pacer:
    """Spaces the pages of one account evenly, and keeps every hold that the platform asked for."""

    def __init__(self, pace: Pace) -> None:
        self._gap = timedelta(seconds=1 / pace.per_second) if pace.per_second else timedelta(0)
        self._chat_gap = pace.chat_gap
        self._next = NEVER
        self._held = NEVER
        self._chats: OrderedDict[str, datetime] = OrderedDict()

    def wait(self, chat: str, now: datetime) -> timedelta:
        """Return how long a page to ``chat`` must wait at least; zero takes the place that is free now."""
        free = max(now, self._held, self._chats.get(chat, NEVER))
        if free > now:
            return free - now
        if self._next > now:
            return self._next - now
        self._next = now + self._gap
        return timedelta(0)

    def answered(self, chat: str, now: datetime) -> None:
        """Count the gap between two pages of the chat from the instant of the answer to the first."""
        if self._chat_gap:
            self._keep(chat, now + self._chat_gap)

    def hold(self, until: datetime, *, chat: str | None = None) -> None:
        """Let nothing pass before ``until``, to one chat or (None) at all. A shorter hold does not end a longer one."""
        if chat is None:
            self._held = max(self._held, until)
        else:
            self._keep(chat, until)

    def _keep(self, chat: str, until: datetime) -> None:
        self._chats[chat] = max(until, self._chats.get(chat, NEVER))
        self._chats.move_to_end(chat)
        if len(self._chats) > CHATS_REMEMBERED:
            self._chats.popitem(last=False)
