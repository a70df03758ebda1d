"""Stories that are too long for one message: the one check that needs the platforms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.digest.model import Problem
from core.document.text import plain
from core.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.digest.model import Issue
    from core.digest.present import Presenter
    from core.document.nodes import Document
    from core.render.port import Renderer

SURELY_FITS = 1000
"""A text of this many characters fits one message of every platform, however it is escaped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FitCheck:
    """Finds stories, lessons and picks that need more than one message somewhere. ``renderers`` are by name."""

    presenter: Presenter
    renderers: Mapping[str, Renderer]

    def problems(self, issue: Issue, *, lang: str = "en") -> Iterator[Problem]:
        """Yield a ``long-story`` warning for each, with the platforms' names."""
        _ = texts(lang)
        for line, document in self._long(issue):
            names = [name for name, renderer in self.renderers.items() if len(renderer.render(document)) > 1]
            if names:
                message = _(
                    "This does not fit one message on {platforms} and will go on in the next. Shorten it if you can.",
                    platforms=_(", ").join(name.capitalize() for name in names),
                )
                yield Problem(line=line, level="warning", code="long-story", message=message)

    def _long(self, issue: Issue) -> Iterator[tuple[int, Document]]:
        for section, story in issue.stories():
            if len(plain(story.body)) > SURELY_FITS:
                yield story.line, self.presenter.story(issue, section, story)
        if issue.lesson and len(plain(issue.lesson.body)) > SURELY_FITS:
            yield issue.lesson.line, self.presenter.lesson(issue, issue.lesson)
        if issue.pick and len(plain(issue.pick.body)) > SURELY_FITS:
            yield issue.pick.line, self.presenter.pick(issue, issue.pick)
