"""What the bot must be allowed to do, and what readers may change.

https://docs.discord.com/developers/topics/permissions
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import discord

from core.commands.page import page
from core.document.build import paragraph, safe_link, text
from core.document.nodes import List, ListItem, Paragraph
from core.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.discord.press import Place
    from core.document.nodes import Document
    from core.i18n import Texts

NAMES: Final = {
    "view_channel": mark("View Channel"),
    "send_messages": mark("Send Messages"),
    "send_messages_in_threads": mark("Send Messages in Threads"),
    "create_public_threads": mark("Create Public Threads"),
    "read_message_history": mark("Read Message History"),
}
TO_TALK: Final = ("create_public_threads", "send_messages_in_threads")
"""What it takes to open a thread and to write in it."""
INVITED: Final = discord.Permissions(**dict.fromkeys(NAMES, True))
"""Exactly what an invitation asks for."""


def may_manage(place: Place) -> bool:
    """Tell whether the reader may change what this place is subscribed to; a direct message is their own."""
    if not place.guild:
        return True
    theirs = discord.Permissions(place.theirs)
    return theirs.administrator or theirs.manage_guild or theirs.manage_channels


def may_mention(place: Place) -> bool:
    """Tell whether both the bot and the reader may mention every role in the place."""
    both = discord.Permissions(place.theirs), discord.Permissions(place.ours or 0)
    return all(held.administrator or held.mention_everyone for held in both)


def to_post(*, thread: bool, forum: bool) -> tuple[str, ...]:
    """Return the names of the rights that posting takes; in a forum an issue goes on below its post."""
    here = () if thread else ("send_messages",)
    below = ("send_messages_in_threads",) if thread or forum else ()
    return ("view_channel", *here, *below)


def missing(ours: int, wanted: Sequence[str]) -> list[str]:
    """Return the names of the wanted rights that the bot lacks, in our words."""
    held = discord.Permissions(ours)
    return [] if held.administrator else [name for name in wanted if not getattr(held, name)]


def invitation(application: str, guild: str = "") -> str:
    """Return the address that invites the bot with exactly the rights that it needs."""
    where = {"guild_id": guild, "disable_guild_select": "true"} if guild else {}
    query = {"client_id": application, "scope": "bot applications.commands", "permissions": INVITED.value, **where}
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"


def explain(lacking: Sequence[str], place: Place, application: str, _: Texts) -> Document:
    """Say which rights are missing and where they are granted."""
    said = _("I don't have all the rights that I need there. Missing:")
    rights = List(tuple(ListItem((paragraph(_(NAMES[name])),)) for name in lacking))
    channel = safe_link(text(_("Open the channel")), f"https://discord.com/channels/{place.guild}/{place.channel}")
    invite = safe_link(text(_("Give me the usual rights again")), invitation(application, place.guild))
    how = paragraph(_("Allow it in the channel's settings under Permissions, or invite me once more, then try again."))
    return page(_, said, paragraph(said), rights, how, Paragraph((*invite, *text(" · "), *channel)))
