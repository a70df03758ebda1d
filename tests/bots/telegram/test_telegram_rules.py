"""The rules refuse what Telegram refuses, so that passing them means something."""

from __future__ import annotations

from typing import Any

import pytest

from telegram_rules import problems, read, utf16


def entity(kind: str, offset: int, length: int, **extra: object) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **extra}


def button(**fields: object) -> dict[str, Any]:
    return {"reply_markup": {"inline_keyboard": [[{"text": "x", **fields}]]}}


WEB = "https://a.example.com"
BACKWARDS = entity("date_time", 0, 1, unix_time=1, date_time_format="tD")


@pytest.mark.parametrize(
    ("problem", "text", "more"),
    [
        ("text is empty", " \n", {}),
        ("text is 4097 units long", "😀" * 2048 + "x", {}),
        ("text has blanks at its ends", "x ", {}),
        ("text contains '\\u202e'", "a\u202eb", {}),
        ("unknown parameter colour", "x", {"colour": "red"}),
        ("parse_mode and entities together", "x", {"parse_mode": "HTML", "entities": [entity("bold", 0, 1)]}),
        ("101 entities", "x" * 101, {"entities": [entity("bold", at, 1) for at in range(101)]}),
        ("unknown entity heading", "x", {"entities": [entity("heading", 0, 1)]}),
        ("bold with url", "x", {"entities": [entity("bold", 0, 1, url="https://a.example.com")]}),
        ("bold at 0+0", "x", {"entities": [entity("bold", 0, 0)]}),
        ("bold ends after the text", "x", {"entities": [entity("bold", 0, 2)]}),
        ("bold cuts a character", "😀x", {"entities": [entity("bold", 1, 2)]}),
        ("bold covers only blanks", "a b", {"entities": [entity("bold", 1, 1)]}),
        ("text_link to 'mailto:a@b.example'", "x", {"entities": [entity("text_link", 0, 1, url="mailto:a@b.example")]}),
        ("entities are not in order", "xy", {"entities": [entity("bold", 1, 1), entity("bold", 0, 1)]}),
        ("italic overlaps bold", "xyz", {"entities": [entity("bold", 0, 2), entity("italic", 1, 2)]}),
        ("bold in bold", "xyz", {"entities": [entity("bold", 0, 2), entity("bold", 0, 1)]}),
        ("code in bold", "xyz", {"entities": [entity("bold", 0, 2), entity("code", 0, 1)]}),
        ("italic in code", "xyz", {"entities": [entity("code", 0, 2), entity("italic", 0, 1)]}),
        (
            "blockquote in expandable_blockquote",
            "xyz",
            {"entities": [entity("expandable_blockquote", 0, 2), entity("blockquote", 0, 1)]},
        ),
        ("code in text_link", "xyz", {"entities": [entity("text_link", 0, 2, url=WEB), entity("code", 0, 1)]}),
        (f"date_time {BACKWARDS}", "x", {"entities": [BACKWARDS]}),
        ("language 'a b'", "x", {"entities": [entity("pre", 0, 1, language="a b")]}),
        ("preview of 'x'", "x", {"link_preview_options": {"url": "x"}}),
        ("link_preview_options.colour", "x", {"link_preview_options": {"colour": "red"}}),
        ("9 buttons in a row", "x", {"reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 9]}}),
        ("104 buttons", "x", {"reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 8] * 13}}),
        ("a button that is []", "x", button()),
        ("a button that is ['callback_data', 'url']", "x", button(callback_data="x", url="https://a.example.com")),
        ("callback_data of 66 bytes", "x", button(callback_data="字" * 22)),
        ("button field colour", "x", button(callback_data="x", colour="red")),
        ("style green", "x", button(callback_data="x", style="green")),
    ],
)  # fmt: skip
def test_a_bad_message_is_refused(problem: str, text: str, more: dict[str, Any]) -> None:
    assert problem in problems("sendMessage", {"text": text, **more})


@pytest.mark.parametrize(
    ("problem", "html"),
    [
        ("unknown tag <script>", "<script>x</script>"),
        ("<p onclick>", '<p onclick="x">x</p>'),
        ("<p> in <p>", "<p><p>x</p></p>"),
        ("<li> in <p>", "<p><li>x</li></p>"),
        ("<p> is not closed", "<p>x"),
        ("link to 'javascript:x'", '<p><a href="javascript:x">x</a></p>'),
        ("text contains '&'", "<p>a & b</p>"),
        ("unknown entity &euro;", "<p>&euro;</p>"),
        ("text outside of any block", "x<p>y</p>"),
        ("17 levels", "<blockquote>" * 17 + "x" + "</blockquote>" * 17),
        ("501 blocks", "<p>x</p>" * 501),
        ("32769 characters", f"<p>{'x' * 32_769}</p>"),
        ("21 columns", f"<table><tr>{'<td>x</td>' * 21}</tr></table>"),
        ("no text", "<p></p>"),
    ],
)
def test_a_bad_rich_message_is_refused(problem: str, html: str) -> None:
    assert problem in problems("sendRichMessage", {"rich_message": {"html": html}})


def test_a_good_message_is_taken() -> None:
    entities = [
        entity("blockquote", 0, 9),
        entity("bold", 0, 2),
        entity("code", 3, 3),
        entity("pre", 7, 2, language="py"),
    ]
    assert problems("sendMessage", {"chat_id": 1, "text": "😀 abc xy", "entities": entities}) == []


def test_reading_a_message_finds_styles() -> None:
    payload = {"text": "😀b", "entities": [entity("bold", 2, 1)]}
    assert read("sendMessage", payload) == [("😀", frozenset()), ("b", frozenset({"strong"}))]


def test_lengths_are_counted_in_utf16() -> None:
    assert [utf16(text) for text in ("a", "字", "😀", "")] == [1, 1, 2, 0]
