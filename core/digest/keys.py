"""Keys of stories: what corrections, follow-ups and twins refer to."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product
from operator import is_
from typing import TYPE_CHECKING, TypeAlias, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from msgspec.structs import replace

from core.digest.model import Issue, Lesson, Part, Pick, Section, Story
from core.document.text import links, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from core.document.nodes import Blocks, Inlines, Link

KEY_BYTES = 5
"""They make eight characters of base32."""
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = tuple(map("".join, product(BASE32, repeat=2)))
LEAST_SIMILAR = 0.55
COMPARED = 400
SHINGLE = 3

Keyed: TypeAlias = Story | Lesson | Pick
AnyKeyed = TypeVar("AnyKeyed", bound=Keyed)

_TRACKING = frozenset({"fbclid", "gclid", "igshid", "mc_cid", "mc_eid", "ref", "ref_src", "si", "spm", "source"})


def own_key(found: Sequence[Link], title: Inlines | str, body: Blocks) -> str:
    """Return the key that an entry has by itself: 8 characters of ``[a-z2-7]``.

    It comes from the normalised address of the first link that was ``found`` in it, else from the words of the title,
    else from the words of the text.
    """
    if found and (address := normalise_url(found[0].url)):
        return _hash(f"url:{address}")
    return _hash(f"title:{_words(title if isinstance(title, str) else plain(title)) or _words(plain(body))}")


def natural_key(entry: Keyed) -> str:
    """Return the key that an entry has by itself, whatever else is in its issue."""
    return own_key(_links(entry), _title(entry), entry.body)


def first_address(entry: Keyed) -> str:
    """Return the normalised address of the entry's first link, "" if it has none."""
    found = _links(entry)
    return normalise_url(found[0].url) if found else ""


def _links(entry: Keyed) -> Sequence[Link]:
    return links(entry.body) if isinstance(entry, Lesson) else entry.links


def normalise_url(url: str) -> str:
    """Return the address as it is compared.

    Without scheme, ``www.``, fragment, tracking parameters and closing slash; the host in lower case.
    """
    try:
        parts = urlsplit(url)
        written = parse_qsl(parts.query, keep_blank_values=True) if parts.query else ()
        query = [(name, value) for name, value in written if not _tracks(name)]
    except ValueError:
        return url
    host = parts.netloc.lower().removeprefix("www.")
    path = f"{host}{parts.path.rstrip('/')}"
    return f"{path}?{urlencode(sorted(query))}" if query else path


def _tracks(name: str) -> bool:
    return name.lower().startswith("utm_") or name.lower() in _TRACKING


def keyed(issue: Issue) -> Issue:
    """Return the issue, whose stories, lesson and pick have each their own key, with none of these keys twice.

    An address that several entries begin with is the key of none of them.
    """
    entries = list(_entries(issue))
    if len({entry.key for entry in entries}) == len(entries):
        return issue
    counts = Counter(entry.key for entry in entries)
    own = (entry.key if counts[entry.key] == 1 else own_key((), _title(entry), entry.body) for entry in entries)
    return _with_keys(issue, _distinct(own))


def carry(old: Issue, new: Issue) -> Issue:
    """Return the new revision of an issue with the keys that its stories, lesson and pick had in the old one.

    Entries are the same when they have the same key, else when they are alike: same section first, then title and
    text, then place. What has no counterpart keeps its natural key, changed if an old entry had it. Keys stay distinct.
    """
    before, after = list(_places(old)), list(_places(new))
    pairs = _same_key(before, after)
    pairs |= _alike(before, after, pairs)
    kept = {index: before[other].entry.key for index, other in pairs.items()}
    added = [index for index in range(len(after)) if index not in kept]
    fresh = _distinct((after[index].entry.key for index in added), kept.values())
    keys = kept | dict(zip(added, fresh, strict=True))
    return _with_keys(new, (keys[index] for index in range(len(after))))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    entry: Keyed
    section: str
    order: float
    title: str
    text: str
    shingles: frozenset[str]


