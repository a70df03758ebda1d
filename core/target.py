"""Where a page goes. The core passes targets on and compares them; only a platform looks inside."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import quote, unquote

_PLAIN = re.compile(r"[A-Za-z0-9@_.-]*")


@dataclass(frozen=True, kw_only=True, order=True)
class Target:
    """A place on a platform that takes messages.

    ``platform`` is the adapter's name, ``account`` the bot or workspace that serves it, ``chat`` the chat or
    channel, ``thread`` a topic or thread in it ("" for none). All are opaque strings to the core.
    """

    platform: str
    account: str
    chat: str
    thread: str = ""

    def __post_init__(self) -> None:
        if not (self.platform and self.chat):
            raise ValueError("a target needs a platform and a chat")

    @cached_property
    def key(self) -> str:
        """One string for the whole target, for storage and logs: ``platform:account:chat[:thread]``."""
        parts = [self.platform, self.account, self.chat, *([self.thread] if self.thread else [])]
        return ":".join(part if _PLAIN.fullmatch(part) else quote(part, "@-_.", errors="replace") for part in parts)

    @classmethod
    def from_key(cls, key: str) -> Target:
        """Read what ``key`` wrote. Raises ValueError if it is something else."""
        parts = key.split(":")
        if "%" in key:
            parts = [unquote(part) for part in parts]
        if len(parts) not in {3, 4}:
            raise ValueError(f"not a target: {key!r} (expected platform:account:chat[:thread])")
        return cls(platform=parts[0], account=parts[1], chat=parts[2], thread="".join(parts[3:]))

    def moved_to(self, chat: str) -> Target:
        """Return the same place under the new chat id that the platform announced."""
        return replace(self, chat=chat)
