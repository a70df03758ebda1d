"""Which issue a text is: date, language and edition, from front matter, path and text, in this order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING

from core.digest.dates import FoundDate, find_date
from core.digest.language import language_of
from core.digest.model import IssueRef
from core.digest.sections import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

UNDATED = date(1970, 1, 1)
EDITION_BYTES = 16

_LANGUAGE = re.compile(r"(?:zh|en|ja|ko|fr|de|es|pt|ru|it|nl|pl|tr|vi|ar|hi|id|th|uk)(?:[-_][a-z0-9]+)*", re.IGNORECASE)
_NAMED_LANGUAGES = {"cn": "zh", "chinese": "zh", "中文": "zh", "简体中文": "zh", "english": "en", "英文": "en"}
_FOLDERS = frozenset(
    {"archive", "content", "data", "digests", "docs", "issues", "news", "out", "posts", "samples", "seed"}
)
_EDITION = re.compile(r"[a-z0-9-]{1,16}")
_YES = frozenset({"true", "yes", "on"})
_NOWHERE = PurePath()


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an issue is called. ``dated`` tells whether a date was found; ``draft`` comes from the file's name."""

    ref: IssueRef
    dated: bool
    draft: bool


def about(
    front_matter: Mapping[str, str], path: PurePath | None, top: str, text: Callable[[], str], today: date | None
) -> About:
    """Return what the issue is called.

    ``top`` is the text that may hold the date, ``text`` reads all of it, for the language. ``today`` stands in for a
    date that is named nowhere (1970-01-01 without it).
    """
    path = path or _NOWHERE
    found = _date(front_matter, path, top)
    edition = _edition(front_matter, path) or ("weekly" if found and found.week else "daily")
    lang = _lang(front_matter, path) or language_of(text())
    day = found.day if found else today or UNDATED
    draft = "draft" in path.stem.lower() or front_matter.get("draft", "").lower() in _YES
    return About(ref=IssueRef(edition=edition, date=day, lang=lang), dated=found is not None, draft=draft)


def _date(front_matter: Mapping[str, str], path: PurePath, top: str) -> FoundDate | None:
    named = (find_date(front_matter[name]) for name in ("date", "published", "week") if name in front_matter)
    return next((found for found in named if found), None) or find_date(path.name) or find_date(top)


def _lang(front_matter: Mapping[str, str], path: PurePath) -> str | None:
    named = next((front_matter[name] for name in ("lang", "language", "locale") if name in front_matter), None)
    if named and (lang := _language(named)):
        return lang
    return next((lang for word in _path_words(path) if (lang := _language(word))), None)


def _path_words(path: PurePath) -> Iterator[str]:
    yield from reversed(path.name.split(".")[1:-1])
    yield from reversed(re.split(r"[-_]", path.stem)) if not path.stem.isalpha() else (path.stem,)
    yield _folder(path, 1)


def _language(word: str) -> str | None:
    word = word.strip().lower()
    if word in _NAMED_LANGUAGES:
        return _NAMED_LANGUAGES[word]
    return re.split(r"[-_]", word)[0] if _LANGUAGE.fullmatch(word) else None


def _edition(front_matter: Mapping[str, str], path: PurePath) -> str | None:
    if named := front_matter.get("edition"):
        return slug(named, EDITION_BYTES).encode("ascii", "ignore").decode().strip("-") or None
    folder = _folder(path, 2)
    if _language(_folder(path, 1)) and _EDITION.fullmatch(folder) and folder not in _FOLDERS:
        return folder
    return None


def _folder(path: PurePath, above: int) -> str:
    """Return the name of the folder so many levels above the file, "" if there is none."""
    return path.parts[-1 - above] if len(path.parts) > above else ""
