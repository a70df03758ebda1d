"""The part of a text that fits a search best: whole sentences, never invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from core.answers.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

LENGTH = 220
_SENTENCE = regex.compile(r"[^\n。！？!?]*?(?:[。！？!?]+[”」』）)\"’]*|\.(?=\s|$)|\n|$)", regex.V1)


def sentences(text: str) -> list[str]:
    """Return the sentences of the text, without white space around them."""
    return [said for match in _SENTENCE.finditer(text) if (said := match.group().strip())]


def quote(text: str, looked_for: Sequence[str], *, length: int = LENGTH) -> str:
    """Return the run of neighbouring sentences of at most ``length`` characters that names most of ``looked_for``.

    A single sentence that is longer is cut at its end, with an ellipsis. Among equals the first run wins.
    """
    said = sentences(text)
    if not said:
        return ""
    wanted = set(looked_for)
    named = [wanted & set(tokens(sentence)) for sentence in said]
    best = max(range(len(said)), key=lambda start: (len(named[start]), -start))
    chosen = _shortened(said[best], length)
    for following in said[best + 1 :]:
        if len(chosen) + 1 + len(following) > length:
            break
        chosen = f"{chosen}{_gap(chosen)}{following}"
    return chosen


def _gap(before: str) -> str:
    return "" if before.endswith(("。", "！", "？", "”", "」")) else " "


def _shortened(sentence: str, length: int) -> str:
    if len(sentence) <= length:
        return sentence
    graphemes = regex.findall(r"\X", sentence[:length])
    return "".join(graphemes[:-1]).rstrip() + "…"
