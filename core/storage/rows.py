"""Many rows in one statement: they travel as one JSON text and are a table inside the database.

A driver's ``executemany`` costs a step in Python for each row; in SQLite it also takes Python's lock for each.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Text, bindparam, cast, func, select, type_coerce

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Subquery
    from sqlalchemy.types import TypeEngine


def incoming(dialect: str, columns: dict[str, TypeEngine[Any]]) -> Subquery:
    """Return a table "incoming" with these columns, whose rows are the parameter ``rows`` (see ``packed``)."""
    if dialect == "sqlite":
        each = func.json_each(bindparam("rows", type_=Text)).table_valued("value")
        found = [
            type_coerce(func.json_extract(each.c.value, f"$[{place}]"), kind).label(name)
            for place, (name, kind) in enumerate(columns.items())
        ]
    else:
        each = func.json_array_elements(cast(bindparam("rows", type_=Text), JSON)).table_valued("value")
        found = [
            cast(each.c.value.op("->>")(place), kind).label(name) for place, (name, kind) in enumerate(columns.items())
        ]
    return select(*found).subquery("incoming")


def packed(rows: Sequence[Sequence[object]]) -> dict[str, str]:
    """Return the rows, of texts, numbers and None, as the parameter of a statement that uses ``incoming``."""
    return {"rows": json.dumps(rows, separators=(",", ":"))}
