"""Sentences of a text that is still being written, each given out once it is whole."""

from __future__ import annotations

import regex

_END = regex.compile(
    r"""(?:[。！？!?…]+[”’」』）)"']*|\.[”’)"']*(?=\s|\[)|\n)   # what ends a sentence,
        (?:\s*\[[\d\s,，、]{1,12}\])*                          # the numbers of its stories after that,
        \s*(?=[^\s\[。！？!?…”’」』）)"'])                      # and something that begins another""",
    regex.VERBOSE,
)


class Sentences:
    """Cuts a growing text. What was given out never changes any more."""

    def __init__(self) -> None:
        self._rest = ""

    def add(self, piece: str) -> list[str]:
        """Return the sentences that ``piece`` made whole."""
        self._rest += piece
        found, start = [], 0
        for match in _END.finditer(self._rest):
            found.append(self._rest[start : match.end()])
            start = match.end()
        self._rest = self._rest[start:]
        return [sentence for sentence in found if sentence.strip()]

    def end(self) -> list[str]:
        """Return what is left."""
        last, self._rest = self._rest, ""
        return [last] if last.strip() else []
