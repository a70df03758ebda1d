from __future__ import annotations

import asyncio
import os
import socket
import subprocess
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.digest import samples
from core.digest.sources.folder import FolderSource
from core.digest.sources.git import GitSource, is_git_url
from core.digest.sources.read import EMPTY, LARGEST, TOO_LARGE, UNREADABLE, decode, issue_files, read_text
from core.errors import DigestError

if TYPE_CHECKING:
    from core.digest.sources.port import Source

TEXT = "# 苍鹭\n\n**2026 年 3 月 2 日**\n\n读得很快。\n"


def git(folder: Path, *arguments: str) -> None:
    author = {"GIT_AUTHOR_NAME": "desk", "GIT_AUTHOR_EMAIL": "desk@example.com"}
    committer = {"GIT_COMMITTER_NAME": "desk", "GIT_COMMITTER_EMAIL": "desk@example.com"}
    environment = os.environ | author | committer
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, env=environment, capture_output=True)  # noqa: S603, S607  # the test's own arguments


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    issues = tmp_path / "issues"
    (issues / "daily" / "zh").mkdir(parents=True)
    (issues / "daily" / "zh" / "2026-03-02.md").write_text(TEXT, encoding="utf-8")
    return issues


@pytest.fixture
def repository(folder: Path) -> Path:
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "First issue")
    return folder


async def texts(source: Source) -> dict[str, str]:
    return {file.path: file.text for file in await source.read()}


async def test_a_folder_gives_its_markdown_files_by_path(folder: Path) -> None:
    (folder / "2026-03-01.en.markdown").write_text("# Heron", encoding="utf-8")
    for name in ("README.md", "notes.txt", ".hidden.md"):
        (folder / name).write_text("# Not an issue", encoding="utf-8")
    (folder / ".git").mkdir()
    (folder / ".git" / "2026-03-03.md").write_text("# Not an issue", encoding="utf-8")
    assert await texts(FolderSource(folder)) == {"2026-03-01.en.markdown": "# Heron", "daily/zh/2026-03-02.md": TEXT}


async def test_a_link_out_of_the_folder_publishes_nothing(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "passwords.md").write_text("root:x:0:0", encoding="utf-8")
    (folder / "2026-03-05.en.md").symlink_to(tmp_path / "passwords.md")
    (folder / "2026-03-06.zh.md").symlink_to(folder / "daily" / "zh" / "2026-03-02.md")
    assert set(await texts(FolderSource(folder))) == {"2026-03-06.zh.md", "daily/zh/2026-03-02.md"}


async def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DigestError, match=r"not a folder.*PAPERBOY_ISSUES"):
        await FolderSource(tmp_path / "nowhere").read()


async def test_a_file_that_cannot_be_read_does_not_stop_the_others(folder: Path) -> None:
    (folder / "2026-03-03.zh.md").write_bytes(b"\x00\x01\xff\xfe\xfa binary")
    (folder / "2026-03-04.zh.md").write_bytes(b"")
    (folder / "2026-03-05.zh.md").write_bytes(b"#" * (LARGEST + 1))
    files = {file.path: file.error for file in await FolderSource(folder).read()}
    assert files == {
        "2026-03-03.zh.md": UNREADABLE,
        "2026-03-04.zh.md": EMPTY,
        "2026-03-05.zh.md": TOO_LARGE,
        "daily/zh/2026-03-02.md": "",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_issues_in_usual_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "2026-03-02.md"
    file.write_bytes(TEXT.encode(encoding))
    assert read_text(file).removeprefix("\ufeff") == TEXT


def test_what_only_begins_like_utf_16_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "2026-03-02.md"
    file.write_bytes(b"\xff\xfe\x01\x00\x02\x00 and more")
    with pytest.raises(DigestError, match="UTF-8"):
        read_text(file)


def test_english_with_a_dash_is_read_in_utf_16(tmp_path: Path) -> None:
    file = tmp_path / "2026-03-02.md"
    file.write_bytes("# Heron — it’s out\n".encode("utf-16"))
    assert read_text(file) == "# Heron — it’s out\n"


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "2026-03-02.md"
    file.write_bytes(b"# Heron\r\n\r\nIt reads.\r\n")
    assert read_text(file) == "# Heron\r\n\r\nIt reads.\r\n"


@pytest.mark.parametrize(
    "content",
    ["caf\u00e9 na\u00efve r\u00e9sum\u00e9".encode("latin-1"), b"\x89PNG\r\n\x1a\n\x00\x00", b"\xff\xfe\x00"],
)
def test_bytes_of_another_kind_are_no_text(content: bytes) -> None:
    assert decode(content) is None


def test_paths_named_by_hand_are_files_or_folders(folder: Path) -> None:
    named = folder / "daily" / "zh" / "2026-03-02.md"
    assert [relative.as_posix() for _, relative in issue_files([folder])] == ["daily/zh/2026-03-02.md"]
    assert [file for file, _ in issue_files([named])] == [named]
    with pytest.raises(DigestError, match="does not exist"):
        list(issue_files([folder / "nowhere"]))


async def test_a_watched_folder_tells_of_changes(folder: Path) -> None:
    changes = FolderSource(folder).changes()
    told = asyncio.ensure_future(anext(changes))
    while not told.done():
        (folder / "2026-03-03.zh.md").write_text(TEXT, encoding="utf-8")
        await asyncio.wait([told], timeout=0.7)
    assert told.exception() is None
    await changes.aclose()  # type: ignore[attr-defined]  # the port promises an iterator, this one is a generator


async def test_a_name_that_is_no_text_does_not_end_the_watch(folder: Path) -> None:
    changes = FolderSource(folder, poll=0.1).changes()
    told = asyncio.ensure_future(anext(changes))
    for number in count():
        (folder / os.fsdecode(b"2026-03-0%d-caf\xe9.zh.md" % (number % 9 + 1))).write_text(
            TEXT * number, encoding="utf-8"
        )
        if (await asyncio.wait([told], timeout=0.7))[0]:
            break
    assert told.exception() is None
    await changes.aclose()  # type: ignore[attr-defined]  # the same


async def test_a_folder_that_appears_later_is_polled_for(tmp_path: Path) -> None:
    changes = FolderSource(tmp_path / "later", poll=0.1).changes()
    told = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0.02)
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "2026-03-03.zh.md").write_text(TEXT, encoding="utf-8")
    await asyncio.wait_for(told, 10)
    await changes.aclose()  # type: ignore[attr-defined]  # the same


