"""The beginning of a story: marker, title, separator, and where its text begins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from core.digest.inlines import join_lines
from core.digest.sections import fold, opens_with_letter, split_emoji
from core.document.nodes import Inline, Inlines, Link, Strong, Text
from core.document.text import cut, joined, links, plain, stripped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.digest.inlines import Line

Form: TypeAlias = Literal["bold", "link", "emoji", "plain"]

LONGEST_TITLE = 120
LONGEST_NAME = 60
LONGEST_GAP = 12

_BULLET = re.compile(r"\s*[•◦▪▫‣●○■□]\s*")
_NUMBER = re.compile(r"\s*(\d{1,3}(?:[.)](?=\s)|[、．]|\ufe0f?\u20e3)|[①-⑳])\s*(?=\S)")
_SEPARATOR = re.compile(r"(?:\s*(?:—{1,2}|–|―|:|：|\|)\s*|\s+·\s+|\s+-{1,2}>?\s+|\s*→\s*|\.\s+|。\s*)")
_DASH = re.compile(r"\s+(?:—{1,2}|–|-{1,2})\s+|\s*：\s*|:\s+")
_COLONS = (":", "：")
_SENTENCE = re.compile(r"[。！？!?]+[”’」』\"')）]*|\.[”’\"')]*(?=\s)")
_CLAUSE = re.compile(r"[，；;]|,(?=\s)")
_ATTACHED = frozenset("📎🔗👉➡️↗️".replace("\ufe0f", ""))
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg)(?:[?#]|$)", re.IGNORECASE)
_MORE = frozenset(
    {"readmore", "more", "read", "details", "source", "link", "via", "learnmore", "fullstory"}
    | {"查看详情", "详情", "来源", "链接", "原文", "阅读原文", "阅读更多", "了解更多", "全文", "查看", "查看更多"}
)


class Lead(Struct, frozen=True):
    """A story's beginning. ``rest`` is what follows the title in its paragraph; ``below`` says on lines of its own.

    ``form`` is how the title stands out. ``bullet`` tells that a bullet character began the paragraph.
    """

    marker: str
    title: Inlines
    separator: str
    rest: Inlines
    form: Form
    bullet: bool = False
    below: bool = False

    @property
    def ends_in_colon(self) -> bool:
        """Whether a colon follows the title."""
        return self.separator.strip() in {":", "："}


def read_lead(lines: Iterable[Line]) -> Lead:
    """Divide a paragraph into marker, title, separator and rest. Every word is in one of them.

    What is bold or linked at the beginning is the title; in plain text it is what stands before a dash or colon,
    else the first sentence or clause, at most 120 characters.
    """
    lines = tuple(lines)
    if not lines:
        return Lead("", (), "", (), "plain")
    first, *more = lines
    marker, bullet, content, text = _marked(first.children, first.text)
    lead = _bold(content, text) or _linked(content, text)
    if lead is None:
        return _plain(marker, _under(content, lines) if more else content, bullet=bullet)
    title, separator, rest, form = lead
    below = join_lines(more)
    alone = bool(below) and not rest
    if below and not alone:
        rest = _under(rest, lines)
    return Lead(marker, title, separator, below if alone else rest, form, bullet, alone)


def opens_with_bullet(text: str) -> bool:
    """Tell whether a text begins with a bullet character."""
    return _BULLET.match(text) is not None


def read_heading(inlines: Inlines) -> tuple[str, Inlines]:
    """Divide a heading into its marker (emoji, number) and the title, bold marks left out."""
    whole = stripped(inlines)
    marker, _, content, _ = _marked(whole, plain(whole))
    return marker, unbold(content)


def unbold(inlines: Inlines) -> Inlines:
    """Return the inlines with strong emphasis opened, at the top and inside links."""
    if len(inlines) == 1 and type(inlines[0]) is Strong:
        return unbold(inlines[0].children)
    if all([type(inline) is Text for inline in inlines]):  # noqa: C419  # a list is quicker for so few
        return joined(inlines)
    whole: list[Inline] = []
    for inline in inlines:
        if isinstance(inline, Strong):
            whole.extend(unbold(inline.children))
        elif isinstance(inline, Link):
            whole.append(Link(unbold(inline.children), inline.url))
        else:
            whole.append(inline)
    return joined(whole)


def only_links(inlines: Inlines) -> bool:
    """Tell whether a paragraph consists of links with no words between them (emoji and punctuation do not count)."""
    found = links(inlines)
    return bool(found) and fold(plain(inlines)) == "".join(fold(plain(link)) for link in found)


def leads_on(inlines: Inlines) -> bool:
    """Tell whether a paragraph only leads the reader elsewhere: "Read more →", "📎 a · b"."""
    if len(inlines) == 1 and type(inlines[0]) is Text:
        return False  # as nearly always
    if not only_links(inlines):
        return False
    emoji, _ = split_emoji(plain(inlines))
    return bool(set(emoji.replace("\ufe0f", "")) & _ATTACHED) or all(is_more(link) for link in links(inlines))


def is_more(link: Link) -> bool:
    """Tell whether a link is no title: its text says nothing ("Read more →", "来源"), or it leads to a picture."""
    return fold(plain(link)) in _MORE or not fold(plain(link)) or _PICTURE.search(link.url) is not None


def ends_in_more(inlines: Inlines) -> bool:
    """Tell whether the words of a paragraph end with a link that leads on from them: "One sentence. [source]"."""
    return len(inlines) > 1 and isinstance(inlines[-1], Link) and is_more(inlines[-1])


def is_attached(marker: str) -> bool:
    """Tell whether the emoji says that what follows belongs to the text above."""
    return bool(marker) and marker.replace("\ufe0f", "")[0] in _ATTACHED


def _under(content: Inlines, lines: tuple[Line, ...]) -> Inlines:
    """Return the lines as one run of inlines, with ``content`` in place of the first."""
    return join_lines((replace(lines[0], children=content, text=plain(content)), *lines[1:]))


def _marked(inlines: Inlines, text: str) -> tuple[str, bool, Inlines, str]:
    """Divide a line into its marker, whether that begins with a bullet, the rest, and the rest's plain text."""
    if opens_with_letter(text):
        return "", False, inlines, text
    bullet = _BULLET.match(text)
    at = bullet.end() if bullet else 0
    marker = ""
    while at < len(text):
        if number := _NUMBER.match(text, at):
            marker, at = f"{marker} {number.group(1)}", number.end()
            continue
        emoji, rest = split_emoji(text[at : at + LONGEST_TITLE])
        if not emoji or not rest:
            break
        marker, at = f"{marker} {emoji}", at + len(text[at : at + LONGEST_TITLE]) - len(rest)
    if not at:
        return "", False, inlines, text
    content = _from(inlines, at)
    return marker.strip(), bullet is not None, content, plain(content)


