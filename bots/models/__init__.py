"""Language models: one adapter for each SDK, imported only when a model is configured."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from core.errors import UsageError

if TYPE_CHECKING:
    from bots.settings import ModelSettings
    from core.answers.model import Model


def open_model(settings: ModelSettings) -> Model | None:
    """Return the model that is configured, None if none is. Raises UsageError if its SDK is not installed."""
    if not settings.model:
        return None
    provider = settings.chosen
    try:
        adapter = import_module(f"bots.models.{provider}_sdk")
    except ModuleNotFoundError as error:
        if error.name != provider:
            raise
        raise UsageError(
            f"PAPERBOY_LLM__MODEL is set, but the {provider} package is not installed: "
            f"pip install '.[{provider}]' in the checkout, or unset PAPERBOY_LLM__MODEL to answer without a model."
        ) from None
    return cast("Model", adapter.open_model(settings))
