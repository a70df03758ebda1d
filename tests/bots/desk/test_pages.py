"""What the desk's pages and feed show."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from core.digest.parse import parse

if TYPE_CHECKING:
    from desks import Client

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize(("lang", "word"), [("zh", "往期"), ("en", "Archive")])
@pytest.mark.parametrize("path", ["/", "/archive", "/preview", "/runs", "/receipts", "/missing"])
async def test_every_page_speaks_the_readers_language(local: Client, path: str, lang: str, word: str) -> None:
    response = await local.get(path, headers={"Accept-Language": lang})
    assert response.status_code == (404 if path == "/missing" else 200)
    assert word in response.text
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">' in response.text


@pytest.mark.parametrize("path", ["/", "/archive", "/preview", "/runs", "/archive/daily/en/2026-01-06"])
async def test_no_page_asks_another_server_for_anything(local: Client, path: str) -> None:
    page = (await local.get(path)).text
    assert not re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(?!/)[^"]+"', page)
    assert not re.findall(r" (?:style|on[a-z]+)=", page)


async def test_an_issue_has_an_anchor_for_each_story_and_a_way_to_its_twin(local: Client) -> None:
    issue = await local.desk.services.services.archive.get((await local.desk.services.services.archive.heads())[0].ref)
    assert issue is not None
    page = (await local.get(f"/archive/{issue.ref}")).text
    for _section, story in issue.stories():
        assert f'id="{story.key}"' in page
    twin = "en" if issue.ref.lang == "zh" else "zh"
    assert f'href="/archive/{issue.ref.edition}/{twin}/{issue.ref.date}"' in page
    assert (await local.get(f"/archive/{issue.ref}/source")).text.startswith("#")


async def test_the_headings_of_an_issue_skip_no_level_and_its_anchors_are_its_own(local: Client) -> None:
    source = "# News\n\n**March 2, 2026**\n\n## Models\n\n### A\n\nIt reads.\n\n## Models\n\n- **B** — c\n"
    await local.desk.house.publish(source, parse(source).issue)
    page = (await local.get("/archive/daily/en/2026-03-02")).text
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))
    anchors = re.findall(r'id="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))


@pytest.mark.parametrize(
    "path", ["/archive/daily/en/1999-01-01", "/archive/daily/en/not-a-date", "/archive/a/b/c/source"]
)
async def test_an_issue_that_is_not_there_is_not_found(local: Client, path: str) -> None:
    assert (await local.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("query", "issues"),
    [("", 4), ("?in=zh", 2), ("?month=2026-01", 4), ("?month=1999-01", 0), ("?month=2026-99", 4), ("?page=x", 4)],
)
async def test_the_archive_lists_what_is_asked_for(local: Client, query: str, issues: int) -> None:
    assert (await local.get(f"/archive{query}")).text.count('<time datetime="2026-') == issues


async def test_the_archive_is_newest_first_over_the_years(local: Client) -> None:
    for day in ("2025-01-31", "2025-02-28", "2026-02-27"):
        source = f"# Of {day}\n\n**{day}**\n\n## Models\n\n- **A** — b\n"
        await local.desk.house.publish(source, parse(source).issue)
    days = re.findall(r'<time datetime="([^"]+)"', (await local.get("/archive?in=en")).text)
    assert days == sorted(days, reverse=True)
    assert len(days) == 5


async def test_a_search_keeps_to_the_month_and_the_language_and_turns_its_pages(local: Client) -> None:
    for day in range(1, 29):
        source = f"# Day {day}\n\n**2026-02-{day:02}**\n\n## Models\n\n- **Puffin {day}** — a puffin of its own\n"
        await local.desk.house.publish(source, parse(source).issue)

    async def found(**query: str) -> list[str]:
        page = (await local.get("/archive", params={"q": "puffin", **query})).text
        return re.findall(r'href="/archive/daily/en/([\d-]+)#', page)

    first, second = await found(), await found(page="1")
    assert (len(first), len(second), len({*first, *second})) == (20, 8, 28)
    page = (await local.get("/archive", params={"q": "puffin"})).text
    assert "q=puffin&amp;edition=&amp;in=&amp;month=&amp;page=1" in page
    assert len(await found(month="2026-02")) == 20
    assert await found(month="2026-01") == []
    assert await found(**{"in": "zh"}) == []


async def test_the_archive_leads_to_a_feed_that_has_something_in_it(local: Client) -> None:
    heads = await local.desk.house.archive.heads(lang="zh")
    for head in heads:
        await local.desk.house.archive.withdraw(head.ref)
    page = (await local.get("/archive", headers={"Accept-Language": "zh"})).text
    assert page.count('href="/feed.xml?lang=en"') == 2


async def test_a_search_leads_to_the_story(local: Client) -> None:
    page = (await local.get("/archive", params={"q": "context window"})).text
    assert re.search(r'href="/archive/daily/\w\w/2026-\d\d-\d\d#[a-z2-7]{8}"', page)
    assert "<b>x" not in (await local.get("/archive", params={"q": "<b>x"})).text


async def test_a_section_whose_heading_was_left_empty_has_a_name(local: Client) -> None:
    source = "# News\n\n## \n\n- **A** — b\n\n## Models\n\n- **C** — d\n\n## Tools\n\n- **E** — f\n"
    issue = parse(source, path="daily/en/2026-01-07.md").issue
    await local.desk.house.publish(source, issue)
    page = (await local.get("/archive/daily/en/2026-01-07")).text
    assert re.findall(r"<h2>(.*?)</h2>", page) == ["News", "Models", "Tools"]
    assert '<a href="#news">News</a>' in page


@pytest.mark.parametrize("field", ["text", "file"])
async def test_what_is_too_large_to_preview_is_told(local: Client, field: str) -> None:
    large = "x" * (1024 * 1024 + 1)
    parts = {"text": (None, large)} if field == "text" else {"file": ("a.md", large)}
    response = await local.post("/preview", files=parts, headers={"Origin": "http://127.0.0.1:8080"})
    assert response.status_code == 413
    assert "larger than the 1 MB" in response.text
    assert "paperboy check" in response.text


async def test_the_feed_is_atom_with_whole_issues_and_does_not_repeat_itself(local: Client) -> None:
    response = await local.get("/feed.xml", params={"lang": "zh"})
    feed = ET.fromstring(response.text)  # noqa: S314  our own feed
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 2
    content = entries[0].findtext(f"{ATOM}content") or ""
    assert content.count("<p>") > 10
    assert feed.findtext(f"{ATOM}updated")
    again = await local.get("/feed.xml", params={"lang": "zh"}, headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304


async def test_the_feed_holds_no_issue_before_its_day(local: Client) -> None:
    source = "# Tomorrow and tomorrow\n\n**2099-03-02**\n\n## Models\n\n- **A** — b\n"
    await local.desk.house.publish(source, parse(source).issue)
    assert "Tomorrow and tomorrow" not in (await local.get("/feed.xml", params={"lang": "en"})).text


@pytest.mark.parametrize("style", ["card", "full"])
@pytest.mark.parametrize("form", ["classic", "rich"])
async def test_the_preview_shows_the_payload_of_each_platform(local: Client, style: str, form: str) -> None:
    page = (await local.get("/preview", params={"style": style, "form": form})).text
    assert page.count('class="screen"') >= 3
    assert page.count("<h1") == 1
    method = "sendRichMessage" if form == "rich" else "sendMessage"
    assert f"JSON · {method}<" in page
    assert "JSON · chat.postMessage<" in page
    assert not re.findall(r'class="count over"', page)


async def test_pasted_markdown_is_checked_line_by_line_and_shown_as_text(local: Client) -> None:
    text = "# One\n\n## Models\n\n- **A <script>** — [x](nowhere)\n"
    page = (await local.post("/preview", data={"text": text, "style": "card"})).text
    assert "Line 5" in page
    assert "<script>" not in page
    assert page.count('class="screen"') >= 3


async def test_pasted_markdown_without_a_date_is_shown_as_todays(local: Client) -> None:
    page = (await local.post("/preview", data={"text": "# News\n\n## Models\n\n- **A** — b\n"})).text
    assert "no-date" in page
    assert "1970" not in page


async def test_of_nothing_pasted_no_check_is_claimed(local: Client) -> None:
    page = (await local.post("/preview", data={"text": " \n"}, headers={"Accept-Language": "en"})).text
    assert "No problems found" not in page
    assert "Nothing to show yet" in page


async def test_an_opened_file_wins_over_the_text_field(local: Client) -> None:
    files = {"file": ("issue.md", b"# From a file\n\nText.\n", "text/markdown")}
    page = (await local.post("/preview", data={"text": "# Typed"}, files=files)).text
    assert "From a file" in page
    assert "Typed" not in page


async def test_an_opened_file_is_read_as_in_the_folder_of_issues(local: Client) -> None:
    content = "# 苍鹭开源\n\n## 模型\n\n- **苍鹭** — 今天开源。\n".encode("gb18030")
    page = (await local.post("/preview", files={"file": ("2026-03-02.zh.md", content, "text/markdown")})).text
    assert "苍鹭开源" in page
    assert "no-date" not in page


async def test_an_older_issue_is_named_where_issues_are_chosen(local: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bots.desk.preview.RECENT", 1)
    page = (await local.get("/preview", params={"issue": "daily/en/2026-01-05"})).text
    assert re.findall(r'<option value="(daily[^"]+)" selected>', page) == ["daily/en/2026-01-05"]


async def test_issues_of_another_edition_are_told_apart_where_one_is_chosen(local: Client) -> None:
    source = "---\nedition: weekly\ndate: 2026-01-06\n---\n# The week\n\n## Models\n\n- **A** — b\n"
    await local.desk.house.publish(source, parse(source).issue)
    page = (await local.get("/preview", headers={"Accept-Language": "en"})).text
    assert ">2026-01-06 · weekly · en · The week</option>" in page
    assert ">2026-01-06 · en · A Rainy-Day" in page


async def test_where_no_issue_is_there_is_none_to_choose(local: Client) -> None:
    archive = local.desk.house.archive
    for head in await archive.heads():
        await archive.withdraw(head.ref)
    page = (await local.get("/preview")).text
    assert 'name="issue"' not in page
    assert '<details class="paste" open>' in page


async def test_what_a_message_counts_is_named_in_the_readers_language(local: Client) -> None:
    page = (await local.get("/preview", headers={"Accept-Language": "zh"})).text
    assert re.search(r"/ 4,096 字符<", page)
    assert "components<" not in page


async def test_an_issue_names_its_date_once(local: Client) -> None:
    page = (await local.get("/archive/daily/zh/2026-01-06")).text
    assert page.count("2026 年 1 月 6 日") == 1


async def test_health_and_metrics(local: Client) -> None:
    assert (await local.get("/healthz")).json() == {"status": "ok"}
    assert (await local.get("/readyz")).json() == {"status": "ready"}
    assert "python_info" in (await local.get("/metrics")).text


async def test_a_target_that_is_none_is_said_so(local: Client) -> None:
    page = (await local.get("/receipts", params={"target": "nonsense"})).text
    assert "telegram:bot:12345" in page
    assert 'role="alert"' in page


MANY_DIGITS = "99999999999999999999"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/receipts?run={MANY_DIGITS}", 200),
        (f"/receipts?run=1&from={MANY_DIGITS}", 200),
        (f"/archive?page={MANY_DIGITS}", 200),
        ("/archive?edition=%00&q=%00", 200),
        ("/archive/%00/en/2026-01-06", 404),
        ("/feed.xml?edition=%ED%A0%80", 200),
    ],
)
async def test_an_address_that_nobody_was_given_is_answered(local: Client, path: str, status: int) -> None:
    assert (await local.get(path)).status_code == status


async def test_a_run_that_no_database_could_number_is_not_found(local: Client) -> None:
    assert (await local.post(f"/runs/{MANY_DIGITS}", data={"do": "pause"})).status_code == 404


async def test_no_character_breaks_the_feed(local: Client) -> None:
    source = "# Bells \x01\ufffe ring\n\n**2026-01-07**\n\n## Models\n\n- **A** — b\n"
    await local.desk.house.publish(source, parse(source).issue)
    feed = ET.fromstring((await local.get("/feed.xml?lang=en%00")).text)  # noqa: S314  our own feed
    assert not feed.findall(f"{ATOM}entry")
    feed = ET.fromstring((await local.get("/feed.xml?lang=en")).text)  # noqa: S314  our own feed
    assert "Bells  ring" in [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]