def _same_key(before: Sequence[_Place], after: Sequence[_Place]) -> dict[int, int]:
    known = {place.entry.key: index for index, place in enumerate(before)}
    return {index: known[place.entry.key] for index, place in enumerate(after) if place.entry.key in known}


def _alike(before: Sequence[_Place], after: Sequence[_Place], pairs: Mapping[int, int]) -> dict[int, int]:
    left = [index for index in range(len(before)) if index not in set(pairs.values())]
    added = [index for index in range(len(after)) if index not in pairs]
    ranked = sorted(
        (-likeness, abs(before[one].order - after[other].order), one, other)
        for one in left
        for other in added
        if (likeness := _likeness(before[one], after[other])) >= LEAST_SIMILAR
    )
    found: dict[int, int] = {}
    used: set[int] = set()
    for _, _, one, other in ranked:
        if one not in used and other not in found:
            used.add(one)
            found[other] = one
    return found


def _likeness(one: _Place, other: _Place) -> float:
    if type(one.entry) is not type(other.entry):
        return 0.0
    if not isinstance(one.entry, Story):
        return 1.0
    text = _overlap(one.shingles, other.shingles)
    title = 1.0 if one.title == other.title else _ratio(one.title, other.title)
    nearby = 0.05 if one.section == other.section else 0.0
    same = first_address(one.entry) == first_address(other.entry) != ""
    return (
        max(title, text, 0.4 * title + 0.6 * text, 0.6 if same and text else 0.0) + nearby if max(title, text) else 0.0
    )


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one[:COMPARED], other[:COMPARED], autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= LEAST_SIMILAR <= matcher.quick_ratio() else 0.0


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def _places(issue: Issue) -> Iterator[_Place]:
    entries = [(section, entry) for part in issue.parts for section, entry in _of(part)]
    for index, (section, entry) in enumerate(entries):
        title, text = _words(_title(entry)), _words(plain(entry.body))
        shingles = frozenset(text[at : at + SHINGLE] for at in range(max(0, min(len(text), COMPARED) - SHINGLE + 1)))
        yield _Place(
            entry=entry, section=section, order=index / len(entries), title=title, text=text, shingles=shingles
        )


def _of(part: Part) -> Iterator[tuple[str, Keyed]]:
    if isinstance(part, Section):
        yield from ((part.kind, story) for story in part.stories)
    else:
        yield "", part


def _entries(issue: Issue) -> Iterator[Keyed]:
    for part in issue.parts:
        if isinstance(part, Section):
            yield from part.stories
        else:
            yield part


def _title(entry: Keyed) -> str:
    if isinstance(entry, Lesson):
        return entry.term
    return entry.title if isinstance(entry, Pick) else plain(entry.title)


def _words(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _hash(text: str) -> str:
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:KEY_BYTES], "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in (30, 20, 10, 0)])


def _distinct(keys: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    used = set(taken)
    counts: Counter[str] = Counter()
    distinct: list[str] = []
    for key in keys:
        candidate = key
        while candidate in used:
            counts[key] += 1
            candidate = _hash(f"{key}#{counts[key] + 1}")
        used.add(candidate)
        distinct.append(candidate)
    return distinct


def _with_keys(issue: Issue, keys: Iterable[str]) -> Issue:
    remaining = iter(keys)
    return replace(issue, parts=tuple(_rekeyed(part, remaining) for part in issue.parts))


def _rekeyed(part: Part, keys: Iterator[str]) -> Part:
    if not isinstance(part, Section):
        return _with_key(part, next(keys))
    stories = tuple(_with_key(story, next(keys)) for story in part.stories)
    return part if all(map(is_, stories, part.stories)) else replace(part, stories=stories)


def _with_key(entry: AnyKeyed, key: str) -> AnyKeyed:
    return entry if entry.key == key else replace(entry, key=key)
