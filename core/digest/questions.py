"""Questions that an issue answers, to be asked with a button. Pure: what a story says decides what is asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from core.document.text import plain
from core.i18n import mark, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.digest.model import Issue, Section, Story

COUNT = 3
LONGEST = 64
"""Characters of a question that a button can show."""

_FACETS: tuple[tuple[regex.Pattern[str], str], ...] = (
    (regex.compile(r"售价|[\d万亿]\s?(?:美元|元)\b|[$¥€]\s?\d|\d\s?dollars", regex.I), mark("How much is {name}?")),
    (regex.compile(r"许可|Apache|\bMIT\b|\blicen[cs]e", regex.I), mark("Which license does {name} have?")),
    (regex.compile(r"\d\s?[万kK]?\s?(?:次)?下载|downloads", regex.I), mark("How many downloads does {name} have?")),
)
_NAME = regex.compile(r"\p{Lu}[\w.+-]*(?:[ -]?(?:\p{Lu}|\d)[\w.+-]*){0,3}", regex.ASCII)
_VERSION = regex.compile(r"\d|\w[ -][A-Z]")
"""A name of one word is also that of other things."""
_ASIDE = regex.compile(r"\s*[（(][^（）()]*[）)]")
_CLAUSE = regex.compile(r"[：，；]|[:,;](?=\s)|\s[–—-]\s|——")
_TELLING = 6
"""Characters of the first clause of a title that stands for it."""


def suggested(issue: Issue, sections: Sequence[Section]) -> tuple[str, ...]:
    """Return up to three questions: about the lesson, then about the first story of each of the sections."""
    asked: list[str] = []
    if issue.lesson and len(issue.lesson.term) <= LONGEST // 2:
        asked.append(what_is(issue.lesson.term, issue.ref.lang))
    for story in _in_turn(sections):
        title = plain(story.title)
        questions = about(title, plain(story.body), issue.ref.lang)
        asked += [question for question in questions[:1] if question not in asked]
    return tuple(asked[:COUNT])


def what_is(term: str, lang: str) -> str:
    """Return the question that a lesson answers."""
    return texts(lang)("What does “{term}” mean?", term=term.strip())


def about(title: str, text: str, lang: str) -> list[str]:
    """Return what can be asked of a story, facts before the general; nothing if its title is too long for a button."""
    _ = texts(lang)
    short = _headline(title)
    name = name_of(short)
    tells = bool(_VERSION.search(name))
    facts = [_(question, name=name) for pattern, question in _FACETS if tells and pattern.search(f"{title} {text}")]
    return [question for question in (*facts, _("{title}: what is new?", title=short)) if len(question) <= LONGEST]


def _headline(title: str) -> str:
    """Return the title without asides, and no more than its first clause if that says what it is about."""
    whole = " ".join(_ASIDE.sub("", title).split())
    first = _CLAUSE.split(whole, maxsplit=1)[0].strip()
    telling = len(first) >= _TELLING and (not _NAME.fullmatch(first) or _VERSION.search(first))
    return first if telling else whole


def name_of(title: str) -> str:
    """Return the name in Latin letters that a title begins with, "" if it begins with none."""
    found = _NAME.match(title)
    return found.group().strip() if found else ""


def is_name(title: str) -> bool:
    """Tell whether a title is a name in Latin letters alone, which reads the same in a question of any language."""
    return bool(_NAME.fullmatch(" ".join(_ASIDE.sub("", title).split())))


def _in_turn(sections: Sequence[Section]) -> Iterator[Story]:
    """Yield the first story of each section, then the second of each."""
    for place in range(max((len(section.stories) for section in sections), default=0)):
        yield from (section.stories[place] for section in sections if len(section.stories) > place)
