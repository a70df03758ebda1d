"""From what a reader wants to the messages that answer it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bots.slack.names import OWN, as_called
from core.commands.dispatch import dispatch, minds_rights
from core.commands.model import Context, Reply, Request
from core.commands.page import page
from core.commands.registry import COMMANDS
from core.commands.turn import shown
from core.commands.wishes import meant
from core.delivery.model import SendError
from core.document.build import paragraph
from core.i18n import texts
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.slack.api import Api
    from bots.slack.people import People
    from bots.slack.presses import Presses
    from bots.slack.render import SlackRenderer
    from bots.slack.rights import Rights
    from bots.slack.workspaces import Workspace, Workspaces
    from core.commands.model import Progress
    from core.commands.services import Services
    from core.render.port import Message

SUBSCRIBING = "subscribe"
OFFERS = frozenset({"thread"})
GONE = "gone"
"""How the reasons begin for which a subscription ended that could not be delivered; who invites the app revives it."""
UNINVITED = f"{GONE}: not_in_channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A reader at a place: what every event, command and press comes with.

    A channel whose id begins with D is the reader's direct chat with the app, never one between two people.
    ``group`` tells whether it is known to be a chat of several people, which takes no further members.
    """

    team: str
    channel: str
    user: str
    thread: str = ""
    group: bool = False

    @property
    def direct(self) -> bool:
        """Whether the place is a direct chat with the app."""
        return self.channel.startswith("D")

    @property
    def target(self) -> Target:
        """The place that subscriptions are of: the channel, not one of its threads."""
        return Target(platform="slack", account=self.team, chat=self.channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The messages that answer a command, with the line that gives them again."""

    reply: Reply
    messages: Sequence[Message]
    line: str

    @property
    def command(self) -> str:
        """The command that was answered: what plain words meant."""
        return self.line.partition(" ")[0]

    @property
    def shareable(self) -> bool:
        """Whether others in the channel may be shown the answer."""
        command = COMMANDS.get(self.command)
        return bool(command and command.audience == "everyone" and not self.reply.private)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Answers commands in any workspace."""

    api: Api
    workspaces: Workspaces
    people: People
    presses: Presses
    renderer: SlackRenderer
    view_renderer: SlackRenderer
    services: Services
    rights: Rights
    prefix: str = ""

    async def answer(
        self,
        asked: Asked,
        command: str,
        args: str,
        *,
        pressed: bool = False,
        context: Context | None = None,
        progress: Progress | None = None,
        viewed: bool = False,
    ) -> Answer:
        """Answer a command line, ``viewed`` in a modal or the home tab instead of a message.

        Never raises but for ``SendError`` if the workspace is gone.
        """
        command, args = meant(command, args)
        workspace = await self.workspaces.find(asked.team)
        person = await self.people.find(workspace, asked.user)
        request = Request(
            command=command,
            args=args,
            target=asked.target,
            user=asked.user,
            lang=person.lang,
            zone=person.zone,
            manager=await self._may_manage(asked, command, args, present=not viewed),
            pressed=pressed,
            context=replace(context or Context(), thread=asked.thread),
            offers=OFFERS,
            calling="" if asked.direct else f"/{OWN}",
            progress=progress,
        )
        reply = as_called(await self._reply(asked, workspace, request), command, self.prefix)
        renderer = self.view_renderer if viewed else self.renderer
        messages = shown(reply, renderer.render(reply.document))
        for message in messages:
            await self.presses.remember(message.actions)
        return Answer(reply=reply, messages=messages, line=f"{command} {args}".strip())

    async def whisper(self, asked: Asked, answer: Answer, *, thread: str = "") -> None:
        """Show an answer to nobody else in the channel; Slack shows it in a ``thread`` only where there is one already.

        https://docs.slack.dev/reference/methods/chat.postEphemeral
        """
        token = (await self.workspaces.find(asked.team)).token
        place = {"channel": asked.channel, "user": asked.user, **({"thread_ts": thread} if thread else {})}
        for message in answer.messages:
            said = {name: message.payload[name] for name in ("text", "blocks")}
            await self.api.call("chat.postEphemeral", {**place, **said}, token=token)

    async def forgotten(self, asked: Asked) -> Sequence[Message]:
        """Return what to say of a button that nobody remembers."""
        _ = texts(await self.lang(asked))
        said = _("This button is too old for me to remember. /today brings the newest issue.")
        reply = Reply(document=page(_, said, paragraph(said)), private=True)
        return self.renderer.render(as_called(reply, "", self.prefix).document)

    async def lang(self, asked: Asked) -> str:
        """Return the language that the reader is answered in."""
        person = await self.people.find(await self.workspaces.find(asked.team), asked.user)
        chosen = await self.services.preferences.lang(asked.target)
        return chosen or person.lang or self.services.publication.lang

    async def _may_manage(self, asked: Asked, command: str, args: str, *, present: bool) -> bool:
        if asked.direct or not minds_rights(command, args):
            return True
        return await self.rights.may_manage(asked.team, asked.channel, asked.user, present=present)

    async def _reply(self, asked: Asked, workspace: Workspace, request: Request) -> Reply:
        """Answer; a channel stays subscribed only where posts get in: a public one is joined."""
        reply = await dispatch(request, self.services)
        if request.command != SUBSCRIBING or asked.direct or reply.private or await self._is_open(asked, workspace):
            return reply
        await self.services.subscriptions.end(asked.target, UNINVITED)
        return await self._uninvited(request, group=asked.group)

    async def _is_open(self, asked: Asked, workspace: Workspace) -> bool:
        """Join a public channel; tell whether the app can post in it.

        A workspace that does not let us look is given the benefit of the doubt: the first post will tell.
        """
        channel = {"channel": asked.channel}
        try:
            await self.api.call("conversations.join", channel, token=workspace.token)
        except SendError:
            try:
                said = await self.api.call("conversations.info", channel, token=workspace.token)
            except SendError as error:
                return error.kind != "gone"
            return bool(said["channel"].get("is_member"))
        return True

    async def _uninvited(self, request: Request, *, group: bool) -> Reply:
        _ = texts(
            await self.services.preferences.lang(request.target) or request.lang or self.services.publication.lang
        )
        said = _("I am not in this channel yet, so I cannot post here.")
        invite = f"/invite @{self.services.publication.name}"
        hint = (
            _("Slack adds no app to a group chat. Begin a new one with me in it, or make this one a private channel.")
            if group
            else _("Invite me with {command}, and the issue comes here at that time.", command=invite)
        )
        return Reply(document=page(_, said, paragraph(said), paragraph(hint)), private=True)
