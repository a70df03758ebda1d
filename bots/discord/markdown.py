r"""Inlines as the Markdown that Discord's clients read.

What they do differently from CommonMark, and what follows from it here:

- Emphasis needs no particular neighbours, so marks next to Chinese work; but marks that touch each other are
  ambiguous, so a zero-width space comes between them, and marks never enclose white space at their ends.
- Nothing can be escaped within the label of a link: backslashes are shown there, and brackets, an emoji or an address
  break the link (discord-api-docs issues 6185, 7510, 7673, 7721). Only a part of the label without them is linked.
- A backslash works before every ASCII punctuation mark.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

import regex
from msgspec.structs import replace

from core.render.runs import Run, runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from core.document.nodes import Inlines, Time
    from core.render.runs import Style

MARKS: dict[Style, str] = {"strong": "**", "emphasis": "*", "strike": "~~"}
LOOKAHEAD = 16
"""How many spans are looked at to see which of two marks should be the outer one."""
BETWEEN_MARKS = "\u200b"
TIMES = {"time": "t", "date": "D", "datetime": "f", "relative": "R"}
POINTER = "→"
"""The label of a link whose own label cannot be one."""

_SHORTCODE = r":(?=[\w+~-]++(?::|$))"
_MENTION = r"@(?=everyone|here)"
_UNDERSCORE = r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])"
_SPECIAL = regex.compile(
    rf"[\\`*_\[<]|{_SHORTCODE}|{_MENTION}|(?<=https?:)/"
    r"|~(?=~|$)|(?<=~|^)~|\|(?=\||$)|(?<=\||^)\|",
    regex.IGNORECASE,
)
_MAY_BE_SPECIAL = re.compile(r"[\\`*_\[<@~|]|:\S")
"""One of these is in every text in which ``_SPECIAL`` finds something, and quickly seen."""
_BREAKS_LABEL = regex.compile(
    rf"[\\`*\[\]<>~\u200d\ufe0f\u20e3]|\|\||{_UNDERSCORE}|{_SHORTCODE}|{_MENTION}|_?[a-z]++://"
    r"|\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}",
    regex.IGNORECASE,
)
_OPENING = frozenset(">#+-")
_OPENS_LINE = re.compile(r"^(\s*+)(?:(?P<mark>>|#++(?=\s|$)|[+-](?=[\s#]|$))|(?P<number>\d++)\.(?=\s|$))")
_CLOSING_HASHES = re.compile(r"#++\s*+$")
_BREAKS_ADDRESS = re.compile(r"[\s\\`*|<>\"]|~~")
_PARENTHESES = re.compile(r"[()]")
_EVEN_PARENTHESES = re.compile(r"[^()]*+(?:\([^()]*+\)[^()]*+)*+")
_MARKS_INSIDE = re.compile(r"[*~\\]")
"""Marks in code would close the marks around it."""
_BACKTICKS = re.compile(r"(`++)")


_Span: TypeAlias = "tuple[str, frozenset[Style]]"
"""Finished Markdown, and the marks that have to stand around it."""
_PLAIN: frozenset[Style] = frozenset()


def lines(inlines: Inlines) -> list[str]:
    """Return the inlines as lines of Markdown, one for each hard break and one more."""
    flow = runs(inlines)
    rows = _split(flow) if any(["\n" in run.text for run in flow]) else (flow,)  # noqa: C419  # quicker for so few
    return [_escaped_start(_joined(_spans(row))) for row in rows]


def heading_line(inlines: Inlines) -> str:
    """Return the inlines as one line that a heading's marks can stand before."""
    line = " ".join(lines(inlines))
    return _CLOSING_HASHES.sub(lambda match: match[0].replace("#", r"\#"), line) if "#" in line else line


def escaped(text: str) -> str:
    """Return plain text as Markdown, apart from what would only have a meaning at the beginning of a line."""
    return _SPECIAL.sub(_with_backslash, text) if _MAY_BE_SPECIAL.search(text) else text


def _with_backslash(match: regex.Match[str]) -> str:
    return f"\\{match[0]}"


def follows(url: str) -> bool:
    """Tell whether a link to ``url`` works: other schemes do not, and a long address would not leave room for text."""
    return url.lower().startswith(("http://", "https://")) and len(address(url)) <= LONGEST_ADDRESS


LONGEST_ADDRESS = 1024


