"""Lets Alembic work on the connection that ``core.storage.engine`` hands over."""

from __future__ import annotations

from alembic import context

import core.storage.inbox
import core.storage.postings  # noqa: F401 — adds its tables to the metadata
from core.storage.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
