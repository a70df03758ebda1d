"""Telegram as the program sees it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from telegram import User

from bots.helpful import HelpfulSender
from bots.telegram.api import Api
from bots.telegram.app import TelegramApp
from bots.telegram.doctor import examine
from bots.telegram.listen import FIRST_WAIT, LONGEST_WAIT, Webhook, poll
from bots.telegram.menus import publish
from bots.telegram.notices import Notices
from bots.telegram.parts import Parts
from bots.telegram.posts import Posts
from bots.telegram.render import TelegramRenderer
from bots.telegram.rich import TelegramRichRenderer
from bots.telegram.rivals import Rivals, is_polled
from bots.telegram.send import Buttons, TelegramSender
from bots.telegram.updates import Lanes, Mail
from core.delivery.model import SendError
from core.delivery.pacing import Pace, Window

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from starlette.routing import BaseRoute

    from bots.broadcast import Pool
    from bots.platform import Finding
    from bots.settings import TelegramSettings
    from core.commands.services import Services
    from core.delivery.port import ReceiptBook, Sender
    from core.digest.present import Presenter
    from core.render.port import Renderer
    from core.storage.events import SqlEvents
    from core.storage.notes import SqlNotes
    from core.target import Target

FREE_RATE, PAID_RATE = 30, 1000
"""Messages a second. https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this."""
CHAT_GAP = timedelta(seconds=1)
GROUPS = Window(most=20, per=timedelta(minutes=1), each="chat", of="-")
"""The ids of groups and channels are negative. The same page names all three limits."""

log = structlog.get_logger(__name__)


class TelegramPlatform:
    """Satisfies ``bots.platform.Platform``. The account is the bot's id, which its token begins with."""

    name = "telegram"

    def __init__(
        self,
        settings: TelegramSettings,
        *,
        token: str,
        services: Services,
        presenter: Presenter,
        receipts: ReceiptBook,
        notes: SqlNotes,
        events: SqlEvents,
        pool: Pool,
        subscribed: Callable[[str, str], Awaitable[Sequence[Target]]],
    ) -> None:
        self._subscribed = subscribed
        self._account = token.partition(":")[0]
        self._services = services
        self._notes = notes
        self._api = Api(token, settings.api_url)
        self._mail = Mail(events, self._account)
        self._webhook = Webhook(settings.webhook_url, token, self._mail) if settings.webhook_url else None
        buttons = Buttons(notes)
        posts = Posts(pool, buttons, url=f"{settings.api_url}{token}", paid=settings.paid_broadcast)
        sender = TelegramSender(self._api, posts, buttons)
        renderer, rich = TelegramRenderer(), TelegramRichRenderer()
        self.accounts: Sequence[str] = (self._account,)
        rate = PAID_RATE if settings.paid_broadcast else FREE_RATE
        self.pace = Pace(per_second=rate, chat_gap=CHAT_GAP, windows=(GROUPS,), in_flight=max(rate // 2, 32))
        self.sender: Sender = HelpfulSender(sender, notes, Notices(self._api, services).tell)
        self.renderers: Mapping[str, Renderer] = {"": renderer, "rich": rich}
        self.routes: Sequence[BaseRoute] = self._webhook.routes if self._webhook else ()
        self._parts = Parts(
            api=self._api,
            account=self._account,
            services=services,
            receipts=receipts,
            presenter=presenter,
            renderer=renderer,
            rich=rich,
            sender=sender,
            buttons=buttons,
        )

    async def serve(self) -> None:
        """Listen to readers until cancelled. Raises SendError of kind "fatal" on a refused token."""
        me = await self._introduce()
        app = TelegramApp(self._parts, me)
        lanes = Lanes(app.handle, self._mail, self._api, self._services.clock, me)
        log.info("telegram is served", bot=me.username, webhook=bool(self._webhook))
        if self._webhook:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._webhook.stay(self._api, self._services.clock))
                await self._webhook.listen(lanes)
        else:
            rivals = Rivals(self._api, self._notes, self._account, self._services.clock)
            await poll(self._api, self._mail, lanes, rivals, self._services.clock)

    async def _introduce(self) -> User:
        """Learn who the bot is and set it up, however long the network takes to be there."""
        wait = FIRST_WAIT
        while True:
            try:
                me = await self._who()
                await publish(self._api, self._notes, lang=self._services.publication.lang)
                await self._direct_updates()
            except SendError as error:
                if error.kind == "fatal":
                    raise
                log.warning("telegram cannot be served yet", reason=error.reason)
                await self._services.clock.sleep(error.retry_after or wait)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                return me

    async def _who(self) -> User:
        try:
            return User.de_json(await self._api.call("getMe"), self._api)
        except SendError as error:
            if error.kind in {"fatal", "content"}:
                raise SendError("fatal", f"Telegram refuses the token: {error.reason}") from error
            raise

    async def _direct_updates(self) -> None:
        """Have updates come as the settings say; of other webhooks none is removed but our own of an earlier time."""
        note = f"telegram:webhook:{self._account}"
        if self._webhook:
            await self._notes.put(note, self._webhook.url)
            await self._webhook.register(self._api)
        elif ours := await self._notes.get(note):
            if (await self._api.call("getWebhookInfo")).get("url") == ours:
                await self._api.call("deleteWebhook")
            await self._notes.drop(note)

    async def doctor(self) -> AsyncIterator[Finding]:
        """Check token, webhook, privacy mode, inline mode, and the bot's rights where it is subscribed."""
        url = self._webhook.url if self._webhook else ""
        targets = await self._subscribed(self.name, self._account)
        polled = await is_polled(self._notes, self._account)
        async for finding in examine(self._api, url, targets, polled=polled):
            yield finding
