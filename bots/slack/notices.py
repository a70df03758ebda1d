"""A word to whoever subscribed a channel that posts do not get into any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bots.slack.errors import code_of
from core.i18n import mark, texts

if TYPE_CHECKING:
    from bots.slack.answers import Answers
    from bots.slack.directs import Directs
    from core.delivery.model import SendError
    from core.target import Target

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


class Notices:
    """Writes to whoever subscribed a channel what they can change."""

    def __init__(self, answers: Answers, directs: Directs) -> None:
        self._answers = answers
        self._directs = directs

    async def tell(self, target: Target, error: SendError) -> None:
        """Say why posts do not get there. Raises ``SendError`` where that cannot be said either."""
        found = await self._answers.services.subscriptions.of_target(target)
        user = next((one.created_by for one in found if one.created_by), "")
        if not user or target.chat.startswith("D"):
            return
        asked = await self._directs.find(target.account, user)
        _ = texts(await self._answers.lang(asked))
        invite = f"/invite @{self._answers.services.publication.name}"
        said = _(_SAID.get(code_of(error), NO_RIGHT), channel=_HERE, command=invite)
        token = (await self._answers.workspaces.find(target.account)).token
        message = {"channel": asked.channel, **_message(said, target.chat)}
        await self._answers.api.call("chat.postMessage", message, token=token)


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
