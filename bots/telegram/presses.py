"""A button is pressed: its command runs, and the reply replaces the message that it stands on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from telegram import Message as Heard

from bots.telegram.chats import addressed, aimed, lang_for, title_of
from bots.telegram.hear import target_of
from bots.telegram.parts import OFFERS
from bots.telegram.working import Working
from core.commands.dispatch import dispatch
from core.commands.model import Request
from core.delivery.model import SendError
from core.document.nodes import Action
from core.i18n import texts
from core.target import Target

if TYPE_CHECKING:
    from telegram import CallbackQuery

    from bots.telegram.answer import Answers
    from bots.telegram.links import Links
    from bots.telegram.parts import Parts
    from bots.telegram.rights import Rights
    from bots.telegram.tryout import RichTryout
    from core.i18n import Texts

ALERT = 200
"""So many characters can be told to one person alone. https://core.telegram.org/bots/api#answercallbackquery."""
WHERE = "where"
"""The button that asks for a location. https://core.telegram.org/bots/api#keyboardbutton."""

log = structlog.get_logger(__name__)


class Presses:
    """Answers callback queries.

    What a button carries is a command line that anybody may type, so it is not signed: whether the one who pressed
    may run it is looked up with every press.
    """

    def __init__(self, parts: Parts, answers: Answers, links: Links, rights: Rights, tryout: RichTryout) -> None:
        self._parts = parts
        self._answers = answers
        self._links = links
        self._rights = rights
        self._tryout = tryout

    async def answer(self, query: CallbackQuery) -> None:
        """Do what the button says, and confirm the press: until then it shows that it is busy."""
        answer: dict[str, Any] = {"callback_query_id": query.id}
        try:
            answer |= await self._do(query)
        except SendError:
            _ = await self._texts(query)
            answer |= _alert(_("Something went wrong on my side. Please try again in a moment."))
            raise
        finally:
            try:
                await self._parts.api.call("answerCallbackQuery", answer)
            except SendError as error:
                log.info("press not confirmed", reason=error.reason)

    async def _do(self, query: CallbackQuery) -> dict[str, Any]:
        """Do what the button says; return what to tell whoever pressed it."""
        _ = await self._texts(query)
        data = await self._parts.buttons.data(query.data or "")
        message = query.message
        if data is None or message is None:
            return _alert(_("This button is too old. Send /today for the newest issue."))
        if message.chat.type == "channel":
            return {"url": await self._links.opening(data.removeprefix("+"))}
        here = Target(platform="telegram", account=self._parts.account, chat=str(message.chat.id))
        if isinstance(message, Heard):
            here = target_of(message, self._parts.account)
        if data == WHERE:
            await self._ask_where(here, query)
            return {}
        line, about = aimed(data, here)
        if about != here and (refusal := await self._rights.refusal(about.chat, query.from_user)):
            return _alert(_(refusal))
        return await self._run(query, line, here, about, message_id=str(message.message_id))

    async def _texts(self, query: CallbackQuery) -> Texts:
        """Return the texts for whoever pressed: alerts and the page that asks for a location are theirs alone."""
        chat = Target(platform="telegram", account=self._parts.account, chat=str(query.from_user.id))
        return texts(await lang_for(self._parts.services, chat, query.from_user))

    async def _run(
        self, query: CallbackQuery, line: str, here: Target, about: Target, *, message_id: str
    ) -> dict[str, Any]:
        command, args, beside = Action.parse(line)
        request = Request(
            command=command,
            args=args,
            target=about,
            user=str(query.from_user.id),
            lang=await lang_for(self._parts.services, here, query.from_user),
            manager=about != here or await self._rights.may_press(command, args, here, query.from_user),
            pressed=True,
            offers=OFFERS,
        )
        alone = here.chat == str(query.from_user.id)
        draft = int(message_id) if beside and alone else 0
        async with Working(self._parts.api, self._parts.services.clock, here, draft=draft) as working:
            reply = await dispatch(replace(request, progress=working.progress), self._parts.services)
        if reply.private:
            first = self._answers.messages(reply)[0]
            if len(first.text) <= ALERT and not (alone and first.actions):
                return _alert(first.text)
            if not alone:
                return {"url": await self._links.opening(line)}
        if about != here:
            title = await title_of(self._parts.api, about.chat)
            reply = replace(reply, document=addressed(reply.document, about.chat, title))
        rows = await self._answers.rows(command, args, reply, direct=alone and about == here)
        await self._answers.put(here, message_id, reply, rows, beside=beside)
        if (command, args) == ("settings", "form on"):
            await self._tryout.show(request, here)
        return {}

    async def _ask_where(self, here: Target, query: CallbackQuery) -> None:
        _ = await self._texts(query)
        said = _("Press the button below the text field. I turn the place into a time zone and do not keep it.")
        share = {"text": _("Send my location once"), "request_location": True}
        keyboard = {"keyboard": [[share]], "resize_keyboard": True, "one_time_keyboard": True}
        await self._parts.api.call("sendMessage", {"chat_id": int(here.chat), "text": said, "reply_markup": keyboard})


def _alert(said: str) -> dict[str, Any]:
    return {"text": said, "show_alert": True}
