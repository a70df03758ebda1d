"""Sentences of a text that is still being written, each given out once it is whole."""

from __future__ import annotations

import regex

_END = regex.compile(
    r"""(?:[。！？!?…]+[”’」』）)"']*|\.[”’)"']*(?=\s|\[)|\n)   # what ends a sentence,
        (?:\s*\[[\d\s,，、]{1,12}\])*                          # the numbers of its stories after that,
        \s*(?=[^\s\[。！？!?…”’」』）)"'])                      # and something that begins another""",
    regex.VERBOSE,
)


LONGEST = 1000
"""Characters of a sentence; a longer one cannot be shown, and would take long to check."""
_THINKS, _THOUGHT = "<think>", "</think>"


class Answering:
    """Leaves out what some models think aloud before they answer."""

    def __init__(self) -> None:
        self._held: str | None = ""

    def add(self, piece: str) -> str:
        """Return what of ``piece`` belongs to the answer, and what was held back until that was known."""
        if self._held is None:
            return piece
        self._held += piece
        begins = self._held.lstrip()
        thinks, (_thought, ends, answer) = begins.startswith(_THINKS), begins.partition(_THOUGHT)
        if _THINKS.startswith(begins) or (thinks and not ends):
            return ""
        said, self._held = answer if thinks else begins, None
        return said


class Sentences:
    """Cuts a growing text. What was given out never changes any more."""

    def __init__(self) -> None:
        self._rest = ""

    def add(self, piece: str) -> list[str]:
        """Return the sentences that ``piece`` made whole, and what grew too long to become one."""
        self._rest += piece
        found, start = [], 0
        for match in _END.finditer(self._rest):
            found.append(self._rest[start : match.end()])
            start = match.end()
        self._rest = self._rest[start:]
        if len(self._rest) > LONGEST:
            found.append(self._rest)
            self._rest = ""
        return [sentence for sentence in found if sentence.strip()]

    def end(self) -> list[str]:
        """Return what is left."""
        last, self._rest = self._rest, ""
        return [last] if last.strip() else []
