"""The program as its users call it: every command as a process of its own, on a folder of its own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import sqlite3
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import httpx
import pytest

import forked
from bots.serve import chores
from bots.settings import Settings
from bots.wiring import open_house
from tests.fakes.model import Turn, fake_model

if TYPE_CHECKING:
    import subprocess
    from collections.abc import AsyncIterator

SAMPLES = forked.ROOT / "core" / "digest" / "samples"


class Program(Protocol):
    """Calls the program with arguments, expects the exit code, and returns what it printed."""

    def __call__(self, *arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return forked.environment(tmp_path / "data")


@pytest.fixture
def paperboy(environment: dict[str, str]) -> Program:
    def call(*arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = forked.paperboy(*arguments, environment=environment)
        assert done.returncode == code, done.stderr + done.stdout
        return done

    return call


def printed(done: subprocess.CompletedProcess[str]) -> Any:  # noqa: ANN401 — JSON
    return json.loads(done.stdout)


@asynccontextmanager
async def running(environment: dict[str, str], *arguments: str) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        forked.running(environment, *arguments) as program,
        httpx.AsyncClient(base_url=await program.ready(), timeout=20) as client,
    ):
        yield client


async def until_said(client: httpx.AsyncClient, question: str, expected: str) -> None:
    async with asyncio.timeout(20):
        while expected not in await say(client, question):  # noqa: ASYNC110 — another process, seen over HTTP
            await asyncio.sleep(0.3)


async def say(client: httpx.AsyncClient, text: str) -> str:
    answer = await client.post("/api/chat", json={"text": text, "conversation": "reader"})
    assert answer.status_code == 200, answer.text
    return "\n".join(page["text"] for page in answer.json()["pages"])


def test_check_prints_file_line_code_and_message(paperboy: Program, tmp_path: Path) -> None:
    issue = tmp_path / "2026-03-02.en.md"
    issue.write_text("# News\n\n## Models\n\n- **A** — see [it](http://localhost/x)\n", encoding="utf-8")
    lines = paperboy("check", issue, code=1).stdout.splitlines()
    assert any(line.startswith(f"{issue}:5: link-not-public: ") for line in lines)


def test_a_file_that_is_no_issue_is_named_and_stops_no_other(paperboy: Program, tmp_path: Path) -> None:
    (tmp_path / "2026-03-01.en.md").write_bytes(b"")
    (tmp_path / "2026-03-02.en.md").write_text("# News\n\n## Models\n\n- **A** — b\n", encoding="utf-8")
    (tmp_path / "notes.md").write_text("# Undated\n", encoding="utf-8")
    assert "2026-03-01.en.md:1: unreadable: " in paperboy("check", tmp_path, code=1).stdout
    rendered = paperboy("render", tmp_path, "--platform", "slack", "--json", code=1)
    assert [Path(one["path"]).name for one in printed(rendered)] == ["2026-03-02.en.md", "notes.md"]
    assert "1970" not in rendered.stdout, "an issue without a date is shown as today's"
    imported = paperboy("import", tmp_path, code=1)
    assert "1 added, 2 refused" in imported.stdout
    assert "No date, or none that is in the calendar" in imported.stderr


def test_a_file_whose_name_is_no_text_is_printed_like_any_other(paperboy: Program, tmp_path: Path) -> None:
    named = tmp_path / os.fsdecode(b"2026-03-02-caf\xe9.en.md")
    named.write_text("# News\n\n## Models\n\n- **A** — b\n", encoding="utf-8")
    assert r"2026-03-02-caf\udce9.en.md:" in paperboy("check", tmp_path).stdout
    (one,) = printed(paperboy("check", tmp_path, "--json"))
    assert Path(one["path"]) == named


def test_two_files_of_one_issue_are_told_of(paperboy: Program, tmp_path: Path) -> None:
    for name in ("2026-03-02.en.md", "2026-03-02-draft.en.md", "en/2026-03-02.md", "notes.md", "other.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# News\n\n## Models\n\n- **A** — b\n", encoding="utf-8")
    found = [line for line in paperboy("check", tmp_path, code=1).stdout.splitlines() if "duplicate-issue" in line]
    expected = f"{tmp_path}/en/2026-03-02.md:1: duplicate-issue: {tmp_path}/2026-03-02.en.md is the same issue"
    assert [line.partition(";")[0] for line in found] == [expected]


def test_check_speaks_the_publications_language(environment: dict[str, str], paperboy: Program, tmp_path: Path) -> None:
    (tmp_path / "2026-03-01.zh.md").write_text(" \n\n", encoding="utf-8")
    environment["PAPERBOY_LANG"] = "zh"
    assert "这个文件是空的" in paperboy("check", tmp_path, code=1).stdout
    assert "This file is empty" in paperboy("check", tmp_path, "--lang", "en", code=1).stdout


def test_check_as_json_has_the_documented_shape(paperboy: Program) -> None:
    (one,) = printed(paperboy("check", SAMPLES / "daily" / "en" / "2026-01-06.md", "--json"))
    assert set(one) == {"path", "issue", "problems"}
    issue = one["issue"]
    assert (issue["edition"], issue["date"], issue["lang"]) == ("daily", "2026-01-06", "en")
    assert [section["kind"] for section in issue["sections"]] == ["models", "apps", "dev", "tips", "products"]
    story = issue["sections"][0]["stories"][0]
    assert set(story) == {"key", "title", "text", "links", "metrics", "prominence"}
    assert set(issue["lesson"]) == {"term", "text"}
    assert set(issue["pick"]) == {"title", "text"}
    assert one["problems"] == []


@pytest.mark.parametrize(
    ("platform", "method", "field"),
    [
        ("telegram", "sendMessage", "entities"),
        ("discord", "messages", "components"),
        ("slack", "chat.postMessage", "blocks"),
    ],
)
@pytest.mark.parametrize("style", ["card", "full"])
def test_render_prints_what_would_be_sent(
    paperboy: Program, platform: str, method: str, field: str, style: str
) -> None:
    results = printed(paperboy("render", SAMPLES, "--platform", platform, "--style", style, "--json"))
    assert len(results) == 4
    assert {(one["platform"], one["style"]) for one in results} == {(platform, style)}
    assert {message["method"] for one in results for message in one["messages"]} == {method}
    assert all(message["payload"][field] for one in results for message in one["messages"])


def test_render_knows_the_rich_form(paperboy: Program) -> None:
    results = printed(paperboy("render", SAMPLES, "--platform", "telegram", "--style", "full", "--rich", "--json"))
    assert [[message["method"] for message in one["messages"]] for one in results] == [["sendRichMessage"]] * 4


@pytest.mark.parametrize(
    "arguments",
    [
        ["render", str(SAMPLES), "--platform", "pager"],
        ["render", str(SAMPLES), "--platform", "slack", "--style", "poem"],
        ["check", "no-such-file.md"],
        ["show", "tomorrow"],
        ["receipts", "nowhere"],
        ["receipts"],
        ["receipts", "--run", "7"],
        ["receipts", "--run", "7", "--state", "lost"],
        ["pause", "7"],
        ["retry", "7"],
        ["push", "--date", "31.2.2026"],
        ["ask", "what?", "--today", "2026-13-01"],
        ["backup", "/no/such/folder/copy.db"],
        ["pause", "99999999999999999999"],
        ["receipts", "--run", "99999999999999999999"],
        ["status", "--limit", "99999999999999999999"],
    ],
)
def test_a_mistake_ends_with_two_and_a_sentence(paperboy: Program, arguments: list[str]) -> None:
    done = paperboy(*arguments, code=2)
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_a_wrong_setting_is_named(environment: dict[str, str], paperboy: Program) -> None:
    environment["PAPERBOY_DESK__PORT"] = "eighty"
    assert "PAPERBOY_DESK__PORT" in paperboy("issues", code=2).stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ZONE", "Mars/Olympus"),
        ("TIME", "25:99"),
        ("TIME", "08:00:30"),
        ("ADMINS", "telegram:12,34"),
        ("ADMINS", "fred:"),
        ("ON_UNKNOWN", "skip"),
        ("CANARY", "editors"),
        ("RECEIPTS_DAYS", "30"),
        ("RECEIPTS_DAYS", "-1"),
        ("RECEIPTS_DAYS", "1000000"),
    ],
)
def test_a_setting_that_cannot_be_is_named_in_one_sentence(
    environment: dict[str, str], paperboy: Program, name: str, value: str
) -> None:
    environment[f"PAPERBOY_{name}"] = value
    said = paperboy("status", code=2).stderr
    assert said.startswith(f"PAPERBOY_{name}")
    assert said.count("\n") == 1


@pytest.mark.parametrize("url", ["postgresql://paper@127.0.0.1/paper", "paper"])
def test_an_address_that_is_no_database_gets_the_right_form(
    environment: dict[str, str], paperboy: Program, url: str
) -> None:
    environment["PAPERBOY_DATABASE_URL"] = url
    assert "write postgresql+psycopg://user@host/database" in paperboy("status", code=2).stderr


def test_a_port_that_is_taken_is_named(environment: dict[str, str], paperboy: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = environment["PAPERBOY_DESK__PORT"] = str(taken.getsockname()[1])
        said = paperboy("run", code=2).stderr
    assert f"127.0.0.1:{port} cannot be served" in said
    assert "Set PAPERBOY_DESK__PORT" in said
    assert "Traceback" not in said


def test_a_desk_for_others_demands_a_token_in_one_sentence(environment: dict[str, str], paperboy: Program) -> None:
    environment["PAPERBOY_DESK__HOST"] = "0.0.0.0"  # noqa: S104  that is the case to test
    said = paperboy("run", code=2).stderr
    assert "PAPERBOY_DESK__TOKEN" in said
    assert "Traceback" not in said


def test_a_data_folder_that_cannot_be_made_is_named(
    environment: dict[str, str], paperboy: Program, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    environment["PAPERBOY_DATA_DIR"] = str(tmp_path / "file" / "data")
    said = paperboy("status", code=2).stderr
    assert environment["PAPERBOY_DATA_DIR"] in said
    assert "Set PAPERBOY_DATA_DIR" in said
    assert "Traceback" not in said


def test_a_database_that_is_not_there_is_named(environment: dict[str, str], paperboy: Program) -> None:
    environment["PAPERBOY_DATABASE_URL"] = "postgresql+psycopg://paper:secret@127.0.0.1:1/news"
    said = paperboy("status", code=2).stderr
    assert "127.0.0.1:1/news cannot be opened (see PAPERBOY_DATABASE_URL): " in said
    assert said.count("\n") == 1
    assert "secret" not in said


def test_who_pushes_a_date_hears_that_it_has_no_issue(paperboy: Program) -> None:
    assert "2020-01-01" in paperboy("push", "--date", "2020-01-01", code=2).stderr


def test_a_folder_without_issues_is_not_passed_over_in_silence(paperboy: Program, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no issue files" in paperboy("check", tmp_path / "empty").stderr


def test_the_archive_by_command(paperboy: Program) -> None:
    assert "4 added" in paperboy("import", SAMPLES).stdout
    assert "4 unchanged" in paperboy("import", SAMPLES).stdout
    issues = printed(paperboy("issues", "--json"))
    assert [one["date"] for one in issues] == ["2026-01-06", "2026-01-06", "2026-01-05", "2026-01-05"]
    assert printed(paperboy("show", "daily/zh/2026-01-05", "--json"))["lang"] == "zh"
    assert paperboy("show", "2026-01-05", "--lang", "en").stdout.startswith("# ")
    found = printed(paperboy("search", "open", "weights", "--json"))
    assert found["total"] >= 1
    assert found["hits"][0]["date"].startswith("2026-01-")
    answer = printed(paperboy("ask", "What is a mixture of experts?", "--json"))
    assert set(answer) == {"answer", "lang", "found", "citations", "nearest"}
    assert answer["found"]
    assert set(answer["citations"][0]) == {"edition", "date", "lang", "section", "key", "title"}


def test_an_imported_issue_is_taken_back_by_command(paperboy: Program) -> None:
    paperboy("import", SAMPLES)
    assert "daily/en/2026-01-06 is withdrawn" in paperboy("withdraw", "daily/en/2026-01-06").stdout
    assert "There is no issue daily/en/2026-01-06" in paperboy("withdraw", "daily/en/2026-01-06", code=2).stderr
    assert [one["lang"] for one in printed(paperboy("issues", "--json"))] == ["zh", "en", "zh"]


def test_backup_restore_export_and_forget(paperboy: Program, environment: dict[str, str], tmp_path: Path) -> None:
    paperboy("import", SAMPLES)
    paperboy("backup", tmp_path / "copy.db")
    environment["PAPERBOY_DATA_DIR"] = str(tmp_path / "other")
    paperboy("restore", tmp_path / "copy.db")
    assert len(printed(paperboy("issues", "--json"))) == 4
    assert printed(paperboy("search", "open", "weights", "--json"))["total"] >= 1
    assert isinstance(printed(paperboy("export", "desk:desk:reader")), dict)
    paperboy("forget", "desk:desk:reader", "--yes")
    assert "up to date" in paperboy("db", "upgrade").stdout


def test_doctor_finds_a_folder_of_issues_that_is_not_there(environment: dict[str, str], paperboy: Program) -> None:
    environment["PAPERBOY_ISSUES"] = "/no/such/folder"
    assert "/no/such/folder is not a folder" in paperboy("doctor", code=1).stdout


def test_doctor_names_an_issue_whose_year_may_be_a_slip(paperboy: Program, tmp_path: Path) -> None:
    (tmp_path / "2062-03-02.en.md").write_text("# News\n\n## Models\n\n- **A** — b\n", encoding="utf-8")
    paperboy("import", tmp_path)
    assert "far ahead: daily/en/2062-03-02" in paperboy("doctor").stdout


def test_doctor_is_content_with_a_fresh_installation(paperboy: Program) -> None:
    findings = printed(paperboy("doctor", "--json"))
    assert {"database", "archive", "desk"} <= {one["subject"] for one in findings}
    assert not [one for one in findings if one["level"] == "error"]


async def test_a_first_start_reads_subscribes_and_delivers(environment: dict[str, str], paperboy: Program) -> None:
    async with running(environment) as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        await until_said(client, "/today", "January 6, 2026")
        soon = datetime.now(UTC) + timedelta(minutes=1)
        assert "Subscribed" in await say(client, f"/subscribe {soon:%H:%M} UTC")
        pushed = printed(await asyncio.to_thread(paperboy, "push", "--json"))
        assert sum(one["planned"] for one in pushed["pushed"]) == 1
        await until_said(client, "/why", "was delivered")
        (run,) = printed(await asyncio.to_thread(paperboy, "status", "--json"))["runs"]
        assert set(run) >= {"id", "edition", "date", "counts", "rate", "eta"}
        assert run["counts"] == {"planned": 0, "sent": 1, "unknown": 0, "failed": 0, "skipped": 0}
        environment["COLUMNS"] = "80"
        told = (await asyncio.to_thread(paperboy, "receipts", "--run", "1", "--state", "sent")).stdout
        assert re.match(r"desk:desk:reader  daily/\w\w/2026-01-06  sent  .*\n    page 1  sent  .*message", told)
        assert not (await asyncio.to_thread(paperboy, "receipts", "--run", "1", "--state", "failed")).stdout
        again = printed(await asyncio.to_thread(paperboy, "push", "--json"))
        assert sum(one["planned"] for one in again["pushed"]) == 0


async def test_receipts_are_erased_when_they_are_old_and_the_run_keeps_its_numbers(
    environment: dict[str, str], paperboy: Program, tmp_path: Path
) -> None:
    async with running(environment) as client:
        await until_said(client, "/today", "January 6, 2026")
        await say(client, "/subscribe 8:30 Shanghai")
        await asyncio.to_thread(paperboy, "push")
        await until_said(client, "/why", "was delivered")
    [before] = printed(paperboy("status", "--json"))["runs"]
    with closing(sqlite3.connect(tmp_path / "data" / "paperboy.db")) as file, file:
        for column, table in (("touched", "chunks"), ("created_at", "subscriptions")):
            file.execute(f"UPDATE {table} SET {column} = {column} - 91 * 86400 * 1000000")  # noqa: S608  # our own names
    for kept, left in ((0, 1), (90, 0)):
        async with open_house(Settings(data_dir=tmp_path / "data", receipts_days=kept)) as house:
            for chore in chores(house):
                await chore.do()
        assert len(printed(paperboy("receipts", "--run", "1", "--json"))) == left
    assert "run 1: receipts erased: 1" in paperboy("receipts", "--run", "1").stderr
    assert "of the last 90 days" in paperboy("receipts", "desk:desk:reader").stderr
    assert paperboy("receipts", "--run", "1", "--state", "failed").stderr == ""
    assert printed(paperboy("status", "--json"))["runs"] == [before | {"receipts_erased": 1}]
    assert "receipts erased: 1" in paperboy("status").stdout
    again = printed(paperboy("push", "--json"))
    assert [one["planned"] for one in again["pushed"]] == [0] * len(again["pushed"])


async def test_own_issues_take_the_place_of_the_samples(environment: dict[str, str], tmp_path: Path) -> None:
    async with running(environment) as client:
        await until_said(client, "/today", "January 6, 2026")
    own = tmp_path / "issues"
    own.mkdir()
    (own / "2026-02-01.en.md").write_text("# Own news\n\n## Models\n\n- **A** — b\n", encoding="utf-8")
    environment["PAPERBOY_ISSUES"] = str(own)
    async with running(environment) as client:
        await until_said(client, "/today", "Own news")
        assert "January" not in await say(client, "/archive")
        (own / "2026-02-02.en.md").write_text("# Later news\n\n## Models\n\n- **C** — d\n", encoding="utf-8")
        await until_said(client, "/today", "Later news")


async def test_with_a_model_the_program_writes_its_answers(environment: dict[str, str], paperboy: Program) -> None:
    first = "Heron 3 has 128B parameters [1]."
    question = "How many parameters does Heron 3 have?"
    async with fake_model() as model:
        model.usual = Turn(say=lambda asked: "Small networks take turns." if "term" in asked else first)
        environment |= {**model.settings("anthropic"), "PAPERBOY_LLM__PATIENCE": "20"}
        paperboy("import", SAMPLES)
        answer = printed(await asyncio.to_thread(paperboy, "ask", question, "--json"))
        assert set(answer) == {"answer", "lang", "found", "citations", "nearest"}
        assert answer["answer"].startswith(first)
        assert len(answer["citations"]) == 1
        findings = printed(await asyncio.to_thread(paperboy, "doctor", "--json"))
        assert {"level": "ok", "subject": "model", "message": "little-model answers", "advice": ""} in findings
        async with running(environment) as client:
            await until_said(client, question, first)
            assert "General knowledge" in await say(client, "/explain mixture of experts")
            metrics = (await client.get("/metrics")).text
            assert 'paperboy_model_questions_total{outcome="written"}' in metrics
        status = printed(await asyncio.to_thread(paperboy, "status", "--json"))
        assert status["model"]["tokens"] > 0
        assert model.key not in metrics + str(status) + str(findings)
