"""How the program logs: readable lines on a console, or JSON for a collector.

A traceback shows lines of code and no values: tokens and what readers wrote are among those.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from bots.settings import Settings

QUIET = (
    "httpx",
    "httpx2",
    "httpcore",
    "uvicorn.access",
    "apscheduler",
    "alembic",
    "aiosqlite",
    "watchfiles",
    "procrastinate",
    "telegram.Bot",
)
"""Libraries that tell every step of theirs: addresses in the lines of some contain tokens."""
SILENT = ("psycopg.pool",)
"""Libraries that warn at every try: of a database that is away, whoever needs it says so once."""


def set_up_logs(settings: Settings) -> None:
    """Send everything that is logged, by us or by libraries, to the error stream in one form."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    plain = structlog.dev.plain_traceback
    render: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)
    )
    trace = [structlog.processors.format_exc_info] if settings.log == "json" else []
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *trace, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.ERROR)
