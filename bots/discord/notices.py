"""A word to whoever subscribed a channel when posts may not go there any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.discord import view
from bots.discord.press import Place
from bots.discord.reasons import in_words as discord_words
from bots.discord.send import MESSAGES
from core.commands.page import page
from core.commands.reasons import in_words
from core.document.build import paragraph
from core.i18n import texts

if TYPE_CHECKING:
    from bots.discord.reply import Parts
    from core.delivery.model import SendError
    from core.subscriptions.model import Subscription
    from core.target import Target


class Notices:
    """Writes to whoever subscribed a place."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def tell(self, target: Target, error: SendError) -> None:
        """Say why posts do not get there. Raises ``SendError`` where that cannot be said either."""
        subscribed = await self._parts.services.subscriptions.of_target(target)
        if by := next((each for each in subscribed if each.created_by), None):
            await self._write(target, by, error)

    async def _write(self, target: Target, subscription: Subscription, error: SendError) -> None:
        parts = self._parts
        _ = texts(await parts.lang(target, subscription.lang))
        said = _(
            "Discord did not let me post there ({reason}), so the daily issue did not arrive. /why in that channel "
            "says what is missing; after three failures in a row I pause for a week.",
            reason=_(in_words(error.reason, error.kind, discord_words)),
        )
        payload = parts.renderer.render(page(_, said, paragraph(said)))[0].payload
        about = view.placed(payload, Place(target=target, kind="", theirs=0, ours=None, chosen=True), _)
        chat = await parts.api.direct_chat(subscription.created_by)
        named = {**about, "nonce": f"n-{target.thread or target.chat}", "enforce_nonce": True}
        await parts.api.call("POST", MESSAGES, named, channel_id=chat)
