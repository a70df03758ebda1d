"""From Markdown to an issue: ``parse`` reads any text, places every word of it, and never raises."""

from __future__ import annotations

from core.digest.parse.issue import Parsed, parse

__all__ = ["Parsed", "parse"]
