"""Answers written by a model: from the stories that were found, checked, in time, within what may be spent."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import structlog

from core.answers.draft import Draft, Unfit
from core.answers.flow import Answering
from core.answers.model import ModelError, Trouble, Usage
from core.answers.prompt import answer_prompt, explanation_prompt, repair_prompt
from core.answers.spending import Refusal, estimate
from core.answers.turnstile import Turnstile
from core.answers.verify import Sources, faults_of_general

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from core.answers.draft import Check, Show
    from core.answers.model import Model, Prompt
    from core.answers.passages import Passage
    from core.answers.prompt import Depth
    from core.answers.spending import Spending

Outcome: TypeAlias = Literal["written", "repaired", "unsupported", "nothing", "late"] | Refusal | Trouble
"""What came of asking a model; all but the first two leave the quoted answer."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds until the first checked sentence, and until the whole answer, counted from the question."""

    patience: float = 2.5
    whole: float = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who waits for an answer in which language, since when (in the event loop's time), and how it is shown."""

    reader: str
    lang: str
    began: float
    show: Show | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A checked answer: its text, and the stories that [1], [2] … in it are, by their places among those given."""

    text: str
    stories: tuple[int, ...] = ()


class Meter(Protocol):
    """Is told what models did."""

    def came_of(self, outcome: Outcome) -> None:
        """Count one question."""
        ...

    def used(self, tokens: int) -> None:
        """Count tokens."""
        ...


class Writer:
    """Asks the model. Never raises for what a model does or does not do: then there is the quoted answer."""

    def __init__(
        self, model: Model, spending: Spending, meter: Meter, *, pace: Pace | None = None, places: int = 4
    ) -> None:
        self.model = model
        self.spending = spending
        self._meter = meter
        self._pace = pace or Pace()
        self._turnstile = Turnstile(places)

    async def close(self) -> None:
        """Let go of the model."""
        await self.model.close()

    async def answer(
        self, question: str, stories: tuple[Passage, ...], asker: Asker, *, earlier: tuple[str, ...] = ()
    ) -> Written | None:
        """Return the model's answer if every sentence of it stands in the stories, in time."""
        prompt = answer_prompt(question, stories, lang=asker.lang, earlier=earlier)
        sources = Sources(stories=dict(enumerate(stories, 1)), rules=prompt.rules, lang=asker.lang)
        return await self._in_time(asker, lambda show: self._twice(prompt, sources.faults, show))

    async def explain(self, term: str, depth: Depth, asker: Asker) -> str | None:
        """Return an explanation from general knowledge, if it leads nowhere and calls nobody."""
        prompt = explanation_prompt(term, depth, lang=asker.lang)

        def check(sentence: str) -> tuple[str, ...]:
            return faults_of_general(sentence, rules=prompt.rules, lang=asker.lang)

        written = await self._in_time(asker, lambda show: self._once(prompt, check, show))
        return written.text if written else None

    async def _in_time(
        self, asker: Asker, write: Callable[[Show], Awaitable[tuple[Outcome, Written]]]
    ) -> Written | None:
        written = None
        try:
            outcome: Outcome | None = await self.spending.refusal(asker.reader)
            if outcome is None:
                async with asyncio.timeout_at(asker.began + self._pace.patience) as limit:
                    async with self._turnstile.turn(asker.reader):
                        outcome, written = await write(self._shown(asker, limit))
        except TimeoutError:
            outcome = "late"
        except ModelError as error:
            outcome = error.trouble
            log.warning("the model gave no answer", trouble=error.trouble, reason=str(error))
        except Unfit as error:
            outcome = "unsupported" if error.faults else "nothing"
            log.info("the model's answer was not used", outcome=outcome, faults=list(error.faults))
        self._meter.came_of(outcome)
        return written

    def _shown(self, asker: Asker, limit: asyncio.Timeout) -> Show:
        """Return what shows a growing answer; whoever sees it grow has patience for the next sentence."""

        async def show(text: str) -> None:
            if asker.show is None:
                return
            try:
                await asker.show(text)
            except Exception:
                log.warning("a growing answer could not be shown", exc_info=True)
            now = asyncio.get_running_loop().time()
            limit.reschedule(min(now + self._pace.patience, asker.began + self._pace.whole))

        return show

    async def _twice(self, prompt: Prompt, check: Check, show: Show) -> tuple[Outcome, Written]:
        """Let the model repair its answer once; what was shown before stays until the whole is right."""
        shown = False

        async def first(text: str) -> None:
            nonlocal shown
            shown = True
            await show(text)

        try:
            return await self._once(prompt, check, first)
        except Unfit as unfit:
            if not unfit.faults:
                raise
            again = repair_prompt(prompt, unfit.said, unfit.faults)
        _outcome, written = await self._once(again, check, _unseen if shown else show)
        return "repaired", written

    async def _once(self, prompt: Prompt, check: Check, show: Show) -> tuple[Outcome, Written]:
        draft = Draft(check, show)
        async with aclosing(self._pieces(prompt)) as pieces:
            await draft.write(pieces)
        return "written", Written(text=draft.text, stories=tuple(number - 1 for number in draft.numbers))

    async def _pieces(self, prompt: Prompt) -> AsyncGenerator[str, None]:
        """Yield the text as it is written, and count what it takes, whether it is read to its end or not."""
        said, used, answering = "", 0, Answering()
        try:
            async with aclosing(self.model.write(prompt)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Usage):
                        used = piece.total
                    else:
                        said += piece
                        yield answering.add(piece)
        finally:
            tokens = used or estimate(prompt, said)
            self._meter.used(tokens)
            await self.spending.spend(tokens)


async def _unseen(_text: str) -> None:
    """Show nothing."""
