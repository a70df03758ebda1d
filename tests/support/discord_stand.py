"""Discord as the program serves it, in this process, against the strict server: for tests of one thing each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.discord.platform import DiscordPlatform
from bots.settings import DiscordSettings
from tests.fakes.discord import TOKEN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bots.wiring import House
    from core.commands.services import Services
    from core.target import Target


async def nobody(_platform: str, _account: str) -> list[Target]:
    return []


async def ignore(_target: Target) -> None:
    """Forget nothing."""


def platform_of(
    house: House, url: str, *, services: Services | None = None, forget: Callable[[Target], Awaitable[None]] = ignore
) -> DiscordPlatform:
    """Return the platform of a house in which nobody is subscribed, which talks to the server at ``url``."""
    return DiscordPlatform(
        DiscordSettings(api_url=url),
        token=TOKEN,
        services=services or house.services,
        notes=house.notes,
        pool=house.pool,
        subscribed=nobody,
        forget=forget,
    )
