"""The YAML block at the beginning of an issue, and a source that is safe to read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from core.document.text import storable

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 65_536
DEEPEST = 50
"""The parser recurses, and would end the process where the stack ends."""
_BLOCK = re.compile(r"\s*---[ \t]*\n(?P<yaml>.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"(?P<name>[A-Za-z_][\w-]*)[ \t]*:(?:[ \t]+(?P<value>.*))?$")
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Leaves every value as it was written. Ten times as fast where PyYAML was built with libyaml, as its wheels are."""
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A source divided: front-matter ``values``, and the ``body`` with empty lines where the front matter stood.

    Lists and mappings are no values of an issue's, and left out. ``line`` is where the front matter begins. ``error``
    says why it cannot be read ("" if it can); ``values`` then holds the simple ``name: value`` lines of it.
    ``error_line`` is the line at fault.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    body: str
    line: int = 0
    error: str = ""
    error_line: int = 0


def tidy(source: str) -> str:
    """Return the source with LF line ends, without byte order mark, and U+FFFD for what no file can hold."""
    return storable(source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


def open_source(source: str) -> Opened:
    """Divide a tidy source into front matter and body. A block that is not a mapping is no front matter."""
    match = _BLOCK.match(source[:LONGEST])
    if not match:
        return Opened(body=source)
    raw = match["yaml"] or ""
    line = source[: match.start("yaml")].count("\n") if match["yaml"] else 1
    body = "\n" * match.group().count("\n") + source[match.end() :]
    try:
        found = _load(raw)
    except yaml.YAMLError as error:
        return _unreadable(source, raw, body, line, error)
    if not isinstance(found, dict):
        return Opened(body=source)
    values = {name: value for name, value in found.items() if isinstance(value, str) and value not in _NULLS}
    return Opened(values=values, body=body, line=line)


def _load(raw: str) -> object:
    depth = 0
    for event in yaml.parse(raw, _LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise yaml.YAMLError("nested too deeply")
    return yaml.load(raw, _LOADER)  # noqa: S506  # both loaders are safe


def _unreadable(source: str, raw: str, body: str, line: int, error: Exception) -> Opened:
    fields = [match for entry in raw.split("\n") if (match := _FIELD.match(entry))]
    if not fields or not _FIELD.match(raw.lstrip("\n").split("\n")[0]):
        return Opened(body=source)
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
    return Opened(
        values={match["name"]: (match["value"] or "").strip().strip("\"'") for match in fields},
        body=body,
        line=line,
        error=said,
        error_line=line + 1 + mark.line if mark else line,
    )
