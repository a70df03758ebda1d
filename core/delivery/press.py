"""From what a delivery is to show to the pages that show it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date
from typing import TYPE_CHECKING

from msgspec import structs

from core.document.nodes import Document, Emphasis, Paragraph, Text, Time
from core.i18n import language_name, texts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from core.delivery.port import Content
    from core.digest.model import Issue, IssueRef
    from core.digest.port import Archive
    from core.digest.present import Presenter
    from core.document.nodes import Inlines
    from core.render.port import Message, Renderer


class Press:
    """Presents and renders contents; calling it satisfies ``core.delivery.port.Pages``.

    ``renderers`` are by platform and form; a form that a platform does not have is rendered in its usual one.
    """

    def __init__(self, archive: Archive, presenter: Presenter, renderers: Mapping[tuple[str, str], Renderer]) -> None:
        self._archive = archive
        self._presenter = presenter
        self._renderers = renderers

    async def __call__(self, content: Content) -> tuple[Message, ...]:
        """Return the pages of the content, none if its issue is not there any more."""
        if content.kind == "withdrawal":
            return self._renderer(content).render(_withdrawal(content))
        issue = await self._archive.get(content.issue)
        if issue is None:
            return ()
        renderer = self._renderer(content)
        pages = renderer.render(await self._document(content, issue))
        if renderer.profile.threads and content.style == "card" and content.kind != "catch-up":
            pages += renderer.render(self._presenter.full(issue, without=content.without))
        return pages

    def _renderer(self, content: Content) -> Renderer:
        return self._renderers.get((content.platform, content.form)) or self._renderers[content.platform, ""]

    async def _document(self, content: Content, issue: Issue) -> Document:
        if content.kind == "catch-up":
            return self._presenter.catch_up(issue, [found async for found in self._missed(content)])
        present = self._presenter.full if content.style == "full" else self._presenter.card
        twin = await self._twin(issue.ref)
        document = present(issue, without=content.without, twin=twin)
        remarks = tuple(Paragraph((Emphasis(remark),)) for remark in _remarks(content, twin))
        return structs.replace(document, blocks=(*remarks, *document.blocks))

    async def _missed(self, content: Content) -> AsyncIterator[Issue]:
        for day in content.missed:
            missed = await self._archive.get(replace(content.issue, date=date.fromisoformat(day)))
            if missed is not None:
                yield missed

    async def _twin(self, ref: IssueRef) -> IssueRef | None:
        heads = await self._archive.heads(edition=ref.edition, since=ref.date, until=ref.date)
        return next((head.ref for head in heads if head.ref.lang != ref.lang), None)


def _withdrawal(content: Content) -> Document:
    _ = texts(content.lang)
    notice = _("The issue of {date} has been withdrawn.", date=content.issue.date.isoformat())
    return Document(title=notice, blocks=(Paragraph((Text(notice),)),))


def _remarks(content: Content, twin: IssueRef | None) -> Iterator[Inlines]:
    _ = texts(content.lang)
    if content.kind == "late":
        yield (Text(_("Sorry, this comes later than you asked for: I was not running at your hour.")),)
    if content.lang not in {content.issue.lang, twin and twin.lang}:
        yield (Text(_("This issue exists only in {language}.", language=language_name(content.issue.lang, _))),)
    if content.corrected:
        before, _between, after = _("Corrected on {time}.").partition("{time}")
        at = content.corrected.astimezone(UTC)
        yield (Text(before), Time(at, f"{at:%Y-%m-%d %H:%M} UTC"), Text(after))
