"""A language model that says what a test tells it to say, without a server."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import TYPE_CHECKING, Any

from core.answers.model import ModelError, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from core.answers.converse import Outcome
    from core.answers.model import Prompt


class ScriptedModel:
    """Satisfies ``core.answers.model.Model``. A number among the pieces is a pause in seconds."""

    name = "scripted"

    def __init__(self, *texts: str | list[str | float] | ModelError) -> None:
        self.texts = deque(texts)
        self.prompts: list[Prompt] = []
        self.at_once = 0
        self.most_at_once = 0

    @property
    def asked(self) -> list[dict[str, Any]]:
        return [json.loads(prompt.text) for prompt in self.prompts]

    async def write(self, prompt: Prompt) -> AsyncGenerator[str | Usage, None]:
        self.prompts.append(prompt)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            text = self.texts.popleft() if len(self.texts) > 1 else self.texts[0]
            if isinstance(text, ModelError):
                raise text
            for piece in [text] if isinstance(text, str) else text:
                if isinstance(piece, str):
                    yield piece
                else:
                    await asyncio.sleep(piece)
            yield Usage(read=90, written=10)
        finally:
            self.at_once -= 1

    async def check(self) -> None:
        """Be there."""

    async def close(self) -> None:
        """Have nothing to let go of."""


class ListMeter:
    """Satisfies ``core.answers.converse.Meter``."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.tokens = 0

    def came_of(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def used(self, tokens: int) -> None:
        self.tokens += tokens
