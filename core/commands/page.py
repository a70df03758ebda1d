"""The small documents that commands answer with."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from msgspec.structs import replace

from core.document.build import clean
from core.document.nodes import Action, Actions, Block, Code, Document, Emphasis, Inline, Inlines, Paragraph, Text, Time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from core.i18n import Texts

Rows = tuple[tuple[Action, ...], ...]


def page(_: Texts, title: str, *blocks: Block, rows: Iterable[Sequence[Action]] = ()) -> Document:
    """Return a document in the language of ``_`` with ``rows`` of buttons below; empty rows are left out."""
    buttons = tuple(tuple(row) for row in rows if row)
    return Document(blocks=(*blocks, *((Actions(buttons),) if buttons else ())), title=clean(title), lang=_.lang)


def one_line(text: str, length: int) -> str:
    """Return a reader's words on one line, without what is invisible, cut to ``length`` characters, after a word."""
    said = " ".join(clean(text).split())
    if len(said) <= length:
        return said
    whole = said[: length + 1].rpartition(" ")[0]
    return whole if len(whole) > length // 2 else said[:length]


def fill(template: str, **nodes: Inline) -> Inlines:
    """Return a translated ``template`` as inlines, with a node for each of its placeholders."""
    inlines: list[Inline] = []
    for text, name, _spec, _conversion in Formatter().parse(template):
        if text:
            inlines.append(Text(text))
        if name is not None:
            inlines.append(nodes[name])
    return tuple(inlines)


def how_to_ask(calling: str, _: Texts) -> Paragraph:
    """Return a line that says how a question is asked where it has to begin with ``calling``."""
    example = Code(f"{calling} {_('what is MoE?')}")
    return Paragraph(
        fill(_("Ask a question like this, and I'll answer it from the archive: {example}"), example=example)
    )


def with_note(document: Document, note: str) -> Document:
    """Return the document under a remark of ours, or as it is if ``note`` is empty."""
    if not note:
        return document
    return replace(document, blocks=(Paragraph((Emphasis((Text(note),)),)), *document.blocks))


def with_hint(document: Document, hint: str) -> Document:
    """Return the document with a remark of ours below, above its buttons."""
    buttons = document.blocks[-1:] if document.blocks and isinstance(document.blocks[-1], Actions) else ()
    above = document.blocks[: len(document.blocks) - len(buttons)]
    return replace(document, blocks=(*above, Paragraph((Text(hint),)), *buttons))


def with_rows(document: Document, rows: Iterable[Sequence[Action]]) -> Document:
    """Return the document with more rows of buttons below those it has; empty rows are left out."""
    more = tuple(tuple(row) for row in rows if row)
    last = document.blocks[-1] if document.blocks else None
    if not more:
        return document
    if isinstance(last, Actions):
        return replace(document, blocks=(*document.blocks[:-1], Actions((*last.rows, *more))))
    return replace(document, blocks=(*document.blocks, Actions(more)))


def in_rows(actions: Sequence[Action], width: int = 3) -> Rows:
    """Return the actions in rows of ``width`` at most."""
    return tuple(tuple(actions[start : start + width]) for start in range(0, len(actions), width))


def short_date(day: date, lang: str) -> str:
    """Return a date for a button: "Feb 19", "2 月 19 日"."""
    return f"{day.month} 月 {day.day} 日" if lang == "zh" else format_date(day, "MMM d", locale="en")


def instant(at: datetime, zone: str, lang: str) -> Time:
    """Return ``at`` as a node whose own text is the local time in ``zone``: "Tue, Mar 3, 08:30"."""
    local = at.astimezone(ZoneInfo(zone))
    if lang == "zh":
        weekday = "一二三四五六日"[local.weekday()]
        return Time(at, f"{local.month} 月 {local.day} 日（周{weekday}）{local:%H:%M}")
    return Time(at, f"{format_date(local, 'EEE, MMM d', locale='en')}, {format_time(local, 'HH:mm', locale='en')}")
