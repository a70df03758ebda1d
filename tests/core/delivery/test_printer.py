from __future__ import annotations

from typing import TYPE_CHECKING

from core.delivery.port import Content
from core.delivery.printer import Printer
from newsroom import REF, two_pages

if TYPE_CHECKING:
    from core.render.port import Message

CONTENT = Content(issue=REF, revision="r1", lang="en", platform="fake")


async def test_an_issue_that_was_withdrawn_for_a_moment_is_printed_when_it_is_back() -> None:
    answers = [(), await two_pages(CONTENT)]

    async def pages(_content: Content) -> tuple[Message, ...]:
        return answers.pop(0)

    printer = Printer(pages)
    assert await printer.sheets(CONTENT) == ()
    assert len(await printer.sheets(CONTENT)) == len(await printer.sheets(CONTENT)) == 2
