"""Issues of an invented publication, so that a first start has something to read."""

from __future__ import annotations

from pathlib import Path

from core.digest.sources.folder import FolderSource


def folder() -> Path:
    """Return the folder of the bundled issues: ``daily/<lang>/<date>.md``, two days in zh and en."""
    return Path(__file__).parent


def source() -> FolderSource:
    """Return the bundled issues as a source."""
    return FolderSource(folder())
