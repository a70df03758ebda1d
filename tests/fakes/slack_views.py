"""Slack's views and messages: why it would refuse a view, and what a reader sees and presses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]

DIALOG_LIMIT = 100


def view_problems(view: Json) -> list[str]:
    """Return why Slack would refuse a view."""
    found = []
    if view["type"] == "modal" and (not view.get("title") or len(view["title"]["text"]) > 24):
        found.append("title")
    if not 1 <= len(view["blocks"]) <= DIALOG_LIMIT:
        found.append(f"{len(view['blocks'])} blocks")
    for block in view["blocks"]:
        if block["type"] not in {"header", "divider", "context", "actions", "rich_text", "input", "section"}:
            found.append(f"no {block['type']} in a view")
        parsed = Block.parse(block)
        if parsed is None:
            found.append(f"slack_sdk cannot read {block['type']}")
        else:
            parsed.validate_json()
    if any(block["type"] == "input" for block in view["blocks"]) and not view.get("submit"):
        found.append("inputs need a submit")
    names = [element["action_id"] for element in elements(view["blocks"])]
    if view["type"] == "home" and len(set(names)) != len(names):
        found.append("an action_id twice")
    shape = {name: value for name, value in view.items() if name != "id"}
    if View(**shape).to_dict() != shape:
        found.append("slack_sdk reads the view differently")
    if len(view.get("private_metadata", "")) > 3000:
        found.append("private_metadata")
    return found


def elements(blocks: list[Json]) -> Iterator[Json]:
    for block in blocks:
        if block["type"] == "actions":
            yield from block["elements"]
        elif "accessory" in block:
            yield block["accessory"]


def untouched(element: Json) -> Json:
    """Return the state of an input that nobody touched."""
    match element["type"]:
        case "timepicker":
            return {"selected_time": element.get("initial_time")}
        case "checkboxes" | "multi_static_select":
            return {"selected_options": element.get("initial_options", [])}
        case "static_select":
            return {"selected_option": element.get("initial_option")}
        case _:
            return {"value": element.get("initial_value")}


def find_element(blocks: list[Json], label: str) -> tuple[Json, Json | None]:
    """Return the button, or the menu and its option, whose label contains ``label``."""
    for element in elements(blocks):
        if element["type"] == "button" and label in element["text"]["text"]:
            return element, None
        for option in element.get("options", ()):
            if label in option["text"]["text"]:
                return element, option
    raise AssertionError(f"no button {label!r}")


def text_of(message: Json) -> str:
    """Return what a reader sees in a message or view, buttons apart."""
    parts: list[str] = []

    def collect(node: Any) -> None:  # noqa: ANN401  JSON of any shape
        if isinstance(node, list):
            for one in node:
                collect(one)
        elif isinstance(node, dict) and node.get("type") != "actions":
            if isinstance(node.get("text"), str):
                parts.append(node["text"])
            for value in node.values():
                collect(value)

    collect(message["blocks"])
    return " ".join(parts)
