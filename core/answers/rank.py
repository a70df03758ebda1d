"""How much a token's presence says: BM25's inverse document frequency."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def rarity(frequency: int, total: int) -> float:
    """Return the weight of a token that ``frequency`` of ``total`` passages contain; never negative."""
    return log(1 + (total - frequency + 0.5) / (frequency + 0.5))


def weights(found: Iterable[str], frequencies: Mapping[str, int], total: int) -> dict[str, float]:
    """Return the weight of each token of a search that some passage contains."""
    return {token: rarity(frequencies[token], total) for token in found if frequencies.get(token)}
