"""The searchable form of one issue: its passages and, for each token, which of them contain it and how much it says.

An impact is BM25's term frequency part in hundredths. A posting is one number: the passage's place times 256, plus
the impact.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from core.answers.passages import Passage, passages
from core.answers.tokens import tokens

if TYPE_CHECKING:
    from core.digest.model import Issue, IssueRef

TITLE_WEIGHT = 2
SATURATION = 1.2
LENGTH_SHARE = 0.4
USUAL_LENGTH = 100
"""BM25's k1 and b, and the length in tokens that counts as usual: a constant, so that adding a passage changes no
other one's numbers (https://en.wikipedia.org/wiki/Okapi_BM25)."""
HUNDREDTHS = 100
FULL = (SATURATION + 1) * HUNDREDTHS
PLACE_BITS = 8
IMPACT = (1 << PLACE_BITS) - 1
_KEPT = tuple(field.name for field in fields(Passage) if field.name != "ref")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One issue as the index reads it: ``postings`` has ``counts[n]`` numbers for ``tokens[n]``, in their order."""

    ref: IssueRef
    passages: tuple[Passage, ...]
    tokens: tuple[str, ...]
    counts: array[int]
    postings: array[int]

    @staticmethod
    def empty(ref: IssueRef) -> Segment:
        """Return the segment of an issue that was taken back."""
        return Segment(ref=ref, passages=(), tokens=(), counts=array("I"), postings=array("I"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A segment as a database keeps it."""

    passages: str
    tokens: str
    postings: bytes


def segment(issue: Issue) -> Segment:
    """Return the issue's segment."""
    found = tuple(passages(issue))
    by_token: dict[str, list[int]] = defaultdict(list)
    for place, passage in enumerate(found):
        for token, impact in impacts(passage):
            by_token[token].append(place << PLACE_BITS | impact)
    said = tuple(by_token)
    return Segment(
        ref=issue.ref,
        passages=found,
        tokens=said,
        counts=array("I", (len(by_token[token]) for token in said)),
        postings=array("I", (posting for token in said for posting in by_token[token])),
    )


def impacts(passage: Passage) -> list[tuple[str, int]]:
    """Return what each token of the passage says, before the token's rarity; a title's token counts more."""
    title, text = tokens(passage.title), tokens(passage.text)
    counts = Counter(text)
    for token in title:
        counts[token] += TITLE_WEIGHT
    norm = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * (len(title) + len(text)) / USUAL_LENGTH)
    return [(token, max(1, min(IMPACT, round(FULL * count / (count + norm))))) for token, count in counts.items()]


def packed(found: Segment) -> Stored:
    """Return the segment as a database keeps it."""
    numbers = array("I", (len(found.counts), *found.counts, *found.postings))
    kept = [{name: getattr(passage, name) for name in _KEPT} for passage in found.passages]
    return Stored(
        passages=json.dumps(kept, ensure_ascii=False, separators=(",", ":")),
        tokens=" ".join(found.tokens),
        postings=numbers.tobytes(),
    )


def unpacked(ref: IssueRef, stored: Stored) -> Segment:
    """Return the segment that was packed."""
    numbers = array("I")
    numbers.frombytes(stored.postings)
    count = numbers[0]
    return Segment(
        ref=ref,
        passages=tuple(Passage(ref=ref, **kept) for kept in json.loads(stored.passages)),
        tokens=tuple(stored.tokens.split(" ")) if stored.tokens else (),
        counts=numbers[1 : count + 1],
        postings=numbers[count + 1 :],
    )
