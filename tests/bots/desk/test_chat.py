"""The chat's API answers what is typed, pressed and asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bots.desk.chat import understood
from bots.desk.visitor import accepted

if TYPE_CHECKING:
    from typing import Any

    from desks import Client


@pytest.mark.parametrize(
    ("text", "data", "command"),
    [
        ("/today", None, ("today", "")),
        ("/issue 2/19 zh", None, ("issue", "2/19 zh")),
        ("/today@paperboy_bot en", None, ("today", "en")),
        ("What is MoE?", None, ("ask", "What is MoE?")),
        ("", "section models daily/zh/2026-03-02", ("section", "models daily/zh/2026-03-02")),
        ("", "+lesson daily/zh/2026-03-02", ("lesson", "daily/zh/2026-03-02")),
    ],
)
def test_slashes_are_commands_buttons_their_data_and_everything_else_a_question(
    text: str, data: str | None, command: tuple[str, str]
) -> None:
    assert understood(text, data) == command


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9", "en"),
        ("de, en;q=0.5, zh;q=0.7", "zh"),
        ("fr", None),
        ("zh;q=0", None),
        ("", None),
        (";;q=x,,", None),
    ],
)
def test_the_browsers_languages_choose_the_desks(header: str, lang: str | None) -> None:
    assert accepted(header) == lang


async def say(client: Client, **message: Any) -> dict[str, Any]:  # noqa: ANN401  JSON
    response = await client.post("/api/chat", json=message)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_today_shows_the_newest_issue_with_buttons_that_open_sections(local: Client) -> None:
    [page] = (await say(local, text="/today", conversation="a", lang="en"))["pages"]
    assert "<h2>" in page["html"]
    section = next(action for action in page["actions"] if action["data"].startswith("section models"))
    [opened] = (await say(local, data=section["data"], conversation="a"))["pages"]
    assert opened["text"] != page["text"]
    assert opened["actions"]


async def test_the_language_that_a_reader_chose_comes_back_and_stays(local: Client) -> None:
    assert (await say(local, text="/today", conversation="b", lang="en"))["lang"] is None
    assert (await say(local, text="/lang zh", conversation="b", lang="en"))["lang"] == "zh"
    [page] = (await say(local, text="/help", conversation="b", lang="en"))["pages"]
    assert page["lang"] == "zh"
    [other] = (await say(local, text="/help", conversation="c", lang="en"))["pages"]
    assert other["lang"] == "en"


async def test_a_language_chosen_on_another_page_is_the_chats_too(local: Client) -> None:
    await local.get("/?lang=en")
    await local.get("/archive?lang=zh")
    await local.get("/")
    assert (await say(local, text="/help"))["lang"] == "zh"


async def test_markup_in_a_question_is_only_text(local: Client) -> None:
    [page] = (await say(local, text="/<script>alert(1)</script>", conversation="d"))["pages"]
    assert "<script" not in page["html"]


async def test_a_browser_keeps_its_conversation(local: Client) -> None:
    first = await local.get("/")
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert len(local.cookies["paperboy_reader"]) >= 32
    assert "paperboy_reader" not in (await local.get("/")).headers.get("set-cookie", "")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{}", 422, "missing"),
        ('{"text": "  "}', 422, "missing"),
        ('{"text": 7}', 422, "wrong-type"),
        ("[]", 422, "not-an-object"),
        ("today", 422, "not-json"),
        ("[" * 16_000, 422, "not-json"),
        ('{"a":' * 3_000, 422, "not-json"),
        ('{"text": "/today", "conversation": "../x"}', 422, "wrong-conversation"),
        ('{"text": "' + "x" * 2001 + '"}', 422, "too-long"),
        ('{"text": "' + "x" * 20000 + '"}', 413, "too-large"),
    ],
)
async def test_what_is_no_message_is_refused_with_a_reason(local: Client, body: str, status: int, code: str) -> None:
    response = await local.post("/api/chat", content=body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("body", "code"),
    [({"text": ""}, "missing"), ({"text": "x", "today": "tomorrow"}, "not-a-date"), ({"text": "x" * 2001}, "too-long")],
)
async def test_what_is_no_question_is_refused_with_a_reason(local: Client, body: dict[str, str], code: str) -> None:
    response = await local.post("/api/ask", json=body)
    assert (response.status_code, response.json()["error"]["code"]) == (422, code)


async def test_a_question_is_answered_in_the_shape_of_the_program(local: Client) -> None:
    answer = (await local.post("/api/ask", json={"text": "context window", "lang": "en"})).json()
    assert set(answer) == {"answer", "lang", "found", "citations", "nearest"}
    assert answer["found"]


@pytest.mark.parametrize("field", ["text", "conversation", "lang"])
@pytest.mark.parametrize("broken", ["context window \\ud83d", "context \\u0000window", "\\ud83d"])
async def test_a_question_is_answered_whatever_characters_it_has(local: Client, field: str, broken: str) -> None:
    asked = {"text": "context window", "conversation": "reader", "lang": "en"} | {field: "BROKEN"}
    body = json.dumps(asked).replace("BROKEN", broken)
    for _ in range(2):
        assert (await local.post("/api/ask", content=body)).status_code == 200
