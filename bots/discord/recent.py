"""What was met lately."""

from __future__ import annotations

from collections import OrderedDict

KEPT = 10_000


class Recent:
    """Remembers the last names that it was asked for."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._names: OrderedDict[int, None] = OrderedDict()

    def first(self, name: int) -> bool:
        """Tell whether the name is new, and remember it."""
        if name in self._names:
            self._names.move_to_end(name)
            return False
        self._names[name] = None
        if len(self._names) > self._kept:
            self._names.popitem(last=False)
        return True
