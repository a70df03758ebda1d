"""What answers ask of a language model: text for a prompt, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from core.errors import PaperboyError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

Trouble: TypeAlias = Literal["unreachable", "refused", "missing", "limited", "rejected", "broken"]
"""Why a model gave no text: nothing answers at its address; its key is not accepted; there is no such model; it is
asked too much at the moment; it does not take such a request; it fell silent in the middle, or said what is no answer.
"""


class ModelError(PaperboyError):
    """A language model gave no whole text. The message never holds keys, or what the server said."""

    def __init__(self, trouble: Trouble, message: str) -> None:
        super().__init__(message)
        self.trouble = trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a model is told: the rules, then what they are to be applied to. ``length`` is in tokens at most."""

    rules: str
    text: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How many tokens were read and written, as the model counts them."""

    read: int
    written: int

    @property
    def total(self) -> int:
        """Return both together."""
        return self.read + self.written


class Model(Protocol):
    """A language model."""

    @property
    def name(self) -> str:
        """What it is called, for the operator."""
        ...

    def write(self, prompt: Prompt) -> AsyncGenerator[str | Usage, None]:
        """Yield the text as it is written, and its ``Usage`` where that is told.

        The text is whole when this ends. Raises ``ModelError``. Closing it ends the request.
        """
        ...

    async def close(self) -> None:
        """Let go of its connections."""
        ...

    async def check(self) -> None:
        """Return if the model is there and may be used. Raises ``ModelError``."""
        ...
