"""What handlers work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.answers.port import Search
    from core.clock import Clock
    from core.digest.port import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts of the core that commands use, put together once by ``bots.wiring``."""

    archive: Archive
    search: Search
    clock: Clock
