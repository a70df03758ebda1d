"""Files that may be issues, and their text, whatever encoding an editor's program chose."""

from __future__ import annotations

import codecs
import re
import time
from typing import TYPE_CHECKING

from core.errors import DigestError
from core.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path, PurePath

ENDINGS = frozenset({".md", ".markdown"})
NOT_ISSUES = frozenset({"readme", "changelog", "contributing", "license", "code_of_conduct", "security"})
LARGEST = 8_000_000
TRIES = 3
TRY_AGAIN_SECONDS = 0.05
EMPTY = mark("This file is empty. Write the issue, or remove the file.")
TOO_LARGE = mark("This file is larger than 8 MB, which no issue is. Take out what does not belong to it.")
UNREADABLE = mark("This file cannot be read: it is not text in UTF-8. Save it as UTF-8.")

_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")
_CHINESE = re.compile("[\u4e00-\u9fff\u3001\u3002\uff01-\uff5e]{2}")


def is_issue_file(path: PurePath) -> bool:
    """Tell whether a path (relative to the folder of issues) may be an issue: Markdown, not hidden, no README."""
    hidden = any(part.startswith(".") for part in path.parts)
    return path.suffix.lower() in ENDINGS and path.stem.lower() not in NOT_ISSUES and not hidden


def issue_files(paths: Iterable[Path]) -> Iterator[tuple[Path, PurePath]]:
    """Yield the issues at the paths, each with the path that may name edition, language and date.

    A folder gives the issue files below it, by name, with their paths relative to it, and no links that lead out of
    it: whoever may add an issue must not be able to publish other files of the machine. A file that is named gives
    itself, whatever its name, with its path as it was given (a name alone with the folders around it). Raises
    DigestError for a path where nothing is.
    """
    for path in paths:
        if path.is_dir():
            home = path.resolve()
            found = ((file, file.relative_to(path)) for file in sorted(path.rglob("*")))
            yield from (
                (file, relative)
                for file, relative in found
                if is_issue_file(relative) and file.is_file() and file.resolve().is_relative_to(home)
            )
        elif path.is_file():
            yield path, path if len(path.parts) > 1 else path.absolute()
        else:
            raise DigestError(f"{path} does not exist. Give the path of an issue or of a folder with issues.")


def read_text(file: Path) -> str:
    """Return the text of a file in UTF-8, UTF-16 with a byte order mark, or GB18030, with its own line ends.

    A file that changes while it is read is read again, and so is an empty one. Raises DigestError if it stays
    empty or has nothing but white space, is larger than 8 MB, is no text, or cannot be opened.
    """
    try:
        content = _settled(file)
    except OSError as error:
        raise DigestError(f"{file} cannot be opened: {error.strerror or error}") from error
    if not content:
        raise DigestError(EMPTY)
    if len(content) > LARGEST:
        raise DigestError(TOO_LARGE)
    text = decode(content)
    if text is None:
        raise DigestError(UNREADABLE)
    if not text.strip("\ufeff \t\r\n\u3000"):
        raise DigestError(EMPTY)
    return text


def decode(content: bytes) -> str | None:
    """Return the text of the bytes, None if they are in no encoding that Chinese and English issues come in."""
    if content.startswith(_WIDE_MARKS):
        wide = _decoded(content, "utf-16")
        return wide if wide and not _CONTROLS.search(wide) else None
    if (text := _decoded(content, "utf-8")) is not None:
        return text
    text = _decoded(content, "gb18030")
    return text if text and _is_plausible(text) else None


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_plausible(text: str) -> bool:
    return not _CONTROLS.search(text) and (text.isascii() or bool(_CHINESE.search(text)))


def _settled(file: Path) -> bytes:
    content = b""
    for attempt in range(TRIES):
        before = file.stat()
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
        after = file.stat()
        if content and (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            break
        if attempt + 1 < TRIES:
            time.sleep(TRY_AGAIN_SECONDS)
    return content
