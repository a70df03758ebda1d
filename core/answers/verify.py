"""Whether a sentence that a model wrote says what the stories say that it names. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import regex

from core.answers.facts import counts_in, dates_in, numbers_in
from core.answers.tokens import STOP_WORDS, normalised, tokens, units
from core.answers.words import Lexicon, bundled_lines
from core.digest.language import language_of
from core.document.build import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from core.answers.passages import Passage
    from core.answers.words import Group

MARKERS = regex.compile(r"\s*\[(\d{1,2}(?:\s*[,，、]\s*\d{1,2})*)\]")
LIKE = 0.4
"""The share of a sentence's words that the stories must have, where both are in one language."""
LEAK = 5
"""So many words in a row from the rules, and no story that has them, are the rules and no answer."""

_MARKUP = regex.compile(r"\*\*|__|`|^\s*(?:[-*•·]|#{1,6})\s+", regex.MULTILINE)
_ADDRESS = regex.compile(
    r"[a-z][a-z0-9+.-]*://[^\s\p{Han}）)\]。，]+|\bwww\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)*|[\p{L}][\p{L}\p{N}_-]*(?:\.[\p{L}\p{N}_-]+)*\.\p{L}{2,}",
    regex.IGNORECASE,
)
_CALL = regex.compile(r"@\s?[\w]+|<[@!#:/][^>\s]*>?|(?<![\w/])/\p{L}[\w]+")
_EVERYBODY = regex.compile(r"[@＠]\s?(?:everyone|here|channel|all|所有人|全体)|<[@!#:]", regex.IGNORECASE)
_WORD = regex.compile(r"\p{Latin}[\p{Latin}\p{N}]*(?:[-.+'’_/&][\p{Latin}\p{N}]+)*\+*")
_PART = regex.compile(r"\p{Latin}+|\p{N}+(?:\.\p{N}+)*")
_KEY = regex.compile(r"(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{16,}", regex.IGNORECASE | regex.ASCII)
_UNIT = regex.compile(r"\p{Han}|[\p{L}\p{N}--\p{Han}]+", regex.V1)
_QUOTED = regex.compile(r"[“「『《\"]([^”」』》\"]{2,40})[”」』》\"]")
_PLAIN = frozenset({"ai", "i"})
_OPENERS = frozenset(word for line in bundled_lines("openers.txt") for word in line.split())


