"""What a platform offers to the program: the port that every folder under ``bots`` fills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from starlette.routing import BaseRoute

    from core.delivery.pacing import Pace
    from core.delivery.port import Sender
    from core.render.port import Renderer


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of ``paperboy doctor``. ``advice`` says what to change, "" where nothing is wrong."""

    level: Literal["ok", "warning", "error"]
    subject: str
    message: str
    advice: str = ""


class Platform(Protocol):
    """A platform that was given its token."""

    @property
    def name(self) -> str:
        """The platform's name in targets ("telegram")."""
        ...

    @property
    def accounts(self) -> Sequence[str]:
        """The accounts (bots or workspaces) that it serves, as in targets."""
        ...

    @property
    def pace(self) -> Pace:
        """What each account may send."""
        ...

    @property
    def sender(self) -> Sender:
        """How pages get into targets; works without ``serve``, over the platform's web API alone."""
        ...

    @property
    def renderers(self) -> Mapping[str, Renderer]:
        """The renderers by form; "" is the usual one."""
        ...

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """HTTP routes (webhooks, OAuth) that stand beside the desk's; none for a platform that calls out."""
        ...

    async def serve(self) -> None:
        """Listen to readers until cancelled. Raises ``SendError`` of kind "fatal" on a refused token."""
        ...

    def doctor(self) -> AsyncIterator[Finding]:
        """Check token, rights and settings with the platform itself."""
        ...
