"""The stories of a section, in whatever form they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from core.digest.keys import own_key
from core.digest.markdown import Placed
from core.digest.metrics import read_metrics
from core.digest.model import Story
from core.digest.parse.titles import Lead, ends_in_more, is_attached, leads_on, read_heading, read_lead
from core.digest.sections import fold, split_emoji
from core.document.nodes import Block, Divider, Heading, Inlines, List, Paragraph, Table, Text
from core.document.text import joined, links, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.digest.model import Prominence
    from core.digest.sections import Vocabulary


class Draft(Struct, kw_only=True):
    """A story while its blocks are gathered."""

    marker: str
    title: Inlines
    separator: str
    body: list[Block]
    line: int
    headed: bool = False

    def story(self, prominence: Prominence) -> Story:
        """Return the story, with the key that it has by itself."""
        body = tuple(self.body)
        found = links((*self.title, *body))
        title = plain(self.title)
        return Story(
            key=own_key(found, title, body),
            marker=self.marker,
            title=self.title,
            separator=self.separator,
            body=body,
            links=found,
            metrics=read_metrics("\n".join(filter(None, (title, plain(body))))),
            prominence=prominence,
            line=self.line,
        )


class Gathered(Struct, frozen=True, kw_only=True):
    """What a section holds: blocks before its stories, the stories, blocks after them."""

    intro: tuple[Block, ...]
    stories: tuple[Draft, ...]
    outro: tuple[Block, ...]


def gather(blocks: Sequence[Placed], vocabulary: Vocabulary, labels: frozenset[str]) -> Gathered:
    """Read the blocks of a section. ``labels`` are folded bold beginnings that recur and so name no story."""
    gatherer = _Gatherer(vocabulary, labels, sum(bool(block.level) for block in blocks))
    for block in blocks:
        gatherer.take(block)
    return gatherer.done()


def one_story(title: Inlines, marker: str, blocks: Iterable[Placed], line: int) -> Draft:
    """Return a story that a whole section tells."""
    body: list[Block] = [block.block for block in blocks if not isinstance(block.block, Divider)]
    return Draft(marker=marker, title=title, separator="", body=body, line=line, headed=True)


class _Gatherer(Struct):
    vocabulary: Vocabulary
    labels: frozenset[str]
    headings: int
    intro: list[Placed] = field(default_factory=list)
    stories: list[Draft] = field(default_factory=list)
    waiting: list[Block] = field(default_factory=list)
    opened: Draft | None = None
    in_sources: bool = False

    def take(self, block: Placed) -> None:
        """Place one block."""
        node = block.block
        if isinstance(node, Divider):
            self.opened, self.in_sources = None, False
        elif isinstance(node, Heading):
            self._heading(block, node)
        elif isinstance(node, List):
            self._list(block, node)
        elif isinstance(node, Table) and self.opened is None:
            self._table(block, node)
        elif isinstance(node, Paragraph):
            self._paragraph(block, node)
        else:
            self._attach(block)

    def done(self) -> Gathered:
        """Return what was gathered; prose alone becomes one story, or one for each paragraph with a link of its own."""
        if not self.stories and len(self.intro) > 1 and all(map(_is_brief, self.intro)):
            self.stories = [_from_lead(read_lead(block.lines), block.line) for block in self.intro]
            self.intro = []
        if not self.stories and self.intro and self.intro[0].lines:
            first, *rest = self.intro
            draft = _from_lead(read_lead(first.lines), first.line)
            draft.body.extend(block.block for block in rest)
            self.stories, self.intro = [draft], []
        intro = tuple(block.block for block in self.intro)
        return Gathered(intro=intro, stories=tuple(self.stories), outro=tuple(self.waiting))

    def _attach(self, block: Placed) -> None:
        if self.opened is not None:
            self.opened.body.append(block.block)
        elif self.stories:
            self.waiting.append(block.block)
        else:
            self.intro.append(block)

    def _start(self, draft: Draft) -> None:
        if self.waiting:
            self.stories[-1].body.extend(self.waiting)
            self.waiting.clear()
        self.stories.append(draft)
        self.in_sources = False

    def _heading(self, block: Placed, node: Heading) -> None:
        if (self.stories or self.intro) and self._is_label(block.text):
            self._attach(block)
            return
        marker, title = read_heading(node.children)
        draft = Draft(marker=marker, title=title, separator="", body=[], line=block.line, headed=True)
        self._start(draft)
        self.opened = draft

    def _list(self, block: Placed, node: List) -> None:
        if self.in_sources or not self._lists_stories(block):
            self._attach(block)
            return
        if self.opened is not None and not self.opened.body:
            self._demote(self.opened)
        for index, item in enumerate(block.items):
            if not item:
                continue
            draft = _from_item(item, block.line)
            if node.start is not None:
                draft.marker = f"{node.start + index}. {draft.marker}".strip()
            self._start(draft)
        self.opened = None

    def _demote(self, opened: Draft) -> None:
        """Make a mere heading of a "story" that only names the list of stories below it."""
        self.stories.pop()
        heading = Heading(3, _marked_title(opened))
        if self.stories:
            self.waiting.append(heading)
        else:
            self.intro.append(Placed(block=heading, line=opened.line))

    def _lists_stories(self, block: Placed) -> bool:
        if self.opened is None:
            return True
        if self.opened.headed and self.headings > 1 and self.opened.body:
            return False
        leads = [read_lead(item[0].lines) for item in block.items if item and item[0].lines]
        titled = [lead for lead in leads if lead.form == "bold" and lead.rest and not self._is_point(lead)]
        return 2 * len(titled) > len(leads)

    def _is_point(self, lead: Lead) -> bool:
        return lead.ends_in_colon or self._is_label(plain(lead.title))

    def _table(self, block: Placed, node: Table) -> None:
        header = _row(node.header)
        if header:
            self._attach(Placed(block=Paragraph(header), line=block.line))
        for index, row in enumerate(node.rows):
            cells = [cell for cell in row if plain(cell).strip()]
            if not cells:
                continue
            lead = _title_cell(cells[0])
            rest = _row(cells[1:])
            draft = _from_lead(lead, block.line + 2 + index)
            if rest:
                draft.separator = draft.separator or " | "
                draft.body.append(Paragraph(rest))
            self._start(draft)
        self.opened = None

    def _paragraph(self, block: Placed, node: Paragraph) -> None:
        if leads_on(node.children):
            self._lead_on(block)
        elif self._is_source_label(block.text):
            self.opened, self.in_sources = None, True
            self._attach(block)
        elif self._opens_story(lead := read_lead(block.lines)):
            draft = _from_lead(lead, block.line)
            self._start(draft)
            self.opened = draft
        else:
            self._attach(block)

    def _lead_on(self, block: Placed) -> None:
        if self.opened is None and self.stories and not self.waiting:
            self.stories[-1].body.append(block.block)
        else:
            self._attach(block)

    def _is_source_label(self, text: str) -> bool:
        _, words = split_emoji(text)
        head, colon, _ = words.replace("：", ":").partition(":")
        return (bool(colon) or len(words) == len(head)) and self.vocabulary.means("sources", head)

    def _is_label(self, title: str) -> bool:
        _, words = split_emoji(title)
        return (
            fold(words) in self.labels
            or self.vocabulary.means("labels", words)
            or self.vocabulary.means("sources", words)
        )

    def _opens_story(self, lead: Lead) -> bool:
        if lead.bullet:
            return True
        if is_attached(lead.marker) or (lead.form == "bold" and self._is_label(plain(lead.title))):
            return False
        if self.opened is not None and self.opened.headed:
            return self.headings == 1 and lead.form == "bold" and not lead.ends_in_colon and _stands_out(lead)
        if lead.form == "link":
            return bool(lead.rest) or not self.stories or not self.stories[-1].body
        return lead.form == "bold" or (lead.form == "emoji" and bool(split_emoji(lead.marker)[0]))


def _is_brief(block: Placed) -> bool:
    return isinstance(block.block, Paragraph) and ends_in_more(block.block.children)


def _marked_title(draft: Draft) -> Inlines:
    return joined((Text(f"{draft.marker} "), *draft.title)) if draft.marker else draft.title


def _stands_out(lead: Lead) -> bool:
    return bool(lead.separator.strip()) or lead.below or not lead.rest or bool(split_emoji(lead.marker)[0])


def _from_lead(lead: Lead, line: int) -> Draft:
    body: list[Block] = [Paragraph(lead.rest)] if lead.rest else []
    separator = "" if lead.below and not lead.separator.strip() else lead.separator
    return Draft(marker=lead.marker, title=lead.title, separator=separator, body=body, line=line)


def _from_item(item: Sequence[Placed], line: int) -> Draft:
    first, *rest = item
    if isinstance(first.block, Heading):
        marker, title = read_heading(first.block.children)
        draft = Draft(marker=marker, title=title, separator="", body=[], line=first.line)
    elif first.lines:
        draft = _from_lead(read_lead(first.lines), first.line)
    else:
        draft = Draft(marker="", title=(), separator="", body=[first.block], line=first.line or line)
    draft.body.extend(block.block for block in rest if not isinstance(block.block, Divider))
    return draft


def _title_cell(cell: Inlines) -> Lead:
    lead = read_heading(cell)
    return Lead(marker=lead[0], title=lead[1], separator="", rest=(), form="bold")


def _row(cells: Iterable[Inlines]) -> Inlines:
    whole: list[Inlines] = [cell for cell in cells if plain(cell).strip()]
    return joined(inline for index, cell in enumerate(whole) for inline in ((Text(" · "),) * bool(index) + cell))
