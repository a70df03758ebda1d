"""A word to whoever subscribed a channel that posts do not get into any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bots.slack.errors import code_of
from core.delivery.model import SendError
from core.i18n import mark, texts

if TYPE_CHECKING:
    from bots.slack.answers import Answers
    from bots.slack.directs import Directs
    from bots.slack.send import SlackSender
    from core.delivery.port import Envelope
    from core.render.port import Message
    from core.storage.notes import SqlNotes
    from core.target import Target

QUIET = timedelta(days=7)
"""How long nothing more is said about the same channel."""
ARCHIVED = mark("{channel} is archived, so the daily issue does not come there any more.")
OUTSIDE = mark(
    "I am not in {channel} any more, so the daily issue did not get there. Invite me with {command}, and it comes "
    "again."
)
NO_RIGHT = mark(
    "I am not allowed to post in {channel}, so the daily issue did not get there. Please let me post there; after "
    "three failures in a row I pause for a week."
)
_SAID = {"is_archived": ARCHIVED, "not_in_channel": OUTSIDE, "channel_not_found": OUTSIDE}
_HERE = "\0"

log = structlog.get_logger(__name__)


class HelpfulSender:
    """Satisfies ``core.delivery.port.Sender``: sends, and tells a channel's subscriber what they can change."""

    def __init__(self, sender: SlackSender, answers: Answers, directs: Directs, notes: SqlNotes) -> None:
        self._sender = sender
        self._answers = answers
        self._directs = directs
        self._notes = notes
        self.edit = sender.edit
        self.delete = sender.delete

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        """Send one page; return its timestamp."""
        try:
            return await self._sender.send(target, message, envelope)
        except SendError as error:
            if error.kind in {"config", "gone"} and not target.chat.startswith("D"):
                await self._tell(target, code_of(error))
            raise

    async def _tell(self, target: Target, code: str) -> None:
        found = await self._answers.services.subscriptions.of_target(target)
        user = next((one.created_by for one in found if one.created_by), "")
        if not user or not await self._notes.first(f"slack:notice:{target.key}", keep=QUIET):
            return
        try:
            asked = await self._directs.find(target.account, user)
            _ = texts(await self._answers.lang(asked))
            invite = f"/invite @{self._answers.services.publication.name}"
            said = _(_SAID.get(code, NO_RIGHT), channel=_HERE, command=invite)
            token = (await self._answers.workspaces.find(target.account)).token
            await self._answers.api.call(
                "chat.postMessage", {"channel": asked.channel, **_message(said, target.chat)}, token=token
            )
        except SendError as error:
            log.info("no notice", target=target.key, reason=error.reason)


def _message(said: str, channel: str) -> dict[str, Any]:
    """Return a message whose text names the channel once, with its name as the reader's Slack shows it."""
    before, _here, after = said.partition(_HERE)
    place = {"type": "channel", "channel_id": channel}
    parts = [{"type": "text", "text": before}] if before else []
    section = {"type": "rich_text_section", "elements": [*parts, place, {"type": "text", "text": after}]}
    return {
        "text": said.replace(_HERE, "#…"),
        "blocks": [{"type": "rich_text", "elements": [section]}],
        "unfurl_links": False,
        "unfurl_media": False,
    }
