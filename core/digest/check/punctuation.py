"""Chinese and Western punctuation in one line, and brackets without their counterpart."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import regex

from core.digest.model import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from core.digest.check.prose import Run
    from core.i18n import Texts

EXCERPT = 12

_WESTERN = regex.compile(r"(?<=\p{Han})[,;:!?]\s*(?=\p{Han})")
_WESTERN_BRACKETS = regex.compile(r"(?<=\p{Han})\s?\([^()\n]{1,200}\)")
_UNLIKE_BRACKETS = regex.compile(r"（[^（）()\n]{0,200}\)|\([^（）()\n]{0,200}）")
_FULL_WIDTH = regex.compile(r"(?<=[A-Za-z0-9])[，；：！？。、]")
_HAN = regex.compile(r"\p{Han}")
_FACES = regex.compile(r"(?<!\w)[:;=]-?[()]")
_ITEM = regex.compile(r"(?:^|\s)[0-9A-Za-z]{1,2}$")
_PAIRS = {"(": ")", "“": "”", "「": "」", "『": "』", "《": "》", "【": "】"}
_CLOSING = {closing: opening for opening, closing in _PAIRS.items()}
_SAME = str.maketrans("（）", "()")


def punctuation_problems(runs: Sequence[Run], lang: str, broken: Collection[int], _: Texts) -> Iterator[Problem]:
    """Yield at most one problem of each kind for a line.

    Full-width marks between Latin words are right in a Chinese issue. Lines in ``broken`` have broken links, whose
    brackets are reported already.
    """
    written = [run for run in runs if run.url is None]
    for line, on_line in groupby(written, key=lambda run: run.line):
        if excerpt := _mixed("".join(run.text for run in on_line), lang):
            message = _("Chinese and Western punctuation are mixed at “{excerpt}”. Use one kind.", excerpt=excerpt)
            yield Problem(line=line, level="warning", code="mixed-punctuation", message=message)
    for _block, in_block in groupby(written, key=lambda run: run.block):
        unpaired = _unpaired(in_block)
        if unpaired and unpaired[0] not in broken:
            message = _("{mark} has no counterpart. Close or remove it.", mark=unpaired[1])
            yield Problem(line=unpaired[0], level="warning", code="unbalanced-brackets", message=message)


def _mixed(text: str, lang: str) -> str:
    found = [_WESTERN.search(text), _UNLIKE_BRACKETS.search(text)]
    found.extend(match for match in _WESTERN_BRACKETS.finditer(text) if _HAN.search(match.group()))
    if lang != "zh" and not _HAN.search(text):
        found.append(_FULL_WIDTH.search(text))
    first = min((match.start() for match in found if match), default=None)
    return "" if first is None else text[max(0, first - EXCERPT) : first + EXCERPT].strip()


def _unpaired(runs: Iterable[Run]) -> tuple[int, str] | None:
    """Return line and character of the first bracket or quote that is not closed or was not opened."""
    opened: list[tuple[int, str]] = []
    for run in runs:
        text = _FACES.sub("", run.text)
        for position, character in enumerate(text):
            same = character.translate(_SAME)
            if same in _PAIRS:
                opened.append((run.line, character))
            elif same in _CLOSING and opened and opened[-1][1].translate(_SAME) == _CLOSING[same]:
                opened.pop()
            elif same in _CLOSING and not (same == ")" and _ITEM.search(text[max(0, position - 3) : position])):
                return run.line, character
    return opened[0] if opened else None
