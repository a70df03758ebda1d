"""Which language a text is in."""

from __future__ import annotations

import re
import string

HAN_SHARE = 0.15
"""A text with this share of Chinese characters among its letters is Chinese: names stay in Latin letters."""

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_NO_LETTERS = bytes(range(128)).translate(None, string.ascii_letters.encode())


def language_of(text: str) -> str:
    """Return "zh" for a Chinese text, else "en"."""
    simple = text.encode("ascii", "ignore")
    if len(text) - len(simple) < HAN_SHARE * len(simple.translate(None, _NO_LETTERS)):
        return "en"  # even if all the other characters are Chinese
    enough = HAN_SHARE * len(text)
    han = 0
    for run in _HAN.finditer(text):
        han += len(run.group())
        if han >= enough:
            return "zh"
    return "zh" if han and han >= HAN_SHARE * sum(map(len, _LETTERS.findall(text))) else "en"
