"""Many rows in one statement: they travel as JSON and are a table inside the database.

A driver's ``executemany`` costs a step in Python for each row; in SQLite it also takes Python's lock for each. SQLite
reads a row at a time; PostgreSQL would read each row anew for each of its columns, so it is given column by column.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Text, bindparam, cast, func, select, type_coerce

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Subquery
    from sqlalchemy.types import TypeEngine

_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
"""As JSON has it, not as the words that it is written with."""


def incoming(dialect: str, columns: dict[str, TypeEngine[Any]]) -> Subquery:
    """Return a table "incoming" with these columns, whose rows are parameters (see ``packed``)."""
    if dialect == "sqlite":
        each = func.json_each(bindparam("rows", type_=Text)).table_valued("value")
        found = [
            type_coerce(func.json_extract(each.c.value, f"$[{place}]"), kind).label(name)
            for place, (name, kind) in enumerate(columns.items())
        ]
    else:
        found = [
            cast(func.json_array_elements_text(cast(bindparam(f"column_{place}", type_=Text), JSON)), kind).label(name)
            for place, (name, kind) in enumerate(columns.items())
        ]
    return select(*found).subquery("incoming")


def packed(dialect: str, rows: Sequence[Sequence[object]]) -> dict[str, str]:
    """Return the rows, of texts, numbers and None, as the parameters of a statement that uses ``incoming``."""
    if dialect == "sqlite":
        return {"rows": _json(rows)}
    return {f"column_{place}": _json(column) for place, column in enumerate(zip(*rows, strict=True))}


def _json(values: Sequence[object]) -> str:
    """Return the values as JSON that both databases can read: they take no NUL out of it.

    Lone surrogates stand in it as they are, and are replaced with those of every other text (``core.storage.engine``).
    """
    text = json.dumps(values, separators=(",", ":"), ensure_ascii=False)
    return _NUL.sub(r"\1\\ufffd", text) if r"\u0000" in text else text
