"""Words of others in our own answers: they may not call a whole chat together, nor lead anywhere."""

from __future__ import annotations

import regex

from core.document.build import clean

_EVERYBODY = regex.compile(r"@(?=\s?(?:everyone|here|channel|all|room|online|所有人|全体))", regex.IGNORECASE)
_CALLS = regex.compile(r"<(?=[!@#:/])")
_LINKS = regex.compile(
    r"(?:\[(?P<label>[^\]\n]*)\]\()?(?:(?:[a-z][a-z0-9+.-]*://|\b(?:mailto|tel|javascript|data|tg):)[^\s<>\"“”。，）)\]]+|(?:www\.|[\w.+-]+@)[^\s<>\"“”。，）)\]]+|"
    r"(?<![\w@])(?:[\p{L}\p{N}_-]+[.．｡])+\p{L}{2,}(?:/[^\s<>\"“”。，）)\]]*)?)\)?",
    regex.IGNORECASE,
)
_NAMED = regex.compile(r"@(?=[\w])")


def harmless(text: str) -> str:
    """Return what an issue says so that no platform takes a part of it for a call to everybody.

    The sign before such a word becomes its full-width twin: readers see the same, platforms see a letter.
    """
    return _CALLS.sub("＜", _EVERYBODY.sub("＠", clean(text)))


def echoed(text: str) -> str:
    """Return a reader's own words as they may be shown to others: without addresses, and without calling anybody."""
    without = _LINKS.sub(lambda link: link["label"] or "…", clean(text))
    return _CALLS.sub("＜", _NAMED.sub("＠", without))
