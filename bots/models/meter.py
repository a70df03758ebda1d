"""What models did, for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Counter

if TYPE_CHECKING:
    from core.answers.converse import Outcome

_QUESTIONS = Counter(
    "paperboy_model_questions", "Questions put to the language model, by what came of them", ["outcome"]
)
_TOKENS = Counter("paperboy_model_tokens", "Tokens that the language model read and wrote")


class PrometheusMeter:
    """Satisfies ``core.answers.converse.Meter``."""

    def came_of(self, outcome: Outcome) -> None:
        """Count one question."""
        _QUESTIONS.labels(outcome=outcome).inc()

    def used(self, tokens: int) -> None:
        """Count tokens."""
        _TOKENS.inc(tokens)