def numbers_of(marker: str) -> list[int]:
    """Return the numbers of a marker: 1 and 2 of "[1, 2]"."""
    return [int(number) for number in regex.findall(r"\d+", marker)]


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The stories that were sent, by number, the rules that were sent with them, and the reader's language."""

    stories: Mapping[int, Passage]
    rules: str = ""
    lang: str = ""

    @cached_property
    def _leaks(self) -> frozenset[tuple[str, ...]]:
        return frozenset(_runs(self.rules))

    @cached_property
    def _grounds(self) -> dict[tuple[int, ...], Ground]:
        return {}

    def _ground(self, numbers: tuple[int, ...]) -> Ground:
        """Return what these stories say; sentences often stand on the same ones."""
        if numbers not in self._grounds:
            self._grounds[numbers] = Ground(stories=tuple(self.stories[number] for number in numbers))
        return self._grounds[numbers]

    def cited(self, sentence: str) -> tuple[int, ...]:
        """Return the numbers that the sentence names, in their order, whether there is such a story or not."""
        return tuple(
            dict.fromkeys(number for match in MARKERS.finditer(sentence) for number in numbers_of(match.group()))
        )

    def faults(self, sentence: str) -> tuple[str, ...]:
        """Return what is wrong with a tidy sentence, nothing if it may be shown."""
        if self.lang and language_of(MARKERS.sub("", sentence)) != self.lang:
            return ("it is not in the reader's language",)
        numbers = self.cited(sentence)
        if not numbers:
            return ("a sentence names no story",)
        missing = [number for number in numbers if number not in self.stories]
        if missing:
            return tuple(f"there is no story [{number}]" for number in missing)
        ground = self._ground(numbers)
        said = MARKERS.sub("", normalised(sentence))
        leaks = ["it repeats the rules"] if self.repeats_rules(said, ground.text) else []
        return tuple(dict.fromkeys((*ground.faults(said), *leaks)))

    def repeats_rules(self, said: str, ground: str = "") -> bool:
        """Tell whether a text has words in a row from the rules that do not stand in ``ground`` too."""
        return bool(set(_runs(said)) & self._leaks - set(_runs(ground)))


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The stories that one sentence stands on."""

    stories: tuple[Passage, ...]

    @cached_property
    def text(self) -> str:
        """Everything that they say, and when."""
        said = [part for story in self.stories for part in (story.title, story.text, story.url)]
        return normalised("\n".join(said))

    @cached_property
    def _low(self) -> str:
        return self.text.casefold()

    @cached_property
    def _words(self) -> frozenset[str]:
        found = _WORD.findall(self._low)
        return frozenset((*found, *(part for word in found for part in _PART.findall(word))))

    @cached_property
    def _tokens(self) -> frozenset[str]:
        return frozenset(tokens(self.text))

    @cached_property
    def _groups(self) -> frozenset[Group]:
        return frozenset(group for mention in Lexicon.bundled().mentions(units(self.text)) for group in mention.groups)

    @cached_property
    def _dates(self) -> frozenset[tuple[int | None, int, int]]:
        told = {found.day for found in dates_in(self.text)} | {_parts(story.ref.date) for story in self.stories}
        return frozenset(told | {(None, month, day) for _year, month, day in told})

    def faults(self, said: str) -> Iterator[str]:
        """Yield what a sentence without its numbers of stories says that they do not say."""
        yield from self._addresses(said)
        yield from self._numbers(said)
        yield from self._names(said)
        if not self._is_like(said):
            yield "it says something that the story does not say"

    def _addresses(self, said: str) -> Iterator[str]:
        if _EVERYBODY.search(said):
            yield "it calls somebody"
        for found in (*_ADDRESS.findall(said), *_CALL.findall(said)):
            if found.casefold().rstrip(".") not in self._low:
                yield f"“{found}” stands in no cited story"

    def _numbers(self, said: str) -> Iterator[str]:
        rest = said
        for found in dates_in(said):
            rest = rest[: found.start] + " " * (found.end - found.start) + rest[found.end :]
            if found.day not in self._dates:
                yield f"the date {said[found.start : found.end]} stands in no cited story"
        own = {value for _text, value in numbers_in(self.text)}
        calendar = {f"{story.ref.date.year}" for story in self.stories}
        for text, value in numbers_in(rest):
            if value not in own and text not in calendar:
                yield f"the number {text} stands in no cited story"
        told = {(value, kind) for _text, value, kind in counts_in(self.text)}
        for text, value, kind in counts_in(rest):
            if (value, kind) not in told and any(value == other for other, _kind in told):
                yield f"“{text}” stands in no cited story: the number counts something else"

    def _names(self, said: str) -> Iterator[str]:
        known: set[int] = set()
        for mention in Lexicon.bundled().mentions(found := units(said)):
            span = found[mention.start : mention.end]
            if self._groups.intersection(mention.groups):
                known.update(range(span[0].start, span[-1].end))
            elif any(group.name for group in mention.groups) and span[0].han:
                yield f"the name {said[span[0].start : span[-1].end]} stands in no cited story"
        chinese = language_of(said) == "zh"
        for match in _WORD.finditer(said):
            word = match.group()
            looks = chinese or any(char.isupper() or char.isdigit() for char in word)
            if (
                looks
                and match.start() not in known
                and not self._has(word, opens=not said[: match.start()].strip(" “\"'("))
            ):
                yield f"the name {word} stands in no cited story"
        for title in _QUOTED.findall(said):
            if title.casefold() not in self._low and language_of(title) == language_of(self.text):
                yield f"“{title}” stands in no cited story"

    def _has(self, word: str, *, opens: bool) -> bool:
        low = word.casefold().removesuffix("'s").removesuffix("’s")
        if low in self._words or low in _PLAIN or all(part in self._words for part in _PART.findall(low)):
            return True
        return opens and word[1:].islower() and (low in _OPENERS or bool(set(tokens(low)) & self._tokens))

    def _is_like(self, said: str) -> bool:
        mine = [token for token in tokens(said) if _tells(token)]
        shared = [token for token in mine if token in self._tokens]
        if language_of(said) == language_of(self.text):
            return not mine or len(shared) >= LIKE * len(mine)
        groups = {group for mention in Lexicon.bundled().mentions(units(said)) for group in mention.groups}
        return bool(shared or groups & self._groups)


def faults_of_general(said: str, *, rules: str, lang: str = "") -> tuple[str, ...]:
    """Return why an explanation that stands on no story may not be shown: it leads somewhere, or calls somebody.

    In another language than ``lang``, if that is told, it may not either.
    """
    plain = normalised(said)
    faults = ["it is not in the reader's language"] * bool(lang and language_of(said) != lang)
    faults += [f"it names the address {found}" for found in _ADDRESS.findall(plain)]
    faults += [f"it calls {found}" for found in _CALL.findall(plain)]
    faults += ["it calls somebody"] * bool(_EVERYBODY.search(plain))
    faults += ["it names a story"] * bool(MARKERS.search(plain))
    faults += ["it holds what looks like a key"] * bool(_KEY.search(plain))
    faults += ["it repeats the rules"] * Sources(stories={}, rules=rules).repeats_rules(plain)
    return tuple(faults)


def tidy(sentence: str) -> str:
    """Return the sentence on one line, without marks of Markdown and without what is invisible."""
    return " ".join(_MARKUP.sub("", clean(sentence)).split())


def _tells(token: str) -> bool:
    """Whether a token says something: pairs of Chinese characters, and words that are not in every sentence."""
    if regex.match(r"\p{Han}", token):
        return len(token) > 1 and not any(character in STOP_WORDS for character in token)
    return token not in STOP_WORDS and not token[0].isdigit()


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    said = _UNIT.findall(normalised(text).casefold())
    return (tuple(said[at : at + LEAK]) for at in range(len(said) - LEAK + 1))


def _parts(day: date) -> tuple[int | None, int, int]:
    return day.year, day.month, day.day
