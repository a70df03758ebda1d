"""Databases for tests: a SQLite file, and a schema of its own on a PostgreSQL server."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from core.storage.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def missing(what: str) -> NoReturn:
    """Skip the test, or fail it where PostgreSQL is required."""
    if os.environ.get("PAPERBOY_REQUIRE_POSTGRES") == "1":
        pytest.fail(what)
    pytest.skip(what)


def sqlite_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'paperboy.db'}"


@contextmanager
def postgres_url() -> Iterator[str]:
    """Give the URL of an empty schema on the server that PAPERBOY_TEST_POSTGRES names; skip the test without one.

    With PAPERBOY_REQUIRE_POSTGRES=1 the test fails instead of being skipped.
    """
    named = os.environ.get("PAPERBOY_TEST_POSTGRES", "")
    if not named:
        missing("PAPERBOY_TEST_POSTGRES is not set")
    url = make_url(named)
    server = url.set(drivername="postgresql").render_as_string(hide_password=False)
    schema = f"paperboy_{uuid4().hex[:12]}"
    try:
        connection = psycopg.connect(server, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        missing(f"no PostgreSQL server answers (PAPERBOY_TEST_POSTGRES): {str(error).splitlines()[0]}")
    with connection:
        connection.execute(f'CREATE SCHEMA "{schema}"'.encode())
        try:
            yield url.update_query_dict(
                {"options": f"-csearch_path={schema} -csynchronous_commit=off"}
            ).render_as_string(hide_password=False)
        finally:
            connection.execute(f'DROP SCHEMA "{schema}" CASCADE'.encode())


def empty(url: str) -> None:
    """Empty every table in the schema of this URL, and count from 1 again."""
    tables = ", ".join(table.name for table in metadata.sorted_tables)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
