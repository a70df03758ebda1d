"""The app's home: what a reader gets, and today's issue. Kept up to date where somebody has opened it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bots.slack import views
from bots.slack.answers import Asked
from bots.slack.hear import team_of
from bots.slack.prompts import prompts
from core.commands.coming import coming
from core.commands.issues import Wanted, find_issue
from core.commands.model import Request
from core.delivery.model import SendError
from core.document.build import paragraph
from core.document.nodes import Document
from core.i18n import texts
from core.subscriptions.when import describe

if TYPE_CHECKING:
    from bots.slack.answers import Answers
    from bots.slack.directs import Directs
    from core.storage.notes import SqlNotes
    from core.storage.subscriptions import SqlSubscriptions
    from core.subscriptions.model import Subscription

Json = dict[str, Any]

CHANGES = frozenset({"subscribe", "unsubscribe", "settings", "pause", "lang"})
MOST_SUBSCRIPTIONS = 15
REMEMBERED = timedelta(days=30)
LOOK_AGAIN = timedelta(seconds=10)
HOMES = "slack:home:"

log = structlog.get_logger(__name__)


class Homes:
    """Publishes home tabs, and suggests questions in the tab beside them."""

    def __init__(self, answers: Answers, directs: Directs, notes: SqlNotes, subscriptions: SqlSubscriptions) -> None:
        self._answers = answers
        self._api = answers.api
        self._services = answers.services
        self._directs = directs
        self._notes = notes
        self._subscriptions = subscriptions

    async def on_opened(self, body: Json, event: Json) -> None:
        """Show what belongs into the tab that a reader opened."""
        asked = Asked(team=team_of(body), channel=event["channel"], user=event["user"])
        if event.get("tab") == "home":
            await self._notes.put(f"{HOMES}{asked.team}:{asked.user}", "", keep=REMEMBERED)
            await self.publish(asked)
        elif event.get("tab") == "messages":
            await self._suggest(asked)

    async def changed(self, asked: Asked, command: str) -> None:
        """Bring the homes up to date that show what a command may have changed."""
        if command not in CHANGES:
            return
        there = await self._services.subscriptions.find(asked.target, self._services.publication.edition)
        for user in {asked.user, there.created_by if there else asked.user} - {""}:
            if await self._notes.get(f"{HOMES}{asked.team}:{user}") is not None:
                await self.publish(await self._directs.find(asked.team, user))

    async def publish(self, asked: Asked) -> None:
        """Publish a reader's home; ``asked`` is their direct chat."""
        card = await self._answers.answer(asked, "today", "", viewed=True)
        _ = texts(await self._answers.lang(asked))
        rows = [await self._shown(subscription, asked) for subscription in await self._of(asked)]
        rights = self._answers.rights
        admin = not rights.admins_only and await rights.is_admin(asked.team, asked.user)
        managers = await rights.managers(asked.team) if admin else ""
        view = views.home(card.messages[0], rows, asked.target.key, managers, _)
        token = (await self._answers.workspaces.find(asked.team)).token
        await self._api.call("views.publish", {"user_id": asked.user, "view": view}, token=token)

    async def _of(self, asked: Asked) -> list[Subscription]:
        """Return the reader's own subscription, and those of channels that they made."""
        theirs = await self._subscriptions.targets("slack", asked.team, by=asked.user)
        targets = [asked.target, *(target for target in theirs if target != asked.target)]
        found = [
            subscription for target in targets for subscription in await self._services.subscriptions.of_target(target)
        ]
        return found[:MOST_SUBSCRIPTIONS]

    async def _shown(self, subscription: Subscription, asked: Asked) -> views.Row:
        _ = texts(await self._answers.lang(asked))
        comes = paragraph(_("Comes {when}.", when=describe(subscription.slot, _.lang)))
        document = Document(title="", lang=_.lang, blocks=(comes, *await coming(subscription, self._services, _)))
        return views.Row(
            place=views.place_of(subscription.target.chat, _),
            target=subscription.target.key,
            message=self._answers.view_renderer.render(document)[0],
        )

    async def _suggest(self, asked: Asked) -> None:
        """Offer questions about today's issue."""
        _ = texts(await self._answers.lang(asked))
        request = Request(command="today", args="", target=asked.target, user=asked.user, lang=_.lang)
        issue = await find_issue(Wanted(), request, self._services)
        if issue is None:
            return
        offered = prompts(issue, _)
        wish = {"channel_id": asked.channel, "title": _("Ask the archive"), "prompts": offered}
        token = (await self._answers.workspaces.find(asked.team)).token
        try:
            await self._api.call("assistant.threads.setSuggestedPrompts", wish, token=token)
        except SendError as error:
            log.debug("no prompts suggested", reason=error.reason)

    async def keep_fresh(self) -> None:
        """Publish the homes that were opened lately again whenever there is a new issue, until cancelled."""
        seen = await self._newest()
        while True:
            await self._services.clock.sleep(LOOK_AGAIN)
            if (newest := await self._newest()) != seen:
                seen = newest
                await self._refresh()

    async def _newest(self) -> list[str]:
        heads = await self._services.archive.heads(edition=self._services.publication.edition, limit=2)
        return [head.revision for head in heads]

    async def _refresh(self) -> None:
        for name in await self._notes.named(HOMES):
            team, _colon, user = name.removeprefix(HOMES).partition(":")
            try:
                await self.publish(await self._directs.find(team, user))
            except SendError as error:
                log.info("a home is not up to date", team=team, reason=error.reason)
                await self._services.clock.sleep(error.retry_after or timedelta(0))