async def test_a_repository_is_cloned_and_pulled(repository: Path, tmp_path: Path) -> None:
    source = GitSource(str(repository), tmp_path / "checkout")
    assert await texts(source) == {"daily/zh/2026-03-02.md": TEXT}
    git(repository, "rm", "--quiet", "daily/zh/2026-03-02.md")
    (repository / "2026-03-03.zh.md").write_text("# 鹪鹩", encoding="utf-8")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "Second issue")
    assert await texts(source) == {"2026-03-03.zh.md": "# 鹪鹩"}


async def test_a_rewritten_history_is_followed(repository: Path, tmp_path: Path) -> None:
    source = GitSource(repository.as_uri(), tmp_path / "checkout")
    await source.read()
    (repository / "daily" / "zh" / "2026-03-02.md").write_text("# 改写", encoding="utf-8")
    git(repository, "commit", "--quiet", "--amend", "-a", "-m", "First issue, again")
    assert await texts(source) == {"daily/zh/2026-03-02.md": "# 改写"}


async def test_a_checkout_left_by_a_killed_process_is_used_again(repository: Path, tmp_path: Path) -> None:
    source = GitSource(str(repository), tmp_path / "checkout")
    await source.read()
    (tmp_path / "checkout" / ".git" / "index.lock").write_text("")
    (tmp_path / "checkout" / "2026-03-09.zh.md").write_text("# Not of the repository")
    assert await texts(source) == {"daily/zh/2026-03-02.md": TEXT}


async def test_a_repository_that_cannot_be_reached_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DigestError, match=r"git cannot read .*Check the address"):
        await GitSource(str(tmp_path / "nowhere"), tmp_path / "checkout").read()


async def test_a_server_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"git://127.0.0.1:{silent.getsockname()[1]}/issues.git"
        with pytest.raises(DigestError, match="did not answer within"):
            await GitSource(url, tmp_path / "checkout", timeout=0.5).read()


@pytest.mark.parametrize(
    "url",
    [
        "--upload-pack=touch /tmp/owned",
        "-u",
        "ext::sh -c date",
        "http://example.com/issues.git",
        "ftp://example.com/issues.git",
        "ssh://-oProxyCommand=date/issues",
        "issues.git",
        "https://",
        "https://example.com/a b",
        "git@-example.com:issues",
    ],
)
def test_an_address_that_git_could_misread_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(DigestError, match="not the address of a git repository"):
        GitSource(url, tmp_path / "checkout")


def test_credentials_never_appear(tmp_path: Path) -> None:
    source = GitSource("https://desk:secret@example.com/issues.git", tmp_path / "checkout")
    assert source.name == "https://example.com/issues.git"
    with pytest.raises(DigestError) as refused:
        GitSource("ftp://desk:secret@example.com/issues.git", tmp_path / "checkout")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("setting", "is_git"),
    [
        ("https://example.com/issues.git", True),
        ("git@example.com:desk/issues", True),
        ("/srv/issues.git", True),
        ("/srv/issues", False),
        ("issues", False),
    ],
)
def test_a_setting_names_a_folder_or_a_repository(setting: str, is_git: bool) -> None:  # noqa: FBT001  # a table's column
    assert is_git_url(setting) is is_git


async def test_the_bundled_issues_are_two_days_in_two_languages() -> None:
    days = ("2026-01-05", "2026-01-06")
    assert set(await texts(FolderSource(samples.folder()))) == {
        f"daily/{lang}/{day}.md" for lang in ("zh", "en") for day in days
    }


@pytest.mark.parametrize("given", ["zh/2026-03-09.md", "evening/zh/2026-03-09.md"])
def test_a_named_file_is_told_by_the_folders_it_is_named_with(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "archive-of-2026"
    (folder / given).parent.mkdir(parents=True)
    (folder / given).write_text("# D", encoding="utf-8")
    monkeypatch.chdir(folder)
    assert [str(path) for _, path in issue_files([Path(given)])] == [given]
    monkeypatch.chdir((folder / given).parent)
    assert [path.parts[-2:] for _, path in issue_files([Path(Path(given).name)])] == [("zh", "2026-03-09.md")]
