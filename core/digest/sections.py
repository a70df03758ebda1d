"""What sections are called: kinds, emoji, names and aliases, kept as data in ``sections.toml``."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
import unicodedata
from collections import ChainMap
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import regex

from core.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PartName: TypeAlias = Literal["lesson", "pick"]
KIND_BYTES = 24
UNHEADED = "news"
"""The kind of a section without a heading, or with an empty one."""

_EMOJI = r"(?=\p{Emoji_Presentation}|\p{Extended_Pictographic}|\p{RI}|[0-9#*]\uFE0F?\u20E3)\X"
_LEADING_EMOJI = regex.compile(rf"\s*((?:{_EMOJI}\s*)+)")
_LETTER = re.compile(r"[A-Za-z\u3400-\u9fff]")
_SEGMENT_END = regex.compile(r"\s+[-–—|·•]+\s+|——|[:：|（(【]|\s·\s?")
_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]|[\p{L}\p{M}\p{N}]+?(?=[\p{Han}\p{Hiragana}\p{Katakana}]|\b)")
_WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_LEAST_SHARE = 0.4
_LONGEST_HEADING = 400
_LONGEST_ALIAS = 40
_LEAST_PART_WEIGHT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of section: ``names`` by language, ``aliases`` folded; ``whole`` ones are never found inside a heading."""

    id: str
    emoji: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    marks: frozenset[str] = frozenset()
    aliases: frozenset[str] = frozenset()
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vocabulary:
    """Every kind that headings can be recognised as, in order, with lessons, picks, and a few other words.

    Answers about headings are remembered: the same ones are asked about several times an issue, and issue after issue.
    """

    by_id: Mapping[str, Kind]
    parts: Mapping[PartName, Kind]
    words: Mapping[str, frozenset[str]]
    kind_of: Mapping[str, str] = field(init=False)
    part_of: Mapping[str, PartName] = field(init=False)

    def __post_init__(self) -> None:
        kinds = tuple(self.by_id.values())[::-1]
        object.__setattr__(self, "kind_of", {alias: kind.id for kind in kinds for alias in kind.aliases})
        object.__setattr__(self, "part_of", {alias: name for name in self.parts for alias in self.parts[name].aliases})

    @staticmethod
    def bundled() -> Vocabulary:
        """Return the vocabulary that comes with the program."""
        return _bundled()

    def with_file(self, path: Path) -> Vocabulary:
        """Return this vocabulary with the kinds of an operator's TOML file added.

        A kind that is known already gets the file's names and emoji, and its aliases beside its own. Raises
        ``DigestError`` if the file cannot be read or does not have the form of ``sections.toml``.
        """
        try:
            return _extended(self, tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise DigestError(f"{path} is not a list of section kinds: {error}") from error

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of all kinds, in order."""
        return tuple(self.by_id)

    def name(self, kind: str, lang: str) -> str:
        """Return what readers of ``lang`` call the kind; "" for a kind that is not of the vocabulary."""
        names = self.by_id[kind].names if kind in self.by_id else {}
        return names.get(lang) or names.get("en") or next(iter(names.values()), "")

    def emoji(self, kind: str) -> str:
        """Return the emoji of the kind, "" if it has none."""
        return self.by_id[kind].emoji if kind in self.by_id else ""

    def classify(self, heading: str, emoji: str = "", lang: str = "") -> str:
        """Return the kind of a section with this heading (without its emoji): the words decide, then the emoji.

        A heading that nothing fits gets a slug of its own, at most 24 bytes of UTF-8. ``lang`` decides between
        kinds that fit equally well: names in it come first.
        """
        kind = self._by_words(heading, lang) or self._by_mark(emoji)
        return kind or (slug(heading) if heading or emoji else UNHEADED)

    @lru_cache(maxsize=4096)  # noqa: B019  # there are few vocabularies, and they live as long as the program
    def part(self, heading: str, emoji: str = "") -> PartName | None:
        """Return whether a heading opens the lesson or the pick: the words decide, then the emoji."""
        if name := self.names_part(heading):
            return name
        for _, run in _runs(heading):
            if (name := self.part_of.get(run)) and _weight(run) >= _LEAST_PART_WEIGHT and _covers(run, heading):
                return name
        if self._by_words(heading, ""):
            return None
        return next((name for name, part in self.parts.items() if _marked(part, emoji)), None)

    def names_part(self, heading: str) -> PartName | None:
        """Return the part that is called exactly so (whole heading, or its part before a colon or dash)."""
        return self.part_of.get(fold(heading)) or self.part_of.get(fold(_segment(heading)))

    def whole(self, heading: str) -> str | None:
        """Return the kind that is called exactly so, by all words of the heading."""
        return self.kind_of.get(fold(heading))

    def exact(self, heading: str) -> str | None:
        """Return the kind that is called exactly so (whole heading, or its part before a colon or dash)."""
        return self.whole(heading) or self.kind_of.get(fold(_segment(heading)))

    def resolve(self, words: str, lang: str = "") -> str | None:
        """Return the kind that a reader means by ``words``: its id, a name or alias, or an unambiguous beginning."""
        wanted = fold(words)
        if not wanted:
            return None
        if wanted in self.by_id:
            return wanted
        if kind := self.exact(words):
            return kind
        starts = {kind.id for kind in self.by_id.values() if any(alias.startswith(wanted) for alias in _in(kind, lang))}
        return starts.pop() if len(starts) == 1 else None

    def means(self, word: Literal["sources", "labels", "preview"], text: str) -> bool:
        """Tell whether ``text`` is one of the words listed under that name."""
        return fold(text) in self.words[word]

    @lru_cache(maxsize=4096)  # noqa: B019  # as above
    def _by_words(self, heading: str, lang: str) -> str | None:
        if kind := self.exact(heading):
            return kind
        found = [
            (self.by_id[kind].names.get(lang) is None, -_weight(run), at, kind)
            for at, run in _runs(heading)
            if (kind := self.kind_of.get(run)) and not self.by_id[kind].whole and _covers(run, heading)
        ]
        return min(found)[-1] if found else None

    def _by_mark(self, emoji: str) -> str | None:
        return next((kind.id for kind in self.by_id.values() if _marked(kind, emoji)), None)


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return letters, marks and digits of the text alone, without case, in compatibility form."""
    return "".join(_tokens(text))


def slug(heading: str, limit: int = KIND_BYTES) -> str:
    """Return the words of the heading joined by "-", cut to ``limit`` bytes of UTF-8 with a hash for what is cut."""
    words = regex.sub(r"[^\p{L}\p{M}\p{N}]+", "-", _folded(heading)).strip("-")
    return shortened(words, limit) if words else "section"


def shortened(words: str, limit: int) -> str:
    """Return ``words`` within ``limit`` bytes of UTF-8, cut at a character, with a hash suffix if cut."""
    if len(words.encode()) <= limit:
        return words
    digest = base64.b32encode(hashlib.sha256(words.encode()).digest()).decode().lower()[:4]
    return f"{words.encode()[: limit - 5].decode(errors='ignore').rstrip('-')}-{digest}"


def numbered(kind: str, count: int) -> str:
    """Return ``kind`` for the first of its name, ``kind-2``, ``kind-3`` … for the others, at most 24 bytes of UTF-8."""
    suffix = f"-{count}" if count > 1 else ""
    return f"{shortened(kind, KIND_BYTES - len(suffix))}{suffix}"


def opens_with_letter(text: str) -> bool:
    """Tell whether a text begins with a letter of nearly every text, and so with no emoji, number or bullet."""
    return _LETTER.match(text) is not None


def split_emoji(text: str) -> tuple[str, str]:
    """Divide a text into the emoji that it begins with (without white space) and the rest."""
    match = None if opens_with_letter(text) else _LEADING_EMOJI.match(text)
    if not match:
        return "", text
    return "".join(match.group(1).split()), text[match.end() :]


@cache
def _bundled() -> Vocabulary:
    raw = tomllib.loads((files(__package__) / "sections.toml").read_text(encoding="utf-8"))
    empty = Vocabulary(by_id={}, parts={"lesson": Kind(id="lesson"), "pick": Kind(id="pick")}, words={})
    return _extended(empty, raw)


def _extended(base: Vocabulary, raw: Mapping[str, Any]) -> Vocabulary:
    if strange := sorted(set(raw) - {"kinds", "parts", "words"}):
        raise ValueError(f"[{strange[0]}] means nothing here; a kind is written as [kinds.{strange[0]}]")
    kinds = {name: _kind(base.by_id.get(name, Kind(id=name)), entry) for name, entry in raw.get("kinds", {}).items()}
    parts = {name: _kind(kind, raw.get("parts", {}).get(name, {})) for name, kind in base.parts.items()}
    words = {
        name: base.words.get(name, frozenset()) | frozenset(map(fold, raw.get("words", {}).get(name, ())))
        for name in ("sources", "labels", "preview")
    }
    return Vocabulary(by_id={**base.by_id, **kinds}, parts=parts, words=words)


def _kind(base: Kind, entry: Mapping[str, Any]) -> Kind:
    if slug(base.id) != base.id:
        raise ValueError(f"{base.id!r} cannot be a kind: small letters, digits and hyphens, at most {KIND_BYTES} bytes")
    languages = {lang: words for lang, words in entry.items() if isinstance(words, dict)}
    names = {lang: str(words["name"]) for lang, words in languages.items() if "name" in words}
    said = [base.id, *names.values(), *entry.get("aliases", ())]
    said.extend(alias for words in languages.values() for alias in words.get("aliases", ()))
    emoji = entry.get("emoji", base.emoji)
    return replace(
        base,
        emoji=emoji,
        names=dict(ChainMap(names, dict(base.names))),
        marks=base.marks | frozenset(map(_bare, (emoji, *entry.get("marks", ())))) - {""},
        aliases=base.aliases | frozenset(map(fold, said)),
        whole=entry.get("whole", base.whole),
    )


def _in(kind: Kind, lang: str) -> Iterator[str]:
    yield fold(kind.names.get(lang, ""))
    yield from kind.aliases


def _marked(kind: Kind, emoji: str) -> bool:
    bare = _bare(emoji)
    return bool(bare) and any(bare.startswith(mark) for mark in kind.marks)


def _bare(emoji: str) -> str:
    return emoji.replace("\ufe0f", "")


@lru_cache(maxsize=4096)
def _segment(heading: str) -> str:
    return _SEGMENT_END.split(heading[:_LONGEST_HEADING].strip(), maxsplit=1)[0] or heading


def _weight(folded: str) -> int:
    return len(folded) + len(_WIDE.findall(folded))


def _tokens(text: str) -> list[str]:
    return _WORD.findall(_folded(text))


def _folded(text: str) -> str:
    short = unicodedata.normalize("NFKC", text[:_LONGEST_HEADING]).casefold()
    return short.replace("'", "").replace("’", "")


@lru_cache(maxsize=4096)
def _runs(heading: str) -> tuple[tuple[int, str], ...]:
    """Return the runs of whole words in the heading's first part, folded, with the place where each begins."""
    return tuple(_all_runs(heading))


def _all_runs(heading: str) -> Iterator[tuple[int, str]]:
    words = _tokens(_segment(heading))
    for start in range(len(words)):
        run = ""
        for word in words[start:]:
            run += word
            if len(run) > _LONGEST_ALIAS:
                break
            yield start, run


def _covers(run: str, heading: str) -> bool:
    """Tell whether the run is enough of the heading's first part to say what it is about."""
    return _weight(run) >= _LEAST_SHARE * _weight(fold(_segment(heading)))
