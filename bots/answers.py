"""Answers in the shape that ``paperboy ask --json`` and ``POST /api/ask`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.answers.cite import Answer, Citation
    from core.digest.model import IssueRef


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """Return ``{answer, lang, found, citations, nearest}``."""
    return {
        "answer": answer.text,
        "lang": answer.lang,
        "found": answer.found,
        "citations": [_citation(citation) for citation in answer.citations],
        "nearest": [_citation(citation) for citation in answer.nearest],
    }


def ref_as_json(ref: IssueRef) -> dict[str, str]:
    """Return ``{edition, date, lang}``."""
    return {"edition": ref.edition, "date": ref.date.isoformat(), "lang": ref.lang}


def _citation(citation: Citation) -> dict[str, str]:
    where = {"section": citation.section, "key": citation.key, "title": citation.title}
    return {**ref_as_json(citation.ref), **where}
