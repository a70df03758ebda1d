from __future__ import annotations

import pytest

from bots.slack.names import as_called
from core.commands.model import Reply
from core.document.build import paragraph
from core.document.nodes import Action, Actions, Code, Document, List, ListItem, Paragraph
from core.document.text import plain

FRAME = Document(
    title="/search",
    blocks=(
        List((ListItem((Paragraph((Code("/today zh"),)), paragraph("or /search, not a/search or /searching"))),)),
        Actions(((Action("/archive", "archive"),),)),
    ),
)


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("", "/today zh or /paperboy-search, not a/search or /searching"),
        ("news-", "/news-today zh or /news-search, not a/search or /searching"),
    ],
)
def test_frame_texts_call_commands_as_slack_does(prefix: str, said: str) -> None:
    document = as_called(Reply(document=FRAME), "help", prefix).document
    assert " ".join(plain(document.blocks[:1]).split()) == said
    name = "/news-archive" if prefix else "/paperboy-archive"
    assert document.blocks[1] == Actions(((Action(name, "archive"),),))


def test_words_of_issues_are_left_alone() -> None:
    reply = Reply(document=FRAME)
    assert as_called(reply, "today", "news-") is reply
