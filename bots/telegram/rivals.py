"""Other programs that take the bot's updates: Telegram gives them to a webhook, or else to whoever asked last."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog

from bots.platform import Finding
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bots.telegram.api import Api
    from core.clock import Clock
    from core.storage.notes import SqlNotes

SUBJECT = "telegram updates"
SEEN = timedelta(minutes=5)
"""For so long another program is taken to poll after it was noticed: both get answers in between."""
POLLER = Finding(
    level="error",
    subject=SUBJECT,
    message="another program fetches the bot's updates with the same token",
    advice=(
        "End it, or give it a bot of its own; Paperboy goes on by itself. If you do not know which it is, "
        "@BotFather makes a new token (/revoke), and ends the old one, for PAPERBOY_TELEGRAM__TOKEN."
    ),
)

_BY_WEBHOOK = "webhook"
"""Stands in the refusals for the sake of a webhook: one is active, or is being set."""

log = structlog.get_logger(__name__)


def host_of(info: Mapping[str, Any]) -> str:
    """Return where a webhook leads, "" if none is set; the rest of the address may be a secret.

    ``info`` is what getWebhookInfo returns. https://core.telegram.org/bots/api#webhookinfo
    """
    url = str(info.get("url", ""))
    return (urlsplit(url).hostname or "an address that cannot be read") if url else ""


def webhook_at(host: str) -> Finding:
    """Return what there is to say about another program's webhook."""
    return Finding(
        level="error",
        subject=SUBJECT,
        message=f"another program gets the bot's updates: a webhook is set to {host}",
        advice=(
            "If nothing needs them there, remove it: `python -m bots.telegram.setup --delete-webhook`. Paperboy goes "
            "on by itself within a minute."
        ),
    )


async def is_polled(notes: SqlNotes, account: str) -> bool:
    """Tell whether another program was noticed to poll lately."""
    return await notes.get(_seen(account)) is not None


class Rivals:
    """Tells the operator, once, who else takes the bot's updates, and when that is over."""

    def __init__(self, api: Api, notes: SqlNotes, account: str, clock: Clock) -> None:
        self._api = api
        self._notes = notes
        self._account = account
        self._clock = clock
        self._told: Finding | None = None
        self._met = clock.now()

    async def meet(self, conflict: SendError) -> None:
        """Say who it is that updates were refused for."""
        found = POLLER
        if _BY_WEBHOOK in conflict.reason.casefold():
            host = await self._host()
            if not host:
                return
            found = webhook_at(host)
        else:
            await self._notes.put(_seen(self._account), "", keep=SEEN)
        if found != self._told:
            log.error(found.message, platform="telegram", advice=found.advice)
        self._told, self._met = found, self._clock.now()

    async def _host(self) -> str:
        """Return where the webhook leads, "" if it is gone already, or Telegram does not tell."""
        try:
            return host_of(await self._api.call("getWebhookInfo"))
        except SendError as error:
            log.warning("no updates", reason=error.reason)
            return ""

    def pass_by(self) -> None:
        """Take it that nobody refused us this time."""
        if self._told is None or (self._told == POLLER and self._clock.now() - self._met < SEEN):
            return
        log.info("telegram gives updates again")
        self._told = None


def _seen(account: str) -> str:
    return f"telegram:polled:{account}"
