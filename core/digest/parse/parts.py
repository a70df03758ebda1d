"""Lesson and pick: what is explained, and what was picked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.digest.keys import own_key
from core.digest.model import Lesson, Pick
from core.digest.parse.titles import is_more, read_lead
from core.digest.sections import Vocabulary, split_emoji
from core.document.nodes import Block, Divider, Heading, Strong
from core.document.text import links, plain, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.digest.markdown import Placed
    from core.digest.parse.outline import Chunk

LONGEST_TERM = 80

_TAIL = re.compile(r"\s*(?:[:：|]|——|\s[—–-]{1,2}\s|\s·\s)\s*")
_QUOTED = re.compile(r"[“\"「『《‘]([^”\"」』》’]{1,60})[”\"」』》’]")
_ASKED = re.compile(
    r"^(?:什么是|何为|何谓|聊聊|认识|了解|理解|解读|一文读懂|一文看懂|读懂|看懂|浅谈|如何理解|怎么理解|到底什么是|为什么(?:要|需要)?"
    r"|what(?:'s|’s| is| are| does| do)\s+(?:an?\s+|the\s+)?|why\s+|how\s+(?:does|do)\s+|understanding\s+|meet\s+)\s*",
    re.IGNORECASE,
)
_ASKED_AFTER = re.compile(
    r"\s*(?:是什么(?:意思)?|是啥|怎么回事|(?:应该)?怎么[看用读]|如何[看用读]|有什么用|explained|mean|work)?\s*[?？!！。.]*\s*$",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s*[（(][^（()）]*[)）]\s*$")


def lesson(chunk: Chunk, vocabulary: Vocabulary) -> Lesson:
    """Return the lesson of a chunk. The term is in the heading, a heading below, or the first bold words."""
    asked = term(_named(chunk, vocabulary))
    body = _body(chunk.blocks)
    return Lesson(
        key=own_key(links(body), asked, body),
        emoji=chunk.head.emoji,
        heading=chunk.head.heading,
        term=asked,
        body=body,
        line=chunk.head.line,
    )


def pick(chunk: Chunk, vocabulary: Vocabulary) -> Pick:
    """Return the pick of a chunk. Its title is in the heading, a heading below, or the first bold words."""
    title = _named(chunk, vocabulary)
    body = _body(chunk.blocks)
    found = links((*chunk.head.heading, *body))
    return Pick(
        key=own_key(found, title, body),
        emoji=chunk.head.emoji,
        heading=chunk.head.heading,
        title=title,
        body=body,
        links=found,
        line=chunk.head.line,
    )


def term(question: str) -> str:
    """Return what a lesson's question asks about: ``什么是“MoE”？`` → ``MoE``, ``What is RAG?`` → ``RAG``."""
    if quoted := _QUOTED.search(question):
        return quoted.group(1).strip()
    asked = _ASKED_AFTER.sub("", _ASKED.sub("", question.strip(), count=1), count=1)
    return (_ASIDE.sub("", asked) or asked or question)[:LONGEST_TERM].strip()


def _named(chunk: Chunk, vocabulary: Vocabulary) -> str:
    """Return the name that the heading gives after its label, else the first name in the body."""
    heading = plain(chunk.head.heading)
    pieces = _TAIL.split(heading, maxsplit=1)
    if len(pieces) > 1 and pieces[1].strip():
        return pieces[1].strip() if vocabulary.part(pieces[0]) or not vocabulary.part(pieces[1]) else pieces[0].strip()
    if not vocabulary.part(heading):
        return heading
    return _first_name(chunk.blocks) or heading


def _first_name(blocks: Sequence[Placed]) -> str:
    for block in blocks:
        if isinstance(block.block, Heading):
            return _bare(plain(block.block))
        bold = (node for node in walk(block.block) if isinstance(node, Strong))
        if name := next((text for node in bold if (text := _bare(plain(node))) and not _leads_on(node)), ""):
            return name
    linked = next((link for block in blocks for link in links(block.block) if not is_more(link)), None)
    if linked:
        return _bare(plain(linked))
    first = next((block for block in blocks if block.lines), None)
    return plain(read_lead(first.lines).title) if first else ""


def _leads_on(bold: Strong) -> bool:
    found = links(bold)
    return bool(found) and all(map(is_more, found))


def _bare(title: str) -> str:
    _, words = split_emoji(title)
    return words.strip().rstrip("：:").strip()


def _body(blocks: Sequence[Placed]) -> tuple[Block, ...]:
    return tuple(block.block for block in blocks if not isinstance(block.block, Divider))
