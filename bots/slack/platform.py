"""Slack as the program sees it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from bots.helpful import HelpfulSender
from bots.slack.answers import Answers
from bots.slack.api import Api
from bots.slack.app import SlackApp
from bots.slack.commands import Commands
from bots.slack.directs import Directs
from bots.slack.doctor import NO_WAY, examine
from bots.slack.errors import RAISED, send_error
from bots.slack.events import events_route
from bots.slack.home import Homes
from bots.slack.install import install_routes
from bots.slack.joining import Joining
from bots.slack.leaving import Leaving
from bots.slack.modals import Modals
from bots.slack.notices import Notices
from bots.slack.people import People
from bots.slack.posts import Posts
from bots.slack.presses import Presses
from bots.slack.render import SlackRenderer
from bots.slack.rights import Rights
from bots.slack.send import SlackSender
from bots.slack.talk import Talk
from bots.slack.workspaces import Vault, Workspaces
from core.delivery.model import SendError
from core.delivery.pacing import Pace, Window

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from starlette.routing import BaseRoute

    from bots.broadcast import Pool
    from bots.platform import Finding
    from bots.settings import SlackSettings
    from core.commands.services import Services
    from core.delivery.port import ReceiptBook, Sender
    from core.render.port import Renderer
    from core.storage.notes import SqlNotes
    from core.storage.subscriptions import SqlSubscriptions

MINUTE = timedelta(minutes=1)
PACE = Pace(
    per_second=5,
    chat_gap=timedelta(seconds=1),
    in_flight=8,
    windows=tuple(Window(most=50, per=MINUTE, each="verb", of=verb) for verb in ("edit", "delete")),
)
"""One message a second and channel, several hundred a minute and workspace; 50 edits a minute, and 50 deletions.

https://docs.slack.dev/apis/web-api/rate-limits
"""
LOOK_AGAIN = timedelta(seconds=3)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=1)

_Said = TypeVar("_Said")

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Accounts:
    """The workspaces as they were known last; who asks for them lets them be looked up again."""

    workspaces: Workspaces
    services: Services
    known: Sequence[str] = ()
    looking: asyncio.Task[None] | None = None
    refusal: str = ""

    def now(self) -> Sequence[str]:
        if self.looking is None or self.looking.done():
            self.looking = asyncio.get_running_loop().create_task(self._look())
        return self.known

    async def _look(self) -> None:
        try:
            self.known = await self.workspaces.teams()
        except SendError as error:
            if error.reason != self.refusal:
                log.warning("slack does not say which workspaces there are", reason=error.reason)
            self.refusal = error.reason
            await self.services.clock.sleep(LONGEST_WAIT if error.kind == "fatal" else LOOK_AGAIN)
            return
        self.refusal = ""
        if self.known:
            await self.services.clock.sleep(LOOK_AGAIN)


class SlackPlatform:
    """Satisfies ``bots.platform.Platform``. Accounts are workspaces, by their team id."""

    name = "slack"
    pace = PACE

    def __init__(
        self,
        settings: SlackSettings,
        *,
        services: Services,
        notes: SqlNotes,
        receipts: ReceiptBook,
        pool: Pool,
        subscriptions: SqlSubscriptions,
    ) -> None:
        self._settings = settings
        self._subscriptions = subscriptions
        self._clock = services.clock
        self._api = Api(settings.api_url, services.clock)
        vault = Vault(notes, settings.token_key.get_secret_value()) if settings.token_key else None
        self._workspaces = Workspaces(settings, self._api, vault)
        self._accounts = _Accounts(self._workspaces, services)
        presses = Presses(notes)
        posts = Posts(pool, presses, url=settings.api_url)
        people = People(self._api, services.clock)
        rights = Rights(self._api, self._workspaces, people, notes, admins_only=settings.managers == "admins")
        answers = Answers(
            api=self._api,
            workspaces=self._workspaces,
            people=people,
            presses=presses,
            renderer=SlackRenderer(),
            view_renderer=SlackRenderer(tables=False),
            services=services,
            rights=rights,
            prefix=settings.prefix,
        )
        self.renderers: Mapping[str, Renderer] = {"": answers.renderer}
        directs = Directs(self._api, self._workspaces)
        sender = SlackSender(self._api, posts, self._workspaces, presses)
        tell = Notices(answers, directs).tell
        self.sender: Sender = HelpfulSender(sender, notes, tell, kinds=frozenset({"config", "gone"}))
        self._homes = Homes(answers, directs, notes, subscriptions)
        modals = Modals(answers, directs, self._homes)
        self._leaving = Leaving(self._api, self._workspaces, subscriptions, services.subscriptions)
        joining = Joining(answers, directs, self._leaving, notes, self._homes.changed)
        signing = settings.signing_secret.get_secret_value() if settings.signing_secret else ""
        self._app = SlackApp(
            answers,
            commands=Commands(answers, directs, self._homes, modals),
            modals=modals,
            homes=self._homes,
            talk=Talk(answers, notes, receipts, self._homes.changed),
            joining=joining,
            leaving=self._leaving,
        )
        events = [events_route(self._app.bolt, signing)] if signing else []
        installs = install_routes(settings, self._api, vault, notes, joining) if settings.client_id and vault else []
        self.routes: Sequence[BaseRoute] = (*events, *installs)

    @property
    def accounts(self) -> Sequence[str]:
        """The workspaces that are known by now; others follow."""
        return self._accounts.now()

    async def serve(self) -> None:
        """Listen to readers until cancelled: over a socket with an app token, else over HTTP."""
        if own := await self._until_answered("bot token", self._workspaces.own):
            await self._leaving.returned(own.team)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._homes.keep_fresh())
            if self._settings.app_token:
                tasks.create_task(self._over_socket(self._settings.app_token.get_secret_value()))
            elif self._settings.signing_secret:
                log.info("slack is served", over="http")
            else:
                log.warning("slack cannot be heard, only posted to", advice=NO_WAY)

    async def _until_answered(self, token: str, ask: Callable[[], Awaitable[_Said]]) -> _Said:
        """Ask Slack, however long the network takes to be there. Raises ``SendError`` if it refuses the token."""
        wait = FIRST_WAIT
        while True:
            try:
                return await ask()
            except SendError as error:
                if error.kind == "fatal":
                    raise SendError("fatal", f"Slack refuses the {token}: {error.reason}") from error
                log.warning("slack does not answer", reason=error.reason)
                await self._clock.sleep(error.retry_after or wait)
                wait = min(wait * 2, LONGEST_WAIT)

    async def _over_socket(self, token: str) -> None:
        """Listen over a socket. Its first address is asked for here: with a refused token the SDK asks for ever."""
        client = AsyncWebClient(base_url=self._settings.api_url)

        async def address() -> str:
            try:
                return str((await client.apps_connections_open(app_token=token))["url"])
            except RAISED as error:
                raise send_error(error) from error

        first = await self._until_answered("app token", address)
        handler = AsyncSocketModeHandler(self._app.bolt, token, web_client=client)
        handler.client.wss_uri = first
        try:
            await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types here
            log.info("slack is served", over="socket")
            await asyncio.Event().wait()
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]  # the same

    async def doctor(self) -> AsyncIterator[Finding]:
        """Check tokens, scopes, the socket and the channels that are subscribed."""
        async for finding in examine(self._settings, self._api, self._workspaces, self._subscriptions):
            yield finding
