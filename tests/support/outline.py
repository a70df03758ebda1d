"""A document as an outline that people can read in a golden file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.document.nodes import (
    Actions,
    Blocks,
    Code,
    Emphasis,
    Heading,
    Inline,
    Item,
    Link,
    List,
    Paragraph,
    Quote,
    Strong,
    Text,
    Time,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.document.nodes import Action, Block, Document


def outline(document: Document) -> str:
    head = f"[{document.lang}] {document.title}"
    return "\n".join([head, *_blocks(document.blocks, "  ")]) + "\n"


def _blocks(blocks: Blocks, margin: str) -> Iterator[str]:
    for block in blocks:
        yield from (f"{margin}{line}" for line in _block(block))


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * block.level} {_inlines(block.children)}"
        case Paragraph():
            yield _inlines(block.children)
        case Quote():
            yield from _blocks(block.blocks, "> ")
        case Item():
            yield from _blocks(block.blocks, "| ")
        case List():
            for item in block.items:
                yield from _blocks(item.blocks, "- ")
        case Actions():
            for row in block.rows:
                yield " ".join(map(_action, row))
        case _:
            raise TypeError(f"no command answers with {block}")


def _action(action: Action) -> str:
    return f"[{action.label} = /{action.command} {action.args}".rstrip() + "]"


def _inlines(inlines: Iterable[Inline]) -> str:
    return "".join(map(_inline, inlines))


def _inline(inline: Inline) -> str:
    match inline:
        case Text():
            return inline.value
        case Code():
            return f"`{inline.value}`"
        case Time():
            return f"<{inline.text}>"
        case Strong():
            return f"**{_inlines(inline.children)}**"
        case Emphasis():
            return f"_{_inlines(inline.children)}_"
        case Link():
            return f"[{_inlines(inline.children)}]({inline.url})"
        case _:
            raise TypeError(f"no command answers with {inline}")