def _from(inlines: Inlines, at: int) -> Inlines:
    _, rest = cut(inlines, at)
    return stripped(_said(rest))


def _said(inlines: Inlines) -> Inlines:
    """Return the inlines without those that say nothing."""
    return tuple([inline for inline in inlines if (inline.value if type(inline) is Text else plain(inline))])


def _bold(inlines: Inlines, text: str) -> tuple[Inlines, str, Inlines, Form] | None:
    if not inlines or not _is_bold(inlines[0]):
        return None
    count = 1
    while count + 1 < len(inlines) and _is_gap(inlines[count]) and _is_bold(inlines[count + 1]):
        count += 2
    if count > 1 and not _SEPARATOR.match(plain(inlines[count:])):
        count = 1
    title = unbold(inlines[:count])
    if leads_on(title):
        return None
    said = plain(title)
    after, rest = text[len(said) :], inlines[count:]
    if (colon := _colon_after(said)) is not None:
        title, _ = cut(title, colon)
        space = " " if after[:1].isspace() and not said.endswith(" ") else ""
        return stripped(title), f"{said[colon:]}{space}", stripped(rest), "bold"
    return (stripped(title), *_separated(rest, after), "bold")


def _colon_after(text: str) -> int | None:
    """Return where the colon that ends a text begins, with the white space around it; None if there is none."""
    end = text.rstrip()
    return len(end[:-1].rstrip()) if end.endswith(_COLONS) else None


def has_label(inlines: Inlines) -> bool:
    """Tell whether something bold has a colon at its end or behind it, as every label at a paragraph's beginning."""
    return any(
        _is_bold(inline)
        and (plain(inline).rstrip().endswith(_COLONS) or plain(inlines[at : at + 1]).lstrip().startswith(_COLONS))
        for at, inline in enumerate(inlines, 1)
    )


