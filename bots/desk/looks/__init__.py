"""How a payload looks in the app that it is meant for: HTML made of the payload alone, not of the document."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from bots.desk.looks import discord, slack, telegram

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from markupsafe import Markup

Look: TypeAlias = "Callable[[Mapping[str, Any]], Markup]"
LOOKS: Mapping[str, Look] = MappingProxyType({"telegram": telegram.look, "discord": discord.look, "slack": slack.look})
