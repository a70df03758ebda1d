"""A word to whoever subscribed a channel when posts may not go there any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bots.discord import view
from bots.discord.press import Place
from bots.discord.send import MESSAGES
from core.commands.page import page
from core.delivery.model import SendError
from core.document.build import paragraph
from core.i18n import texts

if TYPE_CHECKING:
    from bots.discord.reply import Parts
    from bots.discord.send import DiscordSender
    from core.delivery.port import Envelope
    from core.render.port import Message
    from core.subscriptions.model import Subscription
    from core.target import Target

QUIET = timedelta(days=7)
"""How long nothing more is said about the same place."""

log = structlog.get_logger(__name__)


class HelpfulSender:
    """Satisfies ``core.delivery.port.Sender``: sends, and tells who can help when a right or a setting forbids it."""

    def __init__(self, sender: DiscordSender, parts: Parts) -> None:
        self._sender = sender
        self._parts = parts
        self.edit = sender.edit
        self.delete = sender.delete

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        """Send one page; return the message's id."""
        try:
            return await self._sender.send(target, message, envelope)
        except SendError as error:
            if error.kind == "config":
                await self._tell(target, error)
            raise

    async def _tell(self, target: Target, error: SendError) -> None:
        subscribed = await self._parts.services.subscriptions.of_target(target)
        by = next((each for each in subscribed if each.created_by), None)
        if by is None or not await self._parts.notes.first(f"discord:notice:{target.key}", keep=QUIET):
            return
        try:
            await self._write(target, by, error)
        except SendError as refused:
            log.info("no notice", target=target.key, reason=refused.reason)

    async def _write(self, target: Target, subscription: Subscription, error: SendError) -> None:
        parts = self._parts
        _ = texts(await parts.lang(target, subscription.lang))
        said = _(
            "Discord did not let me post there ({reason}), so the daily issue did not arrive. /why in that channel "
            "says what is missing; after three failures in a row I pause for a week.",
            reason=error.reason,
        )
        payload = parts.renderer.render(page(_, said, paragraph(said)))[0].payload
        about = view.placed(payload, Place(target=target, kind="", theirs=0, ours=None, chosen=True), _)
        direct = await parts.api.call("POST", "/users/@me/channels", {"recipient_id": subscription.created_by})
        named = {**about, "nonce": f"n-{target.thread or target.chat}", "enforce_nonce": True}
        await parts.api.call("POST", MESSAGES, named, channel_id=direct["id"])
