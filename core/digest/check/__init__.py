"""What an editor should look at before an issue goes out, line by line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.digest.check.links import link_problems
from core.digest.check.prose import prose
from core.digest.check.punctuation import punctuation_problems
from core.digest.check.structure import structure_problems
from core.digest.front_matter import open_source, tidy
from core.i18n import texts

if TYPE_CHECKING:
    from core.digest.model import Problem
    from core.digest.parse import Parsed

__all__ = ["check"]


def check(parsed: Parsed, source: str, *, lang: str = "en") -> tuple[Problem, ...]:
    """Return every problem of the issue, those of the reading included, by line.

    ``source`` is the text that ``parsed`` was read from. Messages are in ``lang`` and say what to do. Levels: an
    "error" would reach the reader as something broken or missing, a "warning" is worth a look.
    """
    _ = texts(lang)
    text = tidy(source)
    lines = prose(open_source(text).body)
    links = tuple(link_problems(lines, _))
    broken = {problem.line for problem in links if problem.code == "broken-link"}
    found = (
        *(replace(problem, message=_(problem.message)) for problem in parsed.problems),
        *structure_problems(parsed.issue, text, _),
        *links,
        *punctuation_problems(lines, parsed.issue.ref.lang, broken, _),
    )
    return tuple(sorted(dict.fromkeys(found), key=lambda problem: (problem.line, problem.level, problem.code)))