@lru_cache(maxsize=1024)  # asked about to see whether the link works, and to write it
def address(url: str) -> str:
    """Return the address with what would end or break a link percent-encoded."""
    if _BREAKS_ADDRESS.search(url):
        url = _BREAKS_ADDRESS.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), url)
    if "(" not in url and ")" not in url:
        return url
    return url if _EVEN_PARENTHESES.fullmatch(url) else _PARENTHESES.sub(lambda match: quote(match[0], safe=""), url)


def _split(flow: Sequence[Run]) -> Iterator[list[Run]]:
    line: list[Run] = []
    for run in flow:
        if "\n" not in run.text:
            line.append(run)
            continue
        first, *rest = [run.text.replace("\n", " ")] if run.code or run.time else run.text.split("\n")
        line.append(replace(run, text=first))
        for text in rest:
            yield line
            line = [replace(run, text=text)]
    yield line


def _escaped_start(line: str) -> str:
    start = line[:1]
    match = _OPENS_LINE.match(line) if start in _OPENING or start.isspace() or start.isdecimal() else None
    if not match:
        return line
    at = match.end("number") if match["number"] else match.start("mark")
    return f"{line[:at]}\\{line[at:]}"


def _spans(line: Iterable[Run]) -> list[_Span]:
    """Return the runs of a line as spans, none of them empty."""
    spans: list[_Span] = []
    flow: list[Run] = []
    for run in line:
        if flow and flow[0].link != run.link:
            spans += _link(flow)
            flow = []
        if not run.text:
            continue
        if run.link:
            flow.append(run)
        elif run.styles or run.code or run.time:
            spans += _text(run)
        else:
            spans.append((escaped(run.text), _PLAIN))
    return spans + _link(flow) if flow else spans


def _text(run: Run) -> list[_Span]:
    if run.time:
        return [(_time(run.time), run.styles)]
    if run.code:
        start, body, end = _parted(run.text)
        styles = _PLAIN if _MARKS_INSIDE.search(body) else run.styles
        spans = [(start, _PLAIN), *((span, styles) for span in _code(body)), (end, _PLAIN)]
        return [span for span in spans if span[0]]
    return _apart_from_blanks(escaped(run.text), run.styles)


def _apart_from_blanks(text: str, styles: frozenset[Style]) -> list[_Span]:
    """Return white space at both ends apart from what it surrounds, so that it gets no marks."""
    if not styles or not (text[:1].isspace() or text[-1:].isspace()):
        return [(text, styles)] if text else []
    start, body, end = _parted(text)
    return [span for span in ((start, _PLAIN), (body, styles), (end, _PLAIN)) if span[0]]


def _parted(text: str) -> tuple[str, str, str]:
    """Return the white space at the beginning, what it surrounds, and that at the end."""
    body = text.strip()
    if not body:
        return text, "", ""
    start = text.find(body)
    return text[:start], body, text[start + len(body) :]


def _code(value: str) -> Iterator[str]:
    """Yield code; a run of backticks that no fence can hold stands beside it."""
    if "``" in value:
        for part in _BACKTICKS.split(value):
            if part.startswith("`"):
                yield escaped(part)
            elif part:
                yield f"`{part}`"
    elif "`" in value:
        yield f"`` {value} ``"
    elif value:
        yield f"`{value}`"


def _time(time: Time) -> str:
    return f"<t:{int(time.at.timestamp())}:{TIMES[time.form]}>"


def _link(flow: Sequence[Run]) -> list[_Span]:
    first, *others = flow
    url = address(first.url)
    label = "".join([run.text for run in flow]) if others else first.text
    common = frozenset.intersection(*[run.styles for run in flow]) if others else first.styles
    coded = any([run.code for run in flow])  # noqa: C419  # a list is quicker for so few
    if label == url and not coded:
        return [(f"<{url}>", common)]
    start, end = _linkable(label, _underscores_before_marks(flow) if others else ())
    if not others and not coded and end - start == len(label):  # as nearly always
        return [(f"[{label}]({url})", common)]
    before = [span for run in _between(flow, 0, start) for span in _text(run)]
    inside = _joined([span for run in _between(flow, start, end) for span in _label(run, run.styles - common)])
    after = [span for run in _between(flow, end, len(label)) for span in _text(run)]
    return [*before, (f"[{inside or POINTER}]({url})", common), *after]


