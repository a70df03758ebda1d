"""Processes of their own for what is measured: what else the bench has in memory would slow it down."""

from __future__ import annotations

import logging
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import structlog


def quiet() -> None:
    """Log warnings alone, so that the table stays readable."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


def workers(count: int) -> ProcessPoolExecutor:
    """Return ``count`` fresh and quiet processes."""
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=quiet)
