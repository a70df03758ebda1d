"""Issues in the database: the Markdown is kept, and read again by the parser of the day."""

from __future__ import annotations
