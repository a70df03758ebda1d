"""Numbers that a story states about its subject: likes, downloads, reposts."""

from __future__ import annotations

import re
from decimal import Decimal

from core.digest.model import Metrics

_SCALES = {
    "k": 1_000,
    "m": 1_000_000,
    "million": 1_000_000,
    "b": 1_000_000_000,
    "billion": 1_000_000_000,
    "千": 1_000,
    "万": 10_000,
    "亿": 100_000_000,
}
_AMOUNT = (
    r"(?P<number>\d(?<![a-z0-9_.,].)(?<![a-z]-.)(?:\d{0,2}(?:,\d{3})+|\d{0,11})(?:\.\d{1,6})?)"
    r" ?(?P<scale>million\b|billion\b|[kmb](?![a-z])|[千万亿])?\+?"
)
"""Begins with the digit and only then looks at what stands before it: a pattern that begins so is found much faster."""
_DIGIT = re.compile(r"\d")
_NONE = Metrics()
_EMOJI = {"likes": "❤\ufe0f?|♥\ufe0f?|👍|⭐\ufe0f?|🌟|★", "downloads": "⬇\ufe0f?|📥", "reposts": "🔁|🔄"}
_WORDS = {
    "likes": r"likes?\b|hearts?\b|stars?\b|upvotes?\b|[个次]?(?:点?赞|喜欢|星标?|收藏)",
    "downloads": r"(?:total |monthly |weekly )?(?:downloads?|installs?)\b|[次月]?(?:下载|安装)",
    "reposts": r"(?:rts?|retweets?|reposts?|shares?|forks?)\b|[次个]?(?:转发|转推|分享)",
}
_NAMED = "|".join(rf"(?P<{name}>{_EMOJI[name]}|{words})" for name, words in _WORDS.items())
_BEFORE = re.compile(rf"{_AMOUNT} ?(?:{_NAMED})")
_AFTER = {
    name: re.compile(rf"(?:(?:{_EMOJI[name]}) ?|(?:{words})(?:[量数] ?[:：]? ?| ?[:：] ?)){_AMOUNT}")
    for name, words in _WORDS.items()
}
_ENDS = "量数:：" + "".join(_EMOJI.values()).replace("?", "").replace("|", "")
_MAY_BE_AFTER = re.compile(rf"\d(?:(?<=[{_ENDS}].)|(?<=[{_ENDS}] .)|(?<=[{_ENDS}]  .))")
"""Is in every text that a form of ``_AFTER`` fits, and found much faster."""


def read_metrics(text: str) -> Metrics:
    """Return the first number of each kind that the text states: "1,388 ❤️", "17.2 万下载", "90K downloads"."""
    if not _DIGIT.search(text):
        return _NONE
    small = text.lower()
    stated: dict[str, int] = {}
    for match in _BEFORE.finditer(small):
        stated.setdefault(match.lastgroup or "", _number(match))
    if _MAY_BE_AFTER.search(small):
        for name in _AFTER.keys() - stated.keys():
            if found := _AFTER[name].search(small):
                stated[name] = _number(found)
    return Metrics(**stated) if stated else _NONE


def _number(match: re.Match[str]) -> int:
    number = Decimal(match["number"].replace(",", ""))
    return int(number * _SCALES.get(match["scale"] or "", 1))
