"""Which language a text is in."""

from __future__ import annotations

import re

HAN_SHARE = 0.15
"""A text with this share of Chinese characters among its letters is Chinese: names stay in Latin letters."""

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_LETTERS = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> str:
    """Return "zh" for a Chinese text, else "en"."""
    han = 0 if text.isascii() else sum(map(len, _HAN.findall(text)))
    if not han:
        return "en"
    enough = han >= HAN_SHARE * len(text) or han >= HAN_SHARE * sum(map(len, _LETTERS.findall(text)))
    return "zh" if enough else "en"
