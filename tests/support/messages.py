"""Finds the message ids in the code: in Python (inside f-strings too) and in Jinja templates."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[2]

Message = tuple[str, ...]
"""The English text, or its singular and plural."""


def messages_of_the_code() -> dict[Message, str]:
    """Return every message with one place where it stands."""
    found: dict[Message, str] = {}
    for folder in ("core", "bots"):
        for file in sorted((ROOT / folder).rglob("*")):
            extract = {".py": in_python, ".html": in_template, ".jinja": in_template}.get(file.suffix)
            if extract:
                place = file.relative_to(ROOT).as_posix()
                found.update((message, place) for message in extract(file.read_text(encoding="utf-8")))
    return found


def in_python(source: str) -> Iterator[Message]:
    """Yield what ``_("…")``, ``_.plural("…", "…", …)``, ``texts(lang)("…")`` and ``mark("…")`` say."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            said = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            yield from _message(_called(node.func), said)


def in_template(source: str) -> Iterator[Message]:
    """Yield what ``_("…")`` and ``_.plural("…", "…", …)`` say in a template."""
    for call in Environment(autoescape=True).parse(source).find_all(nodes.Call):
        said = [arg.value if isinstance(arg, nodes.Const) else None for arg in call.args]
        named = call.node.name if isinstance(call.node, nodes.Name) else getattr(call.node, "attr", "")
        yield from _message(named, said)


def _called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=ast.Name(id="texts")):
            return "_"
        case _:
            return ""


def _message(name: str, said: Sequence[object]) -> Iterator[Message]:
    wanted = {"_": 1, "mark": 1, "plural": 2}.get(name, 0)
    texts = [text for text in said[:wanted] if isinstance(text, str)]
    if wanted and len(texts) == wanted:
        yield tuple(texts)
