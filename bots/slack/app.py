"""Events, commands and presses become requests; replies become messages and views."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bots.slack import views
from bots.slack.answers import Asked, in_place
from bots.slack.hear import is_for_us, slash_line, spoken_line, unescaped
from core.delivery.model import SendError
from core.document.nodes import Action
from core.i18n import texts
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.async_app import AsyncAck, AsyncRespond
    from slack_bolt.authorization import AuthorizeResult

    from bots.slack.answers import Answer, Answers
    from core.storage.notes import SqlNotes
    from core.storage.subscriptions import SqlSubscriptions

Json = dict[str, Any]

REMEMBERED = timedelta(days=1)
FOLLOWED = timedelta(days=30)
MOST_RESPONSES = 4
"""Of the five that a response_url takes; one is left for a share. https://docs.slack.dev/interactivity/handling-user-interaction."""
SHARE = "share"
CHANGES = frozenset({"subscribe", "unsubscribe", "settings", "pause", "lang"})

log = structlog.get_logger(__name__)


class SlackApp:
    """Serves readers; ``bolt`` takes what arrives over a socket or HTTP."""

    def __init__(
        self,
        answers: Answers,
        notes: SqlNotes,
        subscriptions: SqlSubscriptions,
        *,
        prefix: str = "",
        signing_secret: str = "",
    ) -> None:
        self._answers = answers
        self._api = answers.api
        self._workspaces = answers.workspaces
        self._services = answers.services
        self._notes = notes
        self._subscriptions = subscriptions
        self._prefix = prefix

        async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
            return await answers.workspaces.authorize(enterprise_id, team_id)

        self.bolt = AsyncApp(
            client=self._api.client,
            authorize=authorize,  # type: ignore[arg-type]  # Bolt takes None for "not served"
            signing_secret=signing_secret or None,
            request_verification_enabled=True,
        )
        self._listen()

    def _listen(self) -> None:
        anything = re.compile(".*", re.DOTALL)
        bolt = self.bolt
        bolt.middleware(self._only_once)
        bolt.command(anything)(self._on_command)
        bolt.action(anything)(self._on_action)
        bolt.view("search")(self._on_search)
        bolt.view("settings")(self._on_settings)
        bolt.shortcut("today")(self._on_today)
        bolt.shortcut("explain")(self._on_message_shortcut)
        bolt.shortcut("ask")(self._on_message_shortcut)
        bolt.event("app_mention")(self._on_mention)
        bolt.event("message")(self._on_message)
        bolt.event("app_home_opened")(self._on_home)
        bolt.event("app_uninstalled")(self._on_uninstalled)
        bolt.event("tokens_revoked")(self._on_revoked)

    async def _only_once(self, body: Json, next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:  # noqa: A002  Bolt passes it by this name
        """Drop events that came before: Slack repeats what was not acknowledged in time."""
        event = body.get("event_id")
        if event and not await self._notes.first(f"slack:event:{event}", keep=REMEMBERED):
            return BoltResponse(status=200, body="")
        return await next()

    async def _on_command(self, ack: AsyncAck, body: Json, respond: AsyncRespond) -> None:
        await ack()
        asked = Asked(team=body["team_id"], channel=body["channel_id"], user=body["user_id"])
        command, args = slash_line(body["command"], body.get("text", ""), self._prefix)
        answer = await self._answers.answer(asked, command, args)
        for message in answer.messages[:MOST_RESPONSES]:
            blocks = message.payload["blocks"]
            if not asked.direct and answer.shareable and message is answer.messages[-1]:
                blocks = await self._with_share(asked, blocks, answer.line)
            kind = "in_channel" if asked.direct else "ephemeral"
            await respond(text=message.payload["text"], blocks=blocks, response_type=kind)
        await self._after(asked, command)

    async def _with_share(self, asked: Asked, blocks: list[Json], line: str) -> list[Json]:
        _ = texts(await self._answers.lang(asked))
        if len(blocks) >= self._answers.renderer.profile.limits["blocks"].value or len(line) > 1000:  # noqa: PLR2004
            return blocks
        return [*blocks, {"type": "actions", "elements": [views.button(_("Share with channel"), line, SHARE)]}]

    async def _on_action(self, ack: AsyncAck, body: Json, respond: AsyncRespond) -> None:
        await ack()
        pressed = body["actions"][0]
        data = await self._answers.presses.data(pressed)
        if not data:
            return
        if body.get("view"):
            await self._pressed_in_view(body, data)
            return
        container = body.get("container", {})
        asked = Asked(
            team=body["team"]["id"],
            channel=body["channel"]["id"],
            user=body["user"]["id"],
            thread=container.get("thread_ts", ""),
        )
        if pressed["action_id"] == SHARE:
            await self._share(asked, data, respond)
            return
        command, args, beside = Action.parse(data)
        answer = await self._answers.answer(asked, command, args, pressed=True)
        own = bool(container.get("is_ephemeral")) or asked.direct
        await self._respond_to_press(asked, answer, respond, own=own, replace=own and not beside)
        await self._after(asked, command)

    async def _respond_to_press(
        self, asked: Asked, answer: Answer, respond: AsyncRespond, *, own: bool, replace: bool
    ) -> None:
        """Replace the reader's own page; beside a post that everybody sees, answer the one who pressed."""
        for number, message in enumerate(answer.messages[:MOST_RESPONSES]):
            blocks = message.payload["blocks"]
            if not asked.direct and answer.shareable and message is answer.messages[-1]:
                blocks = await self._with_share(asked, blocks, answer.line)
            said: Json = {"text": message.payload["text"], "blocks": blocks}
            if replace and not number:
                said["replace_original"] = True
            else:
                said["response_type"] = "in_channel" if own and asked.direct else "ephemeral"
                said["replace_original"] = False
            if asked.thread:
                said["thread_ts"] = asked.thread
            await respond(said)

    async def _share(self, asked: Asked, line: str, respond: AsyncRespond) -> None:
        command, args, _beside = Action.parse(line)
        answer = await self._answers.answer(asked, command, args, pressed=True)
        for message in answer.messages[:MOST_RESPONSES]:
            await respond(
                text=message.payload["text"],
                blocks=message.payload["blocks"],
                response_type="in_channel",
                replace_original=False,
                unfurl_links=False,
                unfurl_media=False,
            )
        await respond(delete_original=True)

    async def _pressed_in_view(self, body: Json, data: str) -> None:
        view = body["view"]
        asked = await self._asked_in_view(body)
        if data in {"form:settings", "form:search"}:
            await self._open(asked, body["trigger_id"], await self._form(asked, data))
            return
        command, args, _beside = Action.parse(data)
        answer = await self._answers.answer(asked, command, args, pressed=True)
        shown = await self._modal(asked, answer)
        token = (await self._workspaces.find(asked.team)).token
        if view["type"] == "home":
            await self._open(asked, body["trigger_id"], shown)
        else:
            await self._api.call("views.update", {"view_id": view["id"], "view": shown}, token=token)
        await self._after(asked, command)

    async def _asked_in_view(self, body: Json) -> Asked:
        team, user = body["team"]["id"], body["user"]["id"]
        key = body["view"].get("private_metadata") or ""
        if key:
            return Asked(team=team, channel=Target.from_key(key).chat, user=user)
        return await self._direct(team, user)

    async def _direct(self, team: str, user: str) -> Asked:
        """Return the reader in the direct chat with the app."""
        token = (await self._workspaces.find(team)).token
        said = await self._api.call("conversations.open", {"users": user}, token=token)
        return Asked(team=team, channel=said["channel"]["id"], user=user)

    async def _form(self, asked: Asked, which: str) -> Json:
        _ = texts(await self._answers.lang(asked))
        if which == "form:search":
            return views.question(_("Search"), asked.target.key, _)
        publication = self._services.publication
        subscription = await self._services.subscriptions.find(asked.target, publication.edition)
        person = await self._answers.people.find(await self._workspaces.find(asked.team), asked.user)
        wish = {"time": f"{publication.time:%H:%M}", "zone": person.zone or publication.zone, "lang": _.lang}
        return views.settings_form(subscription, wish, asked.target.key, _)

    async def _modal(self, asked: Asked, answer: Answer) -> Json:
        document = answer.reply.document
        name = self._services.publication.name
        return views.modal(name, answer.messages[0], asked.target.key, texts(document.lang))

    async def _open(self, asked: Asked, trigger: str, view: Json) -> None:
        token = (await self._workspaces.find(asked.team)).token
        await self._api.call("views.open", {"trigger_id": trigger, "view": view}, token=token)

    async def _on_search(self, ack: AsyncAck, body: Json) -> None:
        asked = await self._asked_in_view(body)
        wished = views.wishes(body["view"]["state"]["values"])
        answer = await self._answers.answer(asked, "search", wished["words"])
        await ack(response_action="update", view=await self._modal(asked, answer))

    async def _on_settings(self, ack: AsyncAck, body: Json) -> None:
        asked = await self._asked_in_view(body)
        wished = views.wishes(body["view"]["state"]["values"])
        line = " ".join(filter(None, (wished["time"], wished["zone"], wished["days"], wished["lang"])))
        answer = await self._answers.answer(asked, "subscribe", line)
        if wished["style"]:
            await self._answers.answer(asked, "settings", f"style {wished['style']}")
        await ack(response_action="update", view=await self._modal(asked, answer))
        await self._after(asked, "settings")

    async def _on_today(self, ack: AsyncAck, body: Json) -> None:
        await ack()
        asked = await self._direct(body["team"]["id"], body["user"]["id"])
        answer = await self._answers.answer(asked, "today", "")
        await self._open(asked, body["trigger_id"], await self._modal(asked, answer))

    async def _on_message_shortcut(self, ack: AsyncAck, body: Json) -> None:
        await ack()
        asked = Asked(team=body["team"]["id"], channel=body["channel"]["id"], user=body["user"]["id"])
        text = unescaped(body["message"].get("text", ""))
        answer = await self._answers.answer(asked, body["callback_id"], text)
        await self._open(asked, body["trigger_id"], await self._modal(asked, answer))

    async def _on_mention(self, body: Json, event: Json) -> None:
        workspace = await self._workspaces.find(body["team_id"])
        if event.get("bot_id") or event.get("user") == workspace.bot_user:
            return
        await self._say(body["team_id"], event, thread=event.get("thread_ts") or event["ts"])

    async def _on_message(self, body: Json, event: Json) -> None:
        team = body["team_id"]
        workspace = await self._workspaces.find(team)
        if not is_for_us(event, workspace.bot_user):
            return
        thread = event.get("thread_ts", "")
        followed = thread and await self._notes.get(_thread(team, event["channel"], thread)) is not None
        if followed or event.get("channel_type") == "im":
            await self._say(team, event, thread=thread)

    async def _say(self, team: str, event: Json, *, thread: str) -> None:
        """Answer words in their thread, and show meanwhile that somebody is at work."""
        asked = Asked(team=team, channel=event["channel"], user=event["user"], thread=thread)
        token = (await self._workspaces.find(team)).token
        command, args = spoken_line(unescaped(event.get("text", "")))
        if thread and asked.direct:
            await self._status(asked, token)
        answer = await self._answers.answer(asked, command, args)
        for message in answer.messages:
            place = {"channel": asked.channel, **({"thread_ts": thread} if thread else {})}
            if thread and asked.direct:
                await self._stream(place, message.payload, asked, token)
            else:
                await self._api.call("chat.postMessage", {**place, **message.payload}, token=token)
        if thread:
            await self._notes.put(_thread(team, asked.channel, thread), "", keep=FOLLOWED)
        await self._after(asked, command)

    async def _status(self, asked: Asked, token: str) -> None:
        _ = texts(await self._answers.lang(asked))
        status = {"channel_id": asked.channel, "thread_ts": asked.thread, "status": _("is looking in the archive…")}
        try:
            await self._api.call("assistant.threads.setStatus", status, token=token)
        except SendError as error:
            log.debug("no status shown", reason=error.reason)

    async def _stream(self, place: Json, payload: Json, asked: Asked, token: str) -> None:
        """Stream the answer; post it where streams are not to be had."""
        reader = {"recipient_user_id": asked.user, "recipient_team_id": asked.team}
        try:
            begun = await self._api.call("chat.startStream", {**place, **reader}, token=token)
        except SendError as error:
            log.debug("not streamed", reason=error.reason)
            await self._api.call("chat.postMessage", {**place, **payload}, token=token)
            return
        end = {"channel": place["channel"], "ts": begun["ts"], "blocks": payload["blocks"]}
        try:
            await self._api.call("chat.stopStream", end, token=token)
        except SendError:
            shown = {"text": payload["text"], **end}
            await self._api.call("chat.update", shown, token=token)

    async def _on_home(self, body: Json, event: Json) -> None:
        asked = Asked(team=body["team_id"], channel=event["channel"], user=event["user"])
        if event.get("tab") == "home":
            await self._notes.put(_home(asked), asked.channel)
            await self._publish_home(asked)
        elif event.get("tab") == "messages":
            await self._suggest(asked)

    async def _suggest(self, asked: Asked) -> None:
        """Offer questions about today's issue."""
        answer = await self._answers.answer(asked, "today", "")
        _ = texts(answer.reply.document.lang)
        rows = [(action.label, action.data) for message in answer.messages for action in message.actions]
        prompts = [{"title": label, "message": f"/{line}"} for label, line in rows[:4]]
        wish = {"channel_id": asked.channel, "title": _("Today's issue"), "prompts": prompts}
        token = (await self._workspaces.find(asked.team)).token
        try:
            await self._api.call("assistant.threads.setSuggestedPrompts", wish, token=token)
        except SendError as error:
            log.debug("no prompts suggested", reason=error.reason)

    async def _publish_home(self, asked: Asked) -> None:
        card = await self._answers.answer(asked, "today", "")
        state = await self._answers.answer(asked, "why", "")
        _ = texts(card.reply.document.lang)
        view = views.home(card.messages[0], state.messages[0], _)
        token = (await self._workspaces.find(asked.team)).token
        await self._api.call("views.publish", {"user_id": asked.user, "view": view}, token=token)

    async def _after(self, asked: Asked, command: str) -> None:
        """Bring the reader's home up to date when something changed that it shows."""
        if command in CHANGES and (channel := await self._notes.get(_home(asked))):
            await self._publish_home(in_place(asked, channel))

    async def _on_uninstalled(self, body: Json) -> None:
        await self._end(body["team_id"])

    async def _on_revoked(self, body: Json, event: Json) -> None:
        if event.get("tokens", {}).get("bot"):
            await self._end(body["team_id"])

    async def _end(self, team: str) -> None:
        """Erase a workspace's tokens and end its subscriptions."""
        await self._workspaces.forget(team)
        for target in await self._subscriptions.targets("slack", team):
            await self._services.subscriptions.end(target, "uninstalled")
        log.info("a workspace removed the app", team=team)


def _thread(team: str, channel: str, thread: str) -> str:
    return f"slack:thread:{team}:{channel}:{thread}"


def _home(asked: Asked) -> str:
    return f"slack:home:{asked.team}:{asked.user}"
