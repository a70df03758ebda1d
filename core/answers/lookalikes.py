"""What looks like a month, a weekday or a year and is part of a name or another word. Pure."""

# ruff: noqa: E501 — a pattern reads best on one line
from __future__ import annotations

import regex

_BARE = regex.compile(
    r"(?:the )?(?P<word>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|"
    r"mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)",
    regex.I,
)
_WORDS = frozenset(["march", "august", "may", "mar"])
"""What is a word of its own in small letters."""
_TIMELY = r"news|issues?|editions?|digests?|papers?|posts?|models?|apps?|tools?|tips?|products?|picks?|lessons?|releases?|updates?|launch(?:es)?|stories|headlines|research|insights?|morning|afternoon|evening|night"
_BEFORE = regex.compile(
    r"\b(?:in|on|of|since|last|this|next|past|during|until|till|from|by|for|early|late|mid|and|or|to|through|before|after|between|every|each|previous|over)\s+(?:the\s+)?$",
    regex.I,
)
_NEWS = regex.compile(rf"^\s*(?:$|[?!,;:]|\.(?!\w)|(?:20\d\d\b)|(?:{_TIMELY})\b)", regex.I)
_ENDS_IN_NEWS = regex.compile(rf"^\s+\p{{Lu}}\S*(?:\s+\S+)?\s+(?:{_TIMELY})\b")
_NAME_AFTER = regex.compile(r"^\s+\p{Lu}")
_NAME_BEFORE = regex.compile(r"\b(?!(?:What|Which|Any|Show|List|The|Is|Was|Were|Did|Tell|How)\b)\p{Lu}\p{Ll}+\s+$")
_OTHERWISE = regex.compile(r"\ban\s+$")
_ADDRESS = regex.compile(r"^\.\w")
_HAN_MONTH = regex.compile(r"(?:[一二三四五六七八九十]|十[一二])月")
_HAN_NAME = regex.compile(r"^(?:兔|天(?!内)|未央|流火|雪|花|河|鲜|桃)")
_YEAR = regex.compile(r"(?:19|20)\d\d\s?年")
_GATHERING = regex.compile(r"^会(?!有|不|怎|是|出|发|推|如|成|达|超|在|被|让|涨|降)")


def is_name(text: str, start: int, end: int) -> bool:
    """Tell whether what stands there is no time: "April Davis", "an august body", "三月兔", "2026 年会"."""
    start += len(text[start:end]) - len(text[start:end].lstrip())
    said, before, after = text[start:end].strip(), text[:start], text[end:]
    if _YEAR.fullmatch(said):
        return bool(_GATHERING.search(after))
    if _HAN_MONTH.fullmatch(said):
        return bool(_HAN_NAME.search(after))
    bare = _BARE.fullmatch(said)
    if not bare or _BEFORE.search(before):
        return False
    word = bare["word"]
    if _ADDRESS.search(after) or _OTHERWISE.search(before):
        return True
    if word.islower():
        return word in _WORDS and not _NEWS.search(after)
    return bool(_NAME_BEFORE.search(before)) or (bool(_NAME_AFTER.search(after)) and not _ENDS_IN_NEWS.search(after))