def has_bold(inlines: Inlines) -> bool:
    """Tell whether there is something bold, as there is in every paragraph that begins with a bold title."""
    return any(map(_is_bold, inlines))


def _is_bold(inline: Inline) -> bool:
    if isinstance(inline, Link):
        return bool(inline.children) and all(isinstance(child, Strong) for child in inline.children)
    return isinstance(inline, Strong)


def _is_gap(inline: Inline) -> bool:
    return isinstance(inline, Text) and len(inline.value) <= LONGEST_GAP and not _SEPARATOR.match(inline.value)


def _linked(inlines: Inlines, text: str) -> tuple[Inlines, str, Inlines, Form] | None:
    if not inlines or not isinstance(inlines[0], Link) or is_more(inlines[0]):
        return None
    after = text[len(plain(inlines[0])) :]
    if len(inlines) > 1 and not _SEPARATOR.match(after):
        return None
    return (inlines[:1], *_separated(inlines[1:], after), "link")


def _separated(rest: Inlines, text: str) -> tuple[str, Inlines]:
    """Divide what follows a title, and its plain text, behind what separates it from the title."""
    match = _SEPARATOR.match(text)
    at = match.end() if match else len(text) - len(text.lstrip())
    _, after = cut(rest, at)
    return text[:at], joined(_said(after))


def _plain(marker: str, inlines: Inlines, *, bullet: bool) -> Lead:
    title, separator, rest = _clause(inlines)
    form: Form = "emoji" if split_emoji(marker)[0] else "plain"
    return Lead(marker=marker, title=title, separator=separator, rest=rest, form=form, bullet=bullet)


def _clause(inlines: Inlines) -> tuple[Inlines, str, Inlines]:
    """Divide plain text; a link at its end that is no title goes to the rest."""
    if len(inlines) < 2 or not _trails(inlines[-1]):  # noqa: PLR2004 — a link and something before it
        return _divide(inlines)
    title, separator, rest = _divide(inlines[:-1])
    gap = _gap(inlines[-2])
    if rest:
        return title, separator, joined((*rest, *gap, inlines[-1]))
    return title, separator if separator[-1:].isspace() else separator + plain(gap), (inlines[-1],)


def _divide(inlines: Inlines) -> tuple[Inlines, str, Inlines]:
    text = plain(inlines)
    dash = _free(_DASH, inlines, text[:LONGEST_NAME])
    if dash and dash[0]:
        return _divided(inlines, dash[0], dash[1])
    sentence = _free(_SENTENCE, inlines, text[: LONGEST_TITLE + 1])
    if sentence and sentence[1] < len(text):
        return _divided(inlines, sentence[1], sentence[1])
    if len(text) <= LONGEST_TITLE:
        return unbold(stripped(inlines)), "", ()
    clause = _free(_CLAUSE, inlines, text[:LONGEST_TITLE])
    if clause and clause[0]:
        return _divided(inlines, *clause)
    space = text.rfind(" ", LONGEST_NAME, LONGEST_TITLE)
    at = space if space > 0 else LONGEST_TITLE
    return _divided(inlines, at, at)


def _trails(inline: Inline) -> bool:
    if not isinstance(inline, Link):
        return False
    return is_more(inline) or plain(inline) in inline.url


def _gap(before: Inline) -> Inlines:
    text = plain(before)
    return (Text(text[len(text.rstrip()) :]),) if text != text.rstrip() else ()


def _free(pattern: re.Pattern[str], inlines: Inlines, text: str) -> tuple[int, int] | None:
    """Return the first match that lies in plain text and not in a link or code."""
    matches = pattern.finditer(text)
    match = next(matches, None)
    at = 0
    for inline in inlines:
        if match is None:
            return None
        end = at + len(inline.value if type(inline) is Text else plain(inline))
        while match and match.start() < end:
            if type(inline) is Text and match.start() >= at and match.end() <= end:
                return match.span()
            match = next(matches, None)
        at = end
    return None


def _divided(inlines: Inlines, end: int, begin: int) -> tuple[Inlines, str, Inlines]:
    title, rest = cut(inlines, end)
    gap, rest = cut(rest, begin - end)
    lead = plain(rest)
    spaces = len(lead) - len(lead.lstrip())
    return unbold(stripped(title)), plain(gap) + lead[:spaces], _from(rest, spaces)
