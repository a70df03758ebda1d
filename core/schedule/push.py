"""Sending an issue to everybody now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.clock import latest_date
from core.errors import UsageError
from core.i18n import LANGUAGES, texts
from core.schedule.port import Order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from core.clock import Clock
    from core.digest.model import IssueRef
    from core.digest.port import Archive
    from core.schedule.port import Agenda, Planned

RECENT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What one language's issue came to."""

    issue: IssueRef
    outcome: Planned


class PushNow:
    """Plans a run for all subscriptions of an edition, whatever their slots."""

    def __init__(self, agenda: Agenda, archive: Archive, clock: Clock) -> None:
        self._agenda = agenda
        self._archive = archive
        self._clock = clock

    async def push(
        self, edition: str, day: date | None = None, *, dry_run: bool = False, speak: str | None = None
    ) -> Sequence[Pushed]:
        """Plan the edition's issues of ``day`` in every language, or only count the readers.

        Without ``day``, those of its newest date that has begun anywhere: none that is far ahead, or dated by mistake.
        Who reads a language that the issue does not exist in gets it in another. Readers who have the issue already
        are left alone. Raises ``UsageError`` in the language ``speak`` when there is no such issue.
        """
        refs = await self._issues(edition, day)
        if not refs:
            _ = texts(speak)
            if day:
                raise UsageError(
                    _("There is no issue of “{edition}” of {date}.", edition=edition, date=day.isoformat())
                )
            raise UsageError(_("There is no issue of “{edition}” to send yet.", edition=edition))
        carry_out = self._agenda.count if dry_run else self._agenda.plan
        now = self._clock.now()
        return [Pushed(issue=order.issue, outcome=await carry_out(order, now)) for order in _orders(refs)]

    async def _issues(self, edition: str, day: date | None) -> Sequence[IssueRef]:
        until = day or latest_date(self._clock.now())
        heads = await self._archive.heads(edition=edition, since=day, until=until, limit=RECENT)
        return [head.ref for head in heads if head.ref.date == heads[0].ref.date]


def _orders(refs: Sequence[IssueRef]) -> Iterator[Order]:
    there = {ref.lang for ref in refs}
    for ref in refs:
        others = set(LANGUAGES) - there if ref == refs[0] else set()
        yield Order(issue=ref, kind="push", langs=frozenset({ref.lang} | others))
