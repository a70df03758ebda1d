"""Putting an issue together."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from core.digest.front_matter import open_source, tidy
from core.digest.keys import keyed
from core.digest.markdown import placed
from core.digest.model import Issue, Part, Problem, Section, TopBlock
from core.digest.parse.about import about
from core.digest.parse.outline import outline, roles
from core.digest.parse.parts import lesson, pick
from core.digest.parse.stories import gather, one_story
from core.digest.parse.titles import has_label, read_heading, read_lead
from core.digest.sections import UNHEADED, Vocabulary, fold, numbered
from core.document.build import clean
from core.document.nodes import Divider, Paragraph
from core.document.text import plain
from core.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from core.digest.front_matter import Opened
    from core.digest.markdown import Placed
    from core.digest.model import Prominence, Story
    from core.digest.parse.about import About
    from core.digest.parse.outline import Chunk, Outline
    from core.digest.parse.stories import Draft
    from core.document.nodes import Block

QUICK = "quick"
HOT = "🔥"
REVISION_LENGTH = 16
_COLON = re.compile("[:：]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """An issue as read, what only the reading could notice, and the front matter's values.

    The problems' messages are English message ids: translate them with ``core.i18n``.
    """

    issue: Issue
    problems: tuple[Problem, ...]
    front_matter: Mapping[str, str]


def parse(
    source: str,
    *,
    path: str | PurePath | None = None,
    today: date | None = None,
    vocabulary: Vocabulary | None = None,
) -> Parsed:
    """Read any Markdown text as an issue. Never raises, loses no word, takes time in proportion to the length.

    ``path`` (relative to the folder of issues, or just the file's name) may name edition, language and date.
    ``today`` is the date of an issue that names none (else 1970-01-01). ``vocabulary`` is the bundled one by default.
    """
    vocabulary = vocabulary or Vocabulary.bundled()
    text = tidy(source)
    opened = open_source(text)
    blocks = placed(opened.body)
    divided = outline(blocks, vocabulary)
    top = _text((*divided.chatter, *divided.top), plain(divided.headline))
    named = about(
        opened.values,
        PurePath(path) if path is not None else None,
        top,
        lambda: "\n".join([block.text for block in blocks]),
        today,
    )
    issue = Issue(
        ref=named.ref,
        revision=hashlib.sha256(text.encode()).hexdigest()[:REVISION_LENGTH],
        title=_title(opened.values, divided, named),
        headline=divided.headline,
        chatter=tuple(_nodes(divided.chatter)),
        top=tuple(TopBlock(role=role, block=block) for role, block in roles(divided.top, vocabulary)),
        parts=tuple(_parts(divided.chunks, blocks, named.ref.lang, vocabulary)),
        draft=named.draft,
    )
    problems = tuple(_problems(opened, issue, named))
    return Parsed(issue=keyed(issue), problems=problems, front_matter=opened.values)


def _nodes(blocks: Iterable[Placed]) -> Iterator[Block]:
    return (block.block for block in blocks if not isinstance(block.block, Divider))


def _text(blocks: Iterable[Placed], headline: str) -> str:
    return "\n".join((*(block.text for block in blocks), headline))


def _title(front_matter: Mapping[str, str], divided: Outline, named: About) -> str:
    written = " ".join(clean(front_matter.get("title", "")).split())
    return plain(divided.headline).strip() or written or f"{named.ref.edition} {named.ref.date.isoformat()}"


def _parts(chunks: Sequence[Chunk], blocks: Sequence[Placed], lang: str, vocabulary: Vocabulary) -> Iterator[Part]:
    labels = _recurring(blocks)
    kinds: Counter[str] = Counter()
    for group in _grouped(chunks):
        head = group[0].head
        if head.form == "lesson":
            yield lesson(group[0], vocabulary)
        elif head.form == "pick":
            yield pick(group[0], vocabulary)
        else:
            section = _section(group, lang, vocabulary, labels)
            yield _unlike(section, kinds)


def _unlike(section: Section, kinds: Counter[str]) -> Section:
    """Return the section with a kind that no earlier one of the issue has."""
    kind = section.kind
    kinds[section.kind] += 1
    if kinds[kind] == 1:
        return section
    while kinds[section.kind] > 1 and kinds[kind := numbered(section.kind, kinds[section.kind])]:
        kinds[section.kind] += 1
    kinds[kind] += kind != section.kind
    return replace(section, kind=kind)


def _grouped(chunks: Sequence[Chunk]) -> Iterator[list[Chunk]]:
    """Put the long stories that follow each other as numbered headings together."""
    group: list[Chunk] = []
    for chunk in chunks:
        if group and not (chunk.head.form == group[-1].head.form == "numbered"):
            yield group
            group = []
        group.append(chunk)
    if group:
        yield group


def _section(group: Sequence[Chunk], lang: str, vocabulary: Vocabulary, labels: frozenset[str]) -> Section:
    head = group[0].head
    if head.form == "numbered":
        stories = tuple(_numbered(chunk).story("hero") for chunk in group)
        return Section(kind=UNHEADED, emoji="", heading=(), stories=stories, line=head.line)
    gathered = gather(group[0].blocks, vocabulary, labels)
    kind = QUICK if head.form == "rest" else UNHEADED
    if head.form == "section":
        kind = vocabulary.classify(plain(read_heading(head.heading)[1]), head.emoji, lang)
    return Section(
        kind=kind,
        emoji=head.emoji,
        heading=head.heading,
        stories=tuple(_ranked(gathered.stories, kind)),
        intro=gathered.intro,
        outro=gathered.outro,
        line=head.line,
    )


def _numbered(chunk: Chunk) -> Draft:
    marker, title = read_heading(chunk.head.heading)
    return one_story(title, f"{chunk.head.emoji} {marker}".strip(), chunk.blocks, chunk.head.line)


def _ranked(drafts: Iterable[Draft], kind: str) -> Iterator[Story]:
    hot = False
    for draft in drafts:
        prominence: Prominence = "normal"
        if draft.headed or (not hot and draft.marker.startswith(HOT)):
            prominence = "hero"
        elif kind == QUICK or not draft.body:
            prominence = "quick"
        hot = hot or draft.marker.startswith(HOT)
        yield draft.story(prominence)


def _recurring(blocks: Iterable[Placed]) -> frozenset[str]:
    """Return the bold beginnings with a colon that occur more than once, folded: they are labels, not titles."""
    leads = [
        read_lead(block.lines)
        for block in blocks
        if isinstance(block.block, Paragraph) and _COLON.search(block.text) and has_label(block.block.children)
    ]
    said = [fold(plain(lead.title)) for lead in leads if lead.form == "bold" and lead.ends_in_colon]
    return frozenset(words for words, count in Counter(said).items() if count > 1) if len(said) > 1 else frozenset()


def _problems(opened: Opened, issue: Issue, named: About) -> Iterator[Problem]:
    first = max(1, opened.line)
    if opened.error:
        message = mark("The front matter cannot be read. Write it as YAML, one `name: value` on each line.")
        yield Problem(line=opened.error_line, level="error", code="bad-front-matter", message=message)
    if not named.dated:
        message = mark(
            "No date, or none that is in the calendar. Put it into the file's name (2026-02-19.md), the front matter "
            "or the first lines."
        )
        yield Problem(line=first, level="error", code="no-date", message=message)
    if not issue.headline and not opened.values.get("title"):
        message = mark("No title. Begin the issue with a line such as `# Headline`.")
        yield Problem(line=first, level="warning", code="no-title", message=message)
