"""From an issue to documents: the card, the whole issue, and its parts.

Every document that shows a part of an issue carries the buttons that lead on from it; the command lines that they
run are ``issue REF``, ``full REF``, ``section KIND REF``, ``story KEY REF``, ``lesson REF`` and ``pick REF``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from babel.dates import format_date
from msgspec.structs import replace

from core.digest.model import Section, Story
from core.digest.questions import suggested
from core.document.nodes import (
    Action,
    Actions,
    Block,
    Blocks,
    Document,
    Heading,
    Inlines,
    Item,
    Link,
    List,
    ListItem,
    Paragraph,
    Strong,
    Text,
)
from core.document.text import plain, truncate
from core.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from core.digest.model import Issue, IssueRef, Lesson, Part, Pick
    from core.digest.sections import Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Teasers:
    """How much of a text a card shows, in UTF-16 code units; a Chinese character says more than a letter."""

    lead: int
    pick: int
    story: int


BEST_OF_SECTION = 2
CARD_SECTIONS = 8
BUTTONS_IN_ROW = 3
MISSED_TOLD = 5
TOP_STORIES = 3
TEASERS = {"zh": Teasers(lead=170, pick=90, story=56), "en": Teasers(lead=340, pick=180, story=110)}
CHARACTERS_A_MINUTE = {"zh": 400, "en": 1100}


@dataclass(frozen=True, slots=True, kw_only=True)
class Presenter:
    """Makes documents of issues.

    ``vocabulary`` names the sections on buttons. Documents are in the issue's own language, frame texts included.
    """

    vocabulary: Vocabulary

    def card(self, issue: Issue, *, without: frozenset[str] = frozenset(), twin: IssueRef | None = None) -> Document:
        """Return the issue on one page: lead, pick, the best of each section, and buttons to all of it.

        ``without`` are section kinds to leave out; ``twin`` is the same day's issue in another language.
        """
        sections = [section for section in issue.sections if section.kind not in without]
        room = TEASERS.get(issue.ref.lang, TEASERS["en"])
        blocks: list[Block] = [Heading(1, _headline(issue)), Paragraph((Text(_dateline(issue)),))]
        if issue.lead:
            blocks.append(Paragraph(truncate(_first_line(issue.lead), room.lead)))
        if issue.pick:
            blocks.append(_pick_teaser(issue.pick, room.pick))
        for section in sections[:CARD_SECTIONS]:
            blocks.append(Heading(2, _with_mark(section.emoji, section.heading or self._name(issue, section))))
            blocks.append(List(tuple(ListItem((_teaser(story, room.story),)) for story in best(section))))
        blocks.append(self._contents(issue, sections, twin))
        return _document(issue, tuple(blocks))

    def full(self, issue: Issue, *, without: frozenset[str] = frozenset(), twin: IssueRef | None = None) -> Document:
        """Return everything in the issue, in its order."""
        blocks: list[Block] = [*issue.chatter, Heading(1, _headline(issue)), *(top.block for top in issue.top)]
        for part in issue.parts:
            if not (isinstance(part, Section) and part.kind in without):
                blocks.extend(_part(part))
        _ = texts(issue.ref.lang)
        row = [Action(_("Short version"), "issue", str(issue.ref))]
        blocks.append(Actions((tuple(row + _twin_button(twin)),)))
        return _document(issue, tuple(blocks))

    def catch_up(self, issue: Issue, missed: Sequence[Issue]) -> Document:
        """Return one page for somebody who was not reached for some days: what was missed, then ``issue`` as a card.

        The newest that was missed is told of; ``/catchup`` opens the rest.
        """
        if not missed:
            return self.card(issue)
        _ = texts(issue.ref.lang)
        told = missed[-MISSED_TOLD:]
        buttons = [Action(short_date(other.ref.date, other.ref.lang), "issue", str(other.ref)) for other in told]
        everything = Action(_("Everything I missed"), "catchup", str(missed[0].ref), style="primary")
        card = self.card(issue)
        *shown, contents = card.blocks
        rows = contents.rows if isinstance(contents, Actions) else ()
        heading = Heading(1, (Text(_("What you missed")),))
        lines = List(tuple(ListItem(tuple(brief(other))) for other in told))
        return replace(card, blocks=(heading, lines, *shown, Actions(((everything,), *_rows(buttons), *rows))))

    def section(self, issue: Issue, section: Section) -> Document:
        """Return one section, with buttons to its neighbours."""
        around = [self._section_button(issue, other) for other in _neighbours(issue.sections, section)]
        buttons = Actions(tuple(_rows([*around, _back(issue)])))
        named = replace(section, heading=section.heading or self._name(issue, section))
        return _document(issue, (*_part(named), _when(issue), buttons))

    def story(self, issue: Issue, section: Section, story: Story) -> Document:
        """Return one story with the date and the section it stood in."""
        heading = section.heading or self._name(issue, section)
        origin = Paragraph((Text(f"{_long_date(issue.ref)} · {_mark(section.emoji)}{plain(heading)}"),))
        buttons = (self._section_button(issue, section), _back(issue))
        return _document(issue, (*_story(story), origin, Actions((buttons,))), preview=story.links)

    def lesson(self, issue: Issue, lesson: Lesson) -> Document:
        """Return the lesson."""
        return _document(issue, (*_part(lesson), _when(issue), Actions(((_back(issue),),))))

    def pick(self, issue: Issue, pick: Pick) -> Document:
        """Return the pick of the day."""
        return _document(issue, (*_part(pick), _when(issue), Actions(((_back(issue),),))), preview=pick.links)

    def _contents(self, issue: Issue, sections: list[Section], twin: IssueRef | None) -> Actions:
        _ = texts(issue.ref.lang)
        ref = str(issue.ref)
        rest = []
        if issue.lesson:
            rest.append(Action(f"{_mark(issue.lesson.emoji)}{_('Lesson')}", "lesson", ref))
        if issue.pick:
            rest.append(Action(f"{_mark(issue.pick.emoji)}{_('Pick')}", "pick", ref))
        rest.append(Action(_("Whole issue"), "full", ref, style="primary"))
        buttons = [self._section_button(issue, section) for section in sections]
        asking = (Action(question, "ask", question, beside=True) for question in suggested(issue, sections))
        return Actions((*_rows(buttons), *_rows([*rest, *_twin_button(twin)]), *((action,) for action in asking)))

    def _name(self, issue: Issue, section: Section) -> Inlines:
        return (Text(self.vocabulary.name(section.kind, issue.ref.lang)),)

    def _section_button(self, issue: Issue, section: Section) -> Action:
        name = self.vocabulary.name(section.kind, issue.ref.lang) or plain(section.heading)
        count = f" {len(section.stories)}" if section.stories else ""
        return Action(f"{_mark(section.emoji)}{name}{count}", "section", f"{section.kind} {issue.ref}")


def best(section: Section, count: int = BEST_OF_SECTION) -> tuple[Story, ...]:
    """Return the ``count`` stories to show for the section, in its order.

    The editor's first story is always among them; the others are heroes, then those with the highest numbers.
    """
    rest = sorted(section.stories[1:], key=_weight, reverse=True)[: count - 1]
    return tuple(story for story in section.stories if story is section.stories[0] or story in rest)


def _weight(story: Story) -> tuple[int, int]:
    prominence = ("quick", "normal", "hero").index(story.prominence)
    numbers = (story.metrics.likes, story.metrics.downloads, story.metrics.reposts)
    return prominence, max(number or 0 for number in numbers)


def _document(issue: Issue, blocks: Blocks, *, preview: tuple[Link, ...] = ()) -> Document:
    return Document(blocks=blocks, title=issue.title, lang=issue.ref.lang, preview=preview[0].url if preview else None)


def _part(part: Part) -> Iterator[Block]:
    if part.heading or part.emoji:
        yield Heading(2, _with_mark(part.emoji, part.heading))
    if not isinstance(part, Section):
        yield Item(part.body)
        return
    yield from part.intro
    for story in part.stories:
        yield Item(tuple(_story(story)))
    yield from part.outro


def _story(story: Story) -> Iterator[Block]:
    title = _with_mark(story.marker, story.title)
    if story.prominence == "hero":
        yield Heading(3, (*title, *_text(story.separator.rstrip())))
        yield from story.body
        return
    head = title if _reads_as_text(story) else (*_with_mark(story.marker, (Strong(story.title),)),)
    first = story.body[0] if story.body else None
    if story.separator and isinstance(first, Paragraph):
        yield Paragraph((*head, Text(story.separator), *first.children))
        yield from story.body[1:]
        return
    yield Paragraph((*head, *_text(story.separator.rstrip())))
    yield from story.body


def _reads_as_text(story: Story) -> bool:
    return not story.body and story.prominence == "quick"


def _teaser(story: Story, room: int) -> Paragraph:
    said = truncate(_first_line(story.body), room) if story.body else ()
    dash = (Text(" — "),) if said else ()
    return Paragraph((Strong(truncate(story.title, room)), *dash, *said))


def _pick_teaser(pick: Pick, room: int) -> Paragraph:
    said = truncate(_first_line(pick.body), room)
    dash = (Text(" — "),) if said else ()
    return Paragraph((*_text(_mark(pick.emoji)), Strong((Text(pick.title),)), *dash, *said))


def brief(issue: Issue) -> Iterator[Block]:
    """Give an issue in a few lines: its date and headline, its top stories, its pick."""
    yield Paragraph((Strong((Text(short_date(issue.ref.date, issue.ref.lang)),)), Text(f" — {issue.title}")))
    room = TEASERS.get(issue.ref.lang, TEASERS["en"]).story
    if stories := top_stories(issue):
        yield List(tuple(ListItem((Paragraph(truncate(story.title, room)),)) for story in stories))
    if issue.pick:
        yield Paragraph((Text(f"{_mark(issue.pick.emoji)}{issue.pick.title}"),))


def top_stories(issue: Issue, count: int = TOP_STORIES) -> tuple[Story, ...]:
    """Return the ``count`` stories to show for the whole issue, in its order, the first one always among them."""
    stories = [story for section in issue.sections for story in section.stories]
    chosen = stories[:1] + sorted(stories[1:], key=_weight, reverse=True)[: count - 1]
    return tuple(story for story in stories if story in chosen)


def _first_line(blocks: Blocks) -> Inlines:
    return next((block.children for block in blocks if isinstance(block, Paragraph)), ())


def _headline(issue: Issue) -> Inlines:
    return issue.headline or (Text(issue.title),)


def _dateline(issue: Issue) -> str:
    _ = texts(issue.ref.lang)
    stories = sum(len(section.stories) for section in issue.sections)
    length = sum(len(plain(block)) for part in issue.parts for block in _part(part))
    minutes = max(1, round(length / CHARACTERS_A_MINUTE.get(issue.ref.lang, CHARACTERS_A_MINUTE["en"])))
    count = _.plural("{count} story", "{count} stories", stories)
    return f"{_long_date(issue.ref)} · {count} · {_('{minutes} min read', minutes=minutes)}"


def _long_date(ref: IssueRef) -> str:
    return long_date(ref.date, ref.lang)


def long_date(day: date, lang: str) -> str:
    """Return the date as a reader of ``lang`` writes it: "February 19, 2026", "2026 年 2 月 19 日"."""
    if lang == "zh":
        return f"{day.year} 年 {day.month} 月 {day.day} 日"
    return format_date(day, format="long", locale="en")


def short_date(day: date, lang: str) -> str:
    """Return month and day as a reader of ``lang`` writes them: "Feb 19", "2 月 19 日"."""
    return f"{day.month} 月 {day.day} 日" if lang == "zh" else format_date(day, format="MMM d", locale="en")


def _neighbours(sections: tuple[Section, ...], section: Section) -> Iterator[Section]:
    at = next(index for index, other in enumerate(sections) if other.kind == section.kind)
    yield from islice(sections, max(0, at - 1), at)
    yield from islice(sections, at + 1, at + 2)


def _when(issue: Issue) -> Paragraph:
    return Paragraph((Text(_long_date(issue.ref)),))


def _back(issue: Issue) -> Action:
    return Action(texts(issue.ref.lang)("Back to the issue"), "issue", str(issue.ref))


def _twin_button(twin: IssueRef | None) -> list[Action]:
    if twin is None:
        return []
    return [Action({"zh": "中文", "en": "English"}.get(twin.lang, twin.lang), "issue", str(twin))]


def _rows(buttons: list[Action]) -> Iterator[tuple[Action, ...]]:
    for start in range(0, len(buttons), BUTTONS_IN_ROW):
        yield tuple(buttons[start : start + BUTTONS_IN_ROW])


def _mark(mark: str) -> str:
    return f"{mark} " if mark else ""


def _with_mark(mark: str, inlines: Inlines) -> Inlines:
    return (*_text(_mark(mark)), *inlines)


def _text(value: str) -> Inlines:
    return (Text(value),) if value else ()
