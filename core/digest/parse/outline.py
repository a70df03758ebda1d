"""Where an issue's parts begin: headline, sections, lesson and pick, in whatever form they are marked."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from core.digest.dates import find_date
from core.digest.inlines import Line, join_lines, line
from core.digest.markdown import Placed
from core.digest.parse.titles import has_bold, only_links, opens_with_bullet, read_heading, read_lead, unbold
from core.digest.sections import fold, opens_with_letter, split_emoji
from core.document.nodes import Divider, Heading, Inlines, List, Paragraph, Strong, Table
from core.document.text import cut, plain, stripped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from core.digest.model import TopRole
    from core.digest.sections import Vocabulary
    from core.document.nodes import Block

HeadForm: TypeAlias = Literal["section", "lesson", "pick", "numbered", "none", "rest"]

LONGEST_SPOKEN_HEAD = 40
LONGEST_UNDERLINED_HEAD = 80
LEAST_NUMBERED = 2
STORY_LEVEL = 3
_AFTER_NAME = re.compile(r"\s*[:：—–]?\s*")
_AROUND_NAME = " :：—–"
_SENTENCE_ENDS = frozenset("。.！!？?；;，,：:…")
_ASKS_OR_ENDS = re.compile("[。！？!?]")
_ENDS_INSIDE = re.compile("[。！!；;]")


class Head(Struct, frozen=True):
    """What opens a part: its form, emoji, heading without emoji, and source line."""

    form: HeadForm
    emoji: str
    heading: Inlines
    line: int


class Chunk(Struct, frozen=True):
    """A head and the blocks below it."""

    head: Head
    blocks: tuple[Placed, ...]


class Outline(Struct, frozen=True):
    """An issue divided into what stands before the headline, the headline, the top, and the parts."""

    chatter: tuple[Placed, ...]
    headline: Inlines
    top: tuple[Placed, ...]
    chunks: tuple[Chunk, ...]


def outline(blocks: Iterable[Placed], vocabulary: Vocabulary) -> Outline:
    """Divide the blocks of an issue."""
    placed = tuple(piece for block in blocks for piece in _pieces(_settled(block), vocabulary))
    at = _headline(placed, vocabulary)
    heads = _Heads(placed, at, vocabulary)
    found = {index: head for index in range(len(placed)) if index != at and (head := heads.head(index))}
    starts = [*found, len(placed)]
    first = starts[0]
    if not any(head.form in {"section", "numbered"} for head in found.values()):
        first = _first_story(placed[:first], at, vocabulary)
    chatter, headline, top = _top(placed[:first], at if at is not None and at < first else None)
    chunks = [Chunk(head=found[one], blocks=placed[one + 1 : end]) for one, end in pairwise(starts)]
    unheaded = placed[first : starts[0]]
    if unheaded:
        head = Head(form="none", emoji="", heading=(), line=unheaded[0].line)
        chunks = [Chunk(head=head, blocks=unheaded), *chunks]
    return Outline(chatter=chatter, headline=headline, top=top, chunks=tuple(_tails(chunks, vocabulary)))


def _settled(block: Placed) -> Placed:
    """Read a "heading" that is only a paragraph with a divider right below as the paragraph that it is."""
    if not block.underlined:
        return block
    text = block.text
    whole_bold = isinstance(block.block, Heading) and all(isinstance(child, Strong) for child in block.block.children)
    short = len(block.lines) == 1 and len(text) <= LONGEST_UNDERLINED_HEAD and text[-1:] not in _SENTENCE_ENDS
    if short and not whole_bold and not find_date(text):
        return block
    return Placed(block=Paragraph(join_lines(block.lines)), line=block.line, lines=block.lines)


def _pieces(block: Placed, vocabulary: Vocabulary) -> Iterator[Placed]:
    """Divide a paragraph at lines that begin something of their own, and behind a name of the lesson or the pick."""
    if not isinstance(block.block, Paragraph):
        yield block
        return
    if len(block.lines) < LEAST_NUMBERED:
        yield from _named(block, vocabulary)
        return
    run: list[Line] = []
    for one in block.lines:
        if run and (_begins(one, vocabulary) or (len(run) == 1 and _is_own_line(run[0], vocabulary))):
            yield from _named(_paragraph(run), vocabulary)
            run = []
        elif run and _is_bold(one.children) and _is_titled(run[0]):
            yield _paragraph(run)
            run = []
        run.append(one)
    yield from _named(_paragraph(run), vocabulary)


def _named(block: Placed, vocabulary: Vocabulary) -> Iterator[Placed]:
    """Divide a paragraph such as "🎯 **Pick of the day:** Bun 1.9 is fast" behind the name and its colon."""
    first, *others = block.lines
    if opens_with_letter(first.text) or not has_bold(first.children):
        yield block
        return
    emoji, heading, _ = _divided(first.children, first.text)
    if not emoji or not heading or not isinstance(heading[0], Strong) or not vocabulary.names_part(plain(heading[0])):
        yield block
        return
    name = first.text.index(plain(heading[0])) + len(plain(heading[0]))
    gap = _AFTER_NAME.match(first.text, name)
    before, rest = cut(first.children, gap.end() if gap else name)
    if not gap or not rest:
        yield block
        return
    yield _paragraph([line(before, first.number)])
    yield _paragraph([line(rest, first.number, hard=first.hard), *others])


def _is_titled(line: Line) -> bool:
    lead = read_lead((line,))
    return lead.form == "bold" and bool(lead.separator.strip() or not lead.rest)


def _is_bold(inlines: Inlines) -> bool:
    return bool(inlines) and all(isinstance(inline, Strong) for inline in inlines)


def _paragraph(lines: Sequence[Line]) -> Placed:
    last = replace(lines[-1], hard=False)
    whole = (*lines[:-1], last)
    return Placed(block=Paragraph(join_lines(whole)), line=lines[0].number, lines=whole)


def _begins(one: Line, vocabulary: Vocabulary) -> bool:
    lead = read_lead((one,))
    if lead.bullet or _is_own_line(one, vocabulary) or _is_preview(one.text, vocabulary):
        return True
    return lead.form == "bold" and (bool(lead.separator.strip()) or bool(split_emoji(lead.marker)[0]))


def _is_own_line(one: Line, vocabulary: Vocabulary) -> bool:
    return is_dateline(one.text) or _spoken(one, vocabulary, any_words=False) is not None


def is_dateline(text: str) -> bool:
    """Tell whether a line says little more than the date or number of the issue."""
    found = find_date(text) if len(text) <= 2 * LONGEST_SPOKEN_HEAD else None
    if not found:
        return False
    around = text[: found.start] + text[found.end :]
    return len(around) <= LONGEST_SPOKEN_HEAD and not _ASKS_OR_ENDS.search(around)


def _is_preview(text: str, vocabulary: Vocabulary) -> bool:
    if ":" not in text and "：" not in text:
        return False
    _, words = split_emoji(text)
    head = words.replace("：", ":").split(":", 1)[0]
    return head != words and len(head) <= LONGEST_SPOKEN_HEAD and vocabulary.means("preview", head)


def roles(blocks: Iterable[Placed], vocabulary: Vocabulary) -> Iterator[tuple[TopRole, Block]]:
    """Yield the blocks between headline and first part with what they are there for; dividers are left out."""
    announced = False
    for block in blocks:
        if isinstance(block.block, Divider):
            continue
        text = block.text
        role: TopRole = "lead"
        if isinstance(block.block, Paragraph) and is_dateline(text):
            role = "dateline"
        elif (announced and isinstance(block.block, List)) or _is_preview(text, vocabulary):
            role = "preview"
        announced = _announces(block, vocabulary)
        yield role, block.block


def _headline(placed: Sequence[Placed], vocabulary: Vocabulary) -> int | None:
    tops = [index for index, block in enumerate(placed) if block.level == 1]
    if not tops:
        return None
    earlier = [block for block in placed[: tops[0]] if block.level]
    if earlier:
        return None
    emoji, title = split_emoji(placed[tops[0]].text)
    known = vocabulary.part(title, emoji) or vocabulary.exact(title)
    return None if known and len(tops) > 1 else tops[0]


class _Heads:
    """Decides which blocks open parts."""

    def __init__(self, placed: Sequence[Placed], headline: int | None, vocabulary: Vocabulary) -> None:
        self._placed = placed
        self._vocabulary = vocabulary
        self._headings = [block for index, block in enumerate(placed) if block.level and index != headline]
        self._level = self._section_level()
        self._any_words = not self._level
        numbered = [block for block in self._headings if block.level <= self._level and self._is_numbered(block)]
        self._numbered = len(numbered) >= LEAST_NUMBERED

    def head(self, index: int) -> Head | None:
        """Return the head that the block at ``index`` is, None if it opens no part."""
        block = self._placed[index]
        if block.level:
            return self._from_heading(block)
        return self._spoken(index, any_words=self._any_words)

    def _section_level(self) -> int:
        levels = {block.level for block in self._headings}
        if not levels:
            return 0
        if min(levels) < STORY_LEVEL:
            return 2 if 1 in levels and 2 in levels else min(levels)  # noqa: PLR2004 — heading levels
        if any(self._spoken(index, any_words=True) for index in range(len(self._placed))):
            return 0
        lowest = [block for block in self._headings if block.level == min(levels)]
        known = sum(self._known(block) for block in lowest)
        return min(levels) if 2 * known >= len(lowest) else 0

    def _known(self, block: Placed) -> bool:
        emoji, title = split_emoji(block.text)
        return bool(self._vocabulary.part(title, emoji) or self._vocabulary.exact(title))

    def _is_numbered(self, block: Placed) -> bool:
        if not any(map(str.isdigit, block.text)):
            return False
        marker, title = read_heading(_children(block))
        name = plain(title)
        return any(map(str.isdigit, marker)) and not self._vocabulary.exact(name) and not self._vocabulary.part(name)

    def _from_heading(self, block: Placed) -> Head | None:
        emoji, heading, text = _divided(_children(block), block.text)
        text = _unnumbered(heading, text)
        part = self._vocabulary.part(text, emoji)
        if block.level > self._level:
            exact = self._vocabulary.whole(text) if len(text) <= LONGEST_SPOKEN_HEAD else None
            known = part if fold(text) and self._vocabulary.part(text) else None
            return _head(known or "section", emoji, heading, block) if known or (exact and self._level) else None
        if part:
            return _head(part, emoji, heading, block)
        numbered = self._numbered and self._is_numbered(block)
        return _head("numbered" if numbered else "section", emoji, heading, block)

    def _spoken(self, index: int, *, any_words: bool) -> Head | None:
        block = self._placed[index]
        if not isinstance(block.block, Paragraph) or len(block.lines) != 1:
            return None
        head = _spoken(block.lines[0], self._vocabulary, any_words=any_words)
        if head is None or head.form != "section":
            return head
        following = self._placed[index + 1] if index + 1 < len(self._placed) else None
        leads = following is not None and not following.level and (any_words or _is_list(following))
        return head if leads else None


def _spoken(one: Line, vocabulary: Vocabulary, *, any_words: bool) -> Head | None:
    """Return the head that a line of text is: short, with an emoji or bold, and a word of the vocabulary.

    With ``any_words`` an emoji at the beginning is enough.
    """
    inlines, text, number = one.children, one.text, one.number
    strong = any(map(_is_strong, inlines))
    if len(text) > 2 * LONGEST_SPOKEN_HEAD or (not strong and opens_with_letter(text)):
        return None
    bold = _is_bold_name(inlines)
    content = unbold(inlines) if bold or isinstance(inlines[0], Strong) else inlines
    emoji, heading, words = _divided(content, text)
    bold = bold or (bool(emoji) and _is_bold_name(_divided(inlines, text)[1]))
    words = words.rstrip(_AROUND_NAME) if emoji or bold else ""
    if not words or only_links(inlines) or not _is_heading_like(words, inlines, bold=bold):
        return None
    if part := vocabulary.part(words):
        return Head(form=part, emoji=emoji, heading=heading, line=number)
    if len(words) > LONGEST_SPOKEN_HEAD or vocabulary.means("sources", words) or vocabulary.means("labels", words):
        return None
    if vocabulary.exact(words) or (any_words and emoji and not bold and not strong):
        return Head(form="section", emoji=emoji, heading=heading, line=number)
    return None


def _is_bold_name(inlines: Inlines) -> bool:
    return all(isinstance(inline, Strong) or not plain(inline).strip(_AROUND_NAME) for inline in inlines)


def _is_strong(inline: object) -> bool:
    return isinstance(inline, Strong)


def _is_heading_like(words: str, inlines: Inlines, *, bold: bool) -> bool:
    plainly = bold or not any(isinstance(inline, Strong) for inline in inlines)
    return plainly and not _ENDS_INSIDE.search(words[:-1]) and words[-1] not in "。.！!；;，,…"


def _divided(inlines: Inlines, text: str) -> tuple[str, Inlines, str]:
    """Divide inlines, whose plain text is ``text``, into the emoji at the beginning and the rest, with its text."""
    emoji, rest = split_emoji(text)
    if emoji:
        _, inlines = cut(inlines, len(text) - len(rest))
        inlines = tuple([inline for inline in inlines if plain(inline)])
    return emoji, stripped(inlines), rest.strip()


def _unnumbered(heading: Inlines, text: str) -> str:
    return text if opens_with_letter(text) else plain(read_heading(heading)[1])


def _head(form: HeadForm, emoji: str, heading: Inlines, block: Placed) -> Head:
    return Head(form=form, emoji=emoji, heading=heading, line=block.line)


def _children(block: Placed) -> Inlines:
    return block.block.children if isinstance(block.block, (Heading, Paragraph)) else ()


def _is_list(block: Placed) -> bool:
    return isinstance(block.block, (List, Table)) or (bool(block.lines) and opens_with_bullet(block.lines[0].text))


def _first_story(placed: Sequence[Placed], headline: int | None, vocabulary: Vocabulary) -> int:
    """Return where the stories begin that stand in no section; the number of blocks if there are none."""
    announced = False
    for index, block in enumerate(placed):
        if headline is not None and index <= headline:
            continue
        if block.level or (isinstance(block.block, (List, Table)) and not announced):
            return index
        if block.lines and _opens(block, vocabulary):
            return index
        announced = _announces(block, vocabulary)
    return len(placed)


def _announces(block: Placed, vocabulary: Vocabulary) -> bool:
    return _is_preview(block.text, vocabulary) and block.text.endswith((":", "："))


def _opens(block: Placed, vocabulary: Vocabulary) -> bool:
    lead = read_lead(block.lines)
    if lead.bullet:
        return True
    told = bool(lead.rest) and not is_dateline(block.text) and not _is_preview(block.text, vocabulary)
    return told and lead.form == "bold" and bool(lead.separator.strip())


def _top(placed: Sequence[Placed], headline: int | None) -> tuple[tuple[Placed, ...], Inlines, tuple[Placed, ...]]:
    if headline is None:
        headline = next((index for index, block in enumerate(placed) if _is_bold_line(block)), None)
    if headline is None:
        return (), (), tuple(placed)
    return tuple(placed[:headline]), unbold(_children(placed[headline])), tuple(placed[headline + 1 :])


def _is_bold_line(block: Placed) -> bool:
    children = _children(block)
    return _is_bold(children) and len(block.lines) == 1 and not is_dateline(block.text)


def _tails(chunks: Iterable[Chunk], vocabulary: Vocabulary) -> Iterator[Chunk]:
    """Divide a list of stories that follows a lesson or pick, behind a divider or a line that names it, from it."""
    for chunk in chunks:
        at = _tail(chunk.blocks, vocabulary) if chunk.head.form in {"lesson", "pick"} else None
        if at is None:
            yield chunk
            continue
        named = isinstance(chunk.blocks[at - 1].block, Paragraph)
        yield replace(chunk, blocks=chunk.blocks[: at - named])
        before = chunk.blocks[at - 1]
        head = Head(form="rest", emoji="", heading=(), line=chunk.blocks[at].line)
        if named:
            head = Head(form="section", emoji="", heading=_children(before), line=before.line)
        yield Chunk(head=head, blocks=chunk.blocks[at:])


def _tail(blocks: Sequence[Placed], vocabulary: Vocabulary) -> int | None:
    for index, block in enumerate(blocks[1:], start=1):
        before = blocks[index - 1].block
        announced = isinstance(before, Paragraph) and vocabulary.exact(plain(before).rstrip(_AROUND_NAME))
        if _is_list(block) and (isinstance(before, Divider) or announced) and _has_titles(block):
            return index
    return None


def _has_titles(block: Placed) -> bool:
    firsts = [item[0].lines for item in block.items if item] or [block.lines]
    return any(lines and read_lead(lines).form in {"bold", "link"} for lines in firsts)
