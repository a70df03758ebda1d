"""The plain text of an issue, and of the Markdown that it was read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.digest.front_matter import open_source, tidy
from core.digest.markdown import tokens
from core.digest.model import Section
from core.document.build import clean, is_safe, spelled_out
from core.document.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it.token import Token

    from core.digest.model import Issue, Part, Story


def issue_text(issue: Issue) -> str:
    """Return every word of the issue in its order, a line for each block. A made-up title is not part of it."""
    pieces = [*map(plain, issue.chatter), plain(issue.headline), *(plain(top.block) for top in issue.top)]
    pieces.extend(piece for part in issue.parts for piece in _part(part))
    return "\n".join(piece for piece in pieces if piece)


def story_text(story: Story) -> str:
    """Return the story's words: marker, title, separator, body."""
    head = f"{story.marker} {plain(story.title)}{story.separator}".strip(" ")
    return f"{head}{plain(story.body)}" if story.separator else "\n".join(filter(None, (head, plain(story.body))))


def _part(part: Part) -> Iterator[str]:
    yield f"{part.emoji} {plain(part.heading)}".strip()
    if not isinstance(part, Section):
        yield plain(part.body)
        return
    yield plain(part.intro)
    yield from map(story_text, part.stories)
    yield plain(part.outro)


def markdown_text(source: str) -> str:
    """Return every word of the Markdown, straight from its tokens, without front matter.

    This knows nothing of issues and nodes, so that it can prove that ``parse`` loses nothing.
    """
    pieces: list[str] = []
    counters: list[int | None] = []
    for token in tokens(open_source(tidy(source)).body):
        if token.type == "inline":
            pieces.append(_inline(token.children or []))
        elif token.type in {"fence", "code_block"}:
            pieces.append(clean(token.content))
        elif token.type in {"ordered_list_open", "bullet_list_open"}:
            counters.append(int(token.attrs.get("start", 1)) if token.type.startswith("ordered") else None)
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            counters.pop()
        elif token.type == "list_item_open" and (number := counters[-1]) is not None:
            pieces.append(f"{number}.")
            counters[-1] = number + 1
    return "\n".join(pieces)


def _inline(children: Iterable[Token]) -> str:
    whole: list[str] = []
    link: tuple[str, int] = ("", 0)
    for token in children:
        if token.type == "link_open":
            link = (str(token.attrs.get("href", "")), len(whole))
        elif token.type == "link_close":
            whole.append(_address("".join(whole[link[1] :]), link[0]))
        else:
            whole.append(clean(token.content) or " " * token.type.endswith("break"))
    return "".join(whole)


def _address(label: str, url: str) -> str:
    if not is_safe(url):
        return spelled_out(label, url)
    return "" if label.strip() else clean(url)
