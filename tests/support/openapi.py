"""Checks JSON against a schema of an OpenAPI document, stricter than the standard: unknown properties are misfits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Schema = dict[str, Any]

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
SMALLEST = {"string": "minLength", "array": "minItems"}
LARGEST = {"string": "maxLength", "array": "maxItems"}


def misfits(spec: Schema, name: str, value: object) -> list[str]:
    """Return where ``value`` does not fit the schema ``name`` of the document."""
    return list(_misfits(spec, spec["components"]["schemas"][name], value, name))


def _misfits(spec: Schema, schema: Schema, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401  # JSON of any shape
    if "$ref" in schema:
        yield from _misfits(spec, spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]], value, path)
        return
    if choices := schema.get("oneOf") or schema.get("anyOf"):
        yield from _one_of(spec, choices, value, path)
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is none of {schema['enum']}"
        return
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    kind = next((kind for kind in kinds if _is(value, kind)), "")
    if kinds and not kind:
        yield f"{path}: {value!r} is no {' or '.join(kinds)}"
        return
    yield from _bounds(schema, kind, value, path)
    if kind == "object":
        yield from _object(spec, schema, value, path)
    if kind == "array":
        for index, part in enumerate(value):
            yield from _misfits(spec, schema.get("items", {}), part, f"{path}[{index}]")


def _is(value: object, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _one_of(spec: Schema, schemas: list[Schema], value: object, path: str) -> Iterator[str]:
    """The misfits of the schema that fits best."""
    found = [list(_misfits(spec, schema, value, path)) for schema in schemas]
    if all(found):
        yield from min(found, key=lambda misfit: (len(misfit), ".type" in misfit[0]))


def _bounds(schema: Schema, kind: str, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401  # JSON of any shape
    size = len(value) if kind in SMALLEST else value
    least = schema.get(SMALLEST.get(kind, "minimum"))
    most = schema.get(LARGEST.get(kind, "maximum"))
    if isinstance(size, int) and ((least is not None and size < least) or (most is not None and size > most)):
        yield f"{path}: {size} is not within {least} and {most}"


def _object(spec: Schema, schema: Schema, value: Schema, path: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    yield from (f"{path}.{name} is missing" for name in schema.get("required", []) if name not in value)
    others = schema.get("additionalProperties")
    for name in value.keys() - properties.keys():
        if isinstance(others, dict):
            yield from _misfits(spec, others, value[name], f"{path}.{name}")
        else:
            yield f"{path}.{name} is unknown"
    for name in value.keys() & properties.keys():
        yield from _misfits(spec, properties[name], value[name], f"{path}.{name}")
