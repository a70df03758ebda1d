"""Greetings, thanks and who asks what this is: said to a colleague, and no question to the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.commands.model import Reply
from core.commands.page import page
from core.commands.start import start
from core.document.build import paragraph
from core.i18n import texts

if TYPE_CHECKING:
    from core.commands.model import Request
    from core.commands.services import Services

_ADDED = " !！.。,，~～?？😊👋🙏❤️"
_GREETINGS = frozenset(
    {"hi", "hello", "hey", "hi there", "hello there", "good morning", "good evening",
     "你好", "您好", "嗨", "哈喽", "早", "早安", "早上好", "晚上好", "大家好", "在吗"}
)  # fmt: skip
_WHO = frozenset(
    {"help", "who are you", "what are you", "what is this", "what can you do", "what can i ask", "how does this work",
     "帮助", "你是谁", "你是什么", "你能做什么", "你能干什么", "你会什么", "你会做什么", "怎么用", "我能问什么"}
)  # fmt: skip
_THANKS = frozenset(
    {"thanks", "thank you", "thx", "many thanks", "thanks a lot", "thank you very much",
     "谢谢", "谢谢你", "谢谢您", "多谢", "感谢", "谢啦", "辛苦了"}
)  # fmt: skip


async def courtesy(said: str, request: Request, services: Services) -> Reply | None:
    """Return how a greeting, thanks or who asks what this is are answered, None for anything else."""
    words = " ".join(said.casefold().strip(_ADDED).split())
    if words in _GREETINGS or words in _WHO:
        return await start.handler(request, services)
    if words in _THANKS:
        _ = texts(request.lang)
        answer = _("You're welcome. Ask me about anything that was printed, any time.")
        return Reply(document=page(_, answer, paragraph(answer)))
    return None