def _underscores_before_marks(flow: Sequence[Run]) -> tuple[int, ...]:
    """Return the places of underscores that would close an emphasis, since marks follow them."""
    ends = accumulate(len(run.text) for run in flow[:-1])
    return tuple(end - 1 for end, run in zip(ends, flow, strict=False) if run.text.endswith("_"))


@lru_cache(maxsize=1024)  # "Read more →" is on every other link
def _linkable(label: str, also: tuple[int, ...]) -> tuple[int, int]:
    """Return where the longest part of a label begins and ends that has nothing in it which breaks the link.

    The characters at the places ``also`` break it, too.
    """
    longest = (len(label), len(label))
    start = 0
    breaks = [match.span() for match in _BREAKS_LABEL.finditer(label)]
    for stop, after in [*sorted({*breaks, *((at, at + 1) for at in also)}), (len(label), len(label))]:
        part = label[start:stop]
        at = start + len(part) - len(part.lstrip())
        if len(part.strip()) > longest[1] - longest[0]:
            longest = (at, at + len(part.strip()))
        start = after
    return longest


def _between(flow: Iterable[Run], start: int, end: int) -> Iterator[Run]:
    position = 0
    for run in flow:
        text = run.text[max(0, start - position) : max(0, end - position)]
        if text:
            yield replace(run, text=text, time=None)
        position += len(run.text)


def _label(run: Run, styles: frozenset[Style]) -> list[_Span]:
    """Return a part of a label as it is, since nothing can be escaped there, with white space at both ends apart."""
    start, body, end = _parted(run.text)
    spans = ((start, _PLAIN), (f"`{body}`" if run.code and body else body, styles), (end, _PLAIN))
    return [span for span in spans if span[0]]


def _joined(spans: list[_Span]) -> str:
    """Return the spans, none of them empty, with marks opened and closed around them as their styles demand.

    No mark opens before white space: it would not be one. Of marks that open together, the outer ones last longer.
    """
    if len(spans) == 1 and not spans[0][1]:
        return spans[0][0]
    row = _with_blanks_styled(spans)
    written: list[str] = []
    before = ""
    open_: list[Style] = []
    for at, (markdown, styles) in enumerate(row):
        marks = []
        if open_ or styles:  # not for most of a text
            kept = 0
            while kept < len(open_) and open_[kept] in styles:
                kept += 1
            if kept == len(open_) == len(styles):
                pass
            elif len(styles) > kept and not markdown.isspace():
                opening = [style for style in MARKS if style in styles and style not in open_[:kept]]
                if len(opening) > 1:
                    opening.sort(key=lambda style: -_lasting(style, row[at : at + LOOKAHEAD]))
                marks = [MARKS[style] for style in open_[kept:][::-1] + opening]
                open_ = open_[:kept] + opening
            else:
                marks = [MARKS[style] for style in open_[kept:][::-1]]
                del open_[kept:]
        if marks:
            written.append(_apart(before, marks))
            before = markdown
        else:
            before = _after(before, markdown)
        written.append(before)
    if open_:
        written.append(_apart(before, [MARKS[style] for style in reversed(open_)]))
    return "".join(written)


def _lasting(style: Style, spans: Sequence[_Span]) -> int:
    return next((place for place, (_, styles) in enumerate(spans) if style not in styles), len(spans))


def _after(before: str, markdown: str) -> str:
    """Keep the fences of two codes apart."""
    return BETWEEN_MARKS + markdown if before.endswith("`") and markdown.startswith("`") else markdown


def _apart(before: str, marks: Sequence[str]) -> str:
    """Return the marks with something between those that would be read together, and after an escaped ``~``."""
    if len(marks) == 1 and marks[0] != "~~":
        return marks[0]
    text = BETWEEN_MARKS if marks and marks[0] == "~~" and before.endswith("~") else ""
    for mark in marks:
        text += BETWEEN_MARKS * (text.endswith("*") and mark.startswith("*")) + mark
    return text


def _with_blanks_styled(spans: list[_Span]) -> list[_Span]:
    """Give white space the styles that both its neighbours have, so that no marks come between them needlessly."""
    blanks = [at for at, (markdown, _) in enumerate(spans) if markdown.isspace()]
    if not blanks:
        return spans
    styled = list(spans)
    for at in blanks:
        inside = 0 < at < len(spans) - 1
        styled[at] = (spans[at][0], spans[at - 1][1] & spans[at + 1][1] if inside else _PLAIN)
    return styled
