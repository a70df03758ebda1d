"""What arrives over a socket or HTTP finds who answers it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.async_app import AsyncApp

from core.delivery.model import SendError
from core.i18n import texts

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncRespond
    from slack_bolt.authorization import AuthorizeResult

    from bots.slack.answers import Answers
    from bots.slack.commands import Commands
    from bots.slack.home import Homes
    from bots.slack.joining import Joining
    from bots.slack.leaving import Leaving
    from bots.slack.modals import Modals
    from bots.slack.talk import Talk

Json = dict[str, Any]

log = structlog.get_logger(__name__)


class SlackApp:
    """Listens; ``bolt`` takes what arrives and is known to be Slack's."""

    def __init__(
        self,
        answers: Answers,
        *,
        commands: Commands,
        modals: Modals,
        homes: Homes,
        talk: Talk,
        joining: Joining,
        leaving: Leaving,
    ) -> None:
        self._presses = answers.presses
        self._commands = commands
        self._modals = modals

        _ = texts(answers.services.publication.lang)

        async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
            return await answers.workspaces.authorize(enterprise_id, team_id)

        self.bolt = AsyncApp(
            client=answers.api.client,
            authorize=authorize,  # type: ignore[arg-type]  # Bolt takes None for "not served"
            request_verification_enabled=False,
            user_facing_authorize_error_message=_(
                "I am not installed in this workspace any more. Please install me again."
            ),
        )
        self._listen(homes, talk, joining, leaving)

    def _listen(self, homes: Homes, talk: Talk, joining: Joining, leaving: Leaving) -> None:
        anything = re.compile(".*", re.DOTALL)
        bolt = self.bolt
        bolt.error(self._on_trouble)
        bolt.command(anything)(self._commands.on_command)
        bolt.action(anything)(self._on_action)
        bolt.view("search")(self._modals.on_search)
        bolt.view("settings")(self._modals.on_settings)
        bolt.shortcut("today")(self._modals.on_today)
        bolt.shortcut("explain")(self._modals.on_message_shortcut)
        bolt.shortcut("ask")(self._modals.on_message_shortcut)
        bolt.event("app_mention")(talk.on_mention)
        bolt.event("message")(talk.on_message)
        bolt.event("app_home_opened")(homes.on_opened)
        bolt.event("member_joined_channel")(joining.on_joined)
        bolt.event("app_uninstalled")(leaving.on_uninstalled)
        bolt.event("tokens_revoked")(leaving.on_revoked)

    async def _on_action(self, ack: AsyncAck, body: Json, respond: AsyncRespond) -> None:
        await ack()
        pressed = body["actions"][0]
        data = await self._presses.data(pressed)
        if body.get("view"):
            if data:
                await self._modals.on_press(body, data)
        elif data is None:
            await self._commands.on_forgotten(body, respond)
        elif data:
            await self._commands.on_press(body, respond, pressed, data)

    async def _on_trouble(self, error: Exception) -> None:
        """Write down what no listener expected, without what the request said."""
        if isinstance(error, SendError):
            log.warning("slack refused an answer", kind=error.kind, reason=error.reason)
        else:
            log.error("a listener failed", exc_info=error)
