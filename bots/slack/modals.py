"""Modals: forms, what is asked for from one, and shortcuts. Buttons of the home tab open them, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bots.slack import views
from bots.slack.answers import Asked
from bots.slack.forms import Defaults, read_form, read_value, settings_form
from bots.slack.hear import team_of, unescaped
from bots.slack.waiting import begun
from core.commands.explain import TERM_LENGTH
from core.document.nodes import Action
from core.document.text import plain
from core.i18n import texts
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from slack_bolt.async_app import AsyncAck

    from bots.slack.answers import Answer, Answers
    from bots.slack.directs import Directs
    from bots.slack.home import Homes

Json = dict[str, Any]
Showing = tuple[Asked, "Answer"]


class Modals:
    """Opens modals within the three seconds that their triggers last, and fills them when the answer is there."""

    def __init__(self, answers: Answers, directs: Directs, homes: Homes) -> None:
        self._answers = answers
        self._api = answers.api
        self._workspaces = answers.workspaces
        self._services = answers.services
        self._directs = directs
        self._homes = homes

    async def on_today(self, ack: AsyncAck, body: Json) -> None:
        """Open today's issue from anywhere."""
        await ack()
        team, user = team_of(body), body["user"]["id"]
        await self._open_answer(team, body["trigger_id"], self._answered(team, user, "", "today", ""))

    async def on_message_shortcut(self, ack: AsyncAck, body: Json) -> None:
        """Explain a message, or ask about it if it is more than a term; only who wished it sees the answer."""
        await ack()
        team, user = team_of(body), body["user"]["id"]
        text = unescaped(body["message"].get("text", ""))
        command = body["callback_id"] if len(text) <= TERM_LENGTH else "ask"
        await self._open_answer(team, body["trigger_id"], self._answered(team, user, "", command, text))

    async def on_search(self, ack: AsyncAck, body: Json) -> None:
        """Show what was found in the place of the question."""
        team, user, view = team_of(body), body["user"]["id"], body["view"]
        words = read_value(view["state"]["values"]["words"]["value"])
        await self._fill(ack, body, self._answered(team, user, view["private_metadata"], "search", words))

    async def on_settings(self, ack: AsyncAck, body: Json) -> None:
        """Subscribe or change as the form says, and show what came of it; what it cannot be is said in the form."""
        shown = await self._fill(ack, body, self._settle(body), field="zone")
        await self._homes.changed(shown[0], "settings")

    async def on_press(self, body: Json, data: str) -> None:
        """Do what a button of the home tab or of a modal says: it opens a modal, or goes on in its own."""
        team, user, view = team_of(body), body["user"]["id"], body["view"]
        name, _space, key = data.partition(" ")
        if name in {views.EDIT, views.SEARCH}:
            asked = await self._asked(team, user, key)
            await self.open_form(asked, body["trigger_id"], name)
            return
        if data.startswith(views.MANAGERS):
            await self._limit(team, user, admins=data == f"{views.MANAGERS}admins")
            return
        command, args, _beside = Action.parse(data)
        work = self._answered(team, user, view.get("private_metadata", ""), command, args)
        if view["type"] == "home":
            shown = await self._open_answer(team, body["trigger_id"], work)
        else:
            shown = await work
            await self._update(team, view["id"], self._view(*shown))
        await self._homes.changed(shown[0], command)

    async def open_form(self, asked: Asked, trigger: str, which: str) -> None:
        """Open the form of a place's subscription, or the one that asks for words."""
        _ = texts(await self._answers.lang(asked))
        key = asked.target.key
        if which == views.SEARCH:
            await self._open(asked.team, trigger, views.question(_("Search"), key, _))
            return
        publication = self._services.publication
        subscription = await self._services.subscriptions.find(asked.target, publication.edition)
        person = await self._answers.people.find(await self._workspaces.find(asked.team), asked.user)
        defaults = Defaults(time=f"{publication.time:%H:%M}", zone=person.zone or publication.zone, lang=_.lang)
        place = views.place_of(asked.channel, _)
        form = settings_form(subscription, defaults, self._services.vocabulary, key, place, _)
        await self._open(asked.team, trigger, form)

    async def _limit(self, team: str, user: str, *, admins: bool) -> None:
        await self._answers.rights.choose(team, user, "admins" if admins else "members")
        await self._homes.publish(await self._directs.find(team, user))

    async def _asked(self, team: str, user: str, key: str) -> Asked:
        """Return the reader at the place with this key; in their direct chat if there is none, or it is no key."""
        try:
            return Asked(team=team, channel=Target.from_key(key).chat, user=user)
        except ValueError:
            return await self._directs.find(team, user)

    async def _answered(self, team: str, user: str, key: str, command: str, args: str) -> Showing:
        asked = await self._asked(team, user, key)
        return asked, await self._answers.answer(asked, command, args, pressed=True, viewed=True)

    async def _settle(self, body: Json) -> Showing:
        view = body["view"]
        asked = await self._asked(team_of(body), body["user"]["id"], view["private_metadata"])
        edition, service = self._services.publication.edition, self._services.subscriptions
        before = await service.find(asked.target, edition)
        without = before.without if before else frozenset[str]()
        form = read_form(view["state"]["values"], without, self._services.vocabulary)
        if before:
            answer = await self._answers.answer(asked, "settings", f"time {form.when}", viewed=True)
        else:
            answer = await self._answers.answer(asked, "subscribe", f"{form.when} {form.wish.lang}", viewed=True)
        if answer.reply.private:
            return asked, answer
        await service.change(asked.target, edition, form.wish)
        return asked, await self._answers.answer(asked, "subscribe", "", viewed=True) if before else answer

    def _view(self, asked: Asked, answer: Answer) -> Json:
        _ = texts(answer.reply.document.lang)
        return views.modal(self._services.publication.name, answer.messages[0], asked.target.key, _)

    async def _open_answer(self, team: str, trigger: str, work: Coroutine[Any, Any, Showing]) -> Showing:
        """Open a modal with the answer, or one that says that the answer is coming."""
        task, done = await begun(work)
        if done:
            await self._open(team, trigger, self._view(*await task))
            return await task
        opened = await self._open(team, trigger, self._waiting())
        shown = await task
        await self._update(team, opened["view"]["id"], self._view(*shown))
        return shown

    async def _fill(self, ack: AsyncAck, body: Json, work: Coroutine[Any, Any, Showing], *, field: str = "") -> Showing:
        """Put the answer in the place of a submitted form; a refusal stands at the ``field`` to change."""
        task, done = await begun(work)
        refusal = _refusal(*await task) if done and field else ""
        if refusal:
            await ack(response_action="errors", errors={field: refusal})
            return await task
        await ack(response_action="update", view=self._view(*await task) if done else self._waiting())
        shown = await task
        if not done:
            await self._update(team_of(body), body["view"]["id"], self._view(*shown))
        return shown

    def _waiting(self) -> Json:
        publication = self._services.publication
        return views.waiting(publication.name, texts(publication.lang))

    async def _open(self, team: str, trigger: str, view: Json) -> Json:
        return await self._call(team, "views.open", {"trigger_id": trigger, "view": view})

    async def _update(self, team: str, view_id: str, view: Json) -> None:
        await self._call(team, "views.update", {"view_id": view_id, "view": view})

    async def _call(self, team: str, method: str, arguments: Mapping[str, Any]) -> Json:
        token = (await self._workspaces.find(team)).token
        return await self._api.call(method, arguments, token=token)


def _refusal(_asked: Asked, answer: Answer) -> str:
    return " ".join(plain(answer.reply.document.blocks).split()) if answer.reply.private else ""
