"""How what was found in the archive is shown: the passage as a quotation, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.answers.cite import section_name
from core.digest.present import long_date
from core.document.build import paragraph, safe_link, text
from core.document.harmless import harmless
from core.document.nodes import Action, Item, Paragraph, Quote, Strong, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.answers.port import Hit
    from core.commands.services import Services
    from core.i18n import Texts


def show_hits(hits: Iterable[Hit], services: Services, _: Texts) -> tuple[Item, ...]:
    """Return the hits, numbered from 1: title (with its link), passage, date and section."""
    return tuple(_show(number, hit, services, _) for number, hit in enumerate(hits, 1))


def _show(number: int, hit: Hit, services: Services, _: Texts) -> Item:
    title = (Strong(text(harmless(hit.title))),)
    linked = safe_link(title, hit.url) if hit.url else title
    quote = (Quote((paragraph(harmless(hit.quote)),)),) if hit.quote else ()
    origin = paragraph(f"{long_date(hit.ref.date, _.lang)} · {section_name(hit.section, services.vocabulary, _)}")
    return Item((Paragraph((Text(f"{number}. "), *linked)), *quote, origin))


def open_hits(hits: Iterable[Hit]) -> list[Action]:
    """Return a button for each hit, with its number, that opens what was found."""
    return [_open(hit, str(number)) for number, hit in enumerate(hits, 1)]


def _open(hit: Hit, label: str) -> Action:
    if hit.what == "story":
        return Action(label, "story", f"{hit.key} {hit.ref}")
    return Action(label, hit.what, str(hit.ref))
