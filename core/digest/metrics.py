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
_BEFORE = {name: re.compile(rf"{_AMOUNT} ?(?:{_EMOJI[name]}|{words})") for name, words in _WORDS.items()}
_AFTER = {
    name: re.compile(rf"(?:(?:{_EMOJI[name]}) ?|(?:{words})(?:[量数] ?[:：]? ?| ?[:：] ?)){_AMOUNT}")
    for name, words in _WORDS.items()
}
_HINTS = {
    "likes": ("❤", "♥", "👍", "⭐", "🌟", "★", "like", "heart", "star", "upvote", "赞", "喜欢", "星", "收藏"),
    "downloads": ("⬇", "📥", "download", "install", "下载", "安装"),
    "reposts": ("🔁", "🔄", "rt", "retweet", "repost", "share", "fork", "转发", "转推", "分享"),
}
"""One of these is in every text that a form of that name fits, in small letters: looking for them is much cheaper."""
_HINTED = {name: re.compile("|".join(hints)) for name, hints in _HINTS.items()}


def read_metrics(text: str) -> Metrics:
    """Return the first number of each kind that the text states: "1,388 ❤️", "17.2 万下载", "90K downloads"."""
    if not _DIGIT.search(text):
        return _NONE
    small = text.lower()
    hinted = [name for name, hints in _HINTS.items() if any([hint in small for hint in hints])]  # noqa: C419  # quicker
    stated = {name: number for name in hinted if (number := _first(name, small)) is not None}
    return Metrics(**stated) if stated else _NONE


def _first(name: str, small: str) -> int | None:
    match = _BEFORE[name].search(small) or _after(name, small)
    if not match:
        return None
    number = Decimal(match["number"].replace(",", ""))
    return int(number * _SCALES.get(match["scale"] or "", 1))


def _after(name: str, small: str) -> re.Match[str] | None:
    """Return the first number that stands behind what it counts."""
    named = (_AFTER[name].match(small, hint.start()) for hint in _HINTED[name].finditer(small))
    return next(filter(None, named), None)
