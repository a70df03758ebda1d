"""Commands that work on issue files alone: ``check`` and ``render``."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bots.cli.app import AsJson, console, print_json, say
from bots.settings import Settings
from bots.wiring import fit_check, renderers, vocabulary
from core.digest.check import check as problems_of
from core.digest.model import Problem
from core.digest.parse import Parsed, parse
from core.digest.present import Presenter
from core.digest.sources.read import issue_files, read_text
from core.digest.sources.sync import UNDATED
from core.document.text import plain
from core.errors import DigestError
from core.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import PurePath

    from core.digest.model import Issue, IssueRef, Story
    from core.digest.sections import Vocabulary
    from core.render.port import Message

CheckLang = Annotated[str | None, typer.Option(help="zh or en; the publication's if it is left out.")]
Paths = Annotated[list[Path], typer.Argument(exists=True, help="Issue files, or folders of them.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(check)
    app.command()(render)


def check(paths: Paths, as_json: AsJson = False, lang: CheckLang = None) -> None:
    """Check issues and print what an editor should look at, as file:line: code: message."""
    settings = Settings()
    lang = lang or settings.lang
    fit = fit_check(vocabulary(settings))
    results = []
    fine = True
    words = vocabulary(settings)
    files: dict[IssueRef, Path] = {}
    for path, relative in issue_files(paths):
        issue: Issue | None = None
        problems: tuple[Problem, ...]
        try:
            text = read_text(path)
        except DigestError as error:
            said = texts(lang)(str(error))
            problems = (Problem(line=1, level="error", code="unreadable", message=said),)
        else:
            parsed = parse(text, path=relative, vocabulary=words)
            issue = parsed.issue
            twice = _twice(parsed, path, files, lang)
            problems = (*twice, *problems_of(parsed, text, lang=lang), *fit.problems(issue, lang=lang))
        fine = fine and all(problem.level != "error" for problem in problems)
        results.append(
            {
                "path": str(path),
                "issue": issue and issue_as_json(issue),
                "problems": [asdict(problem) for problem in problems],
            }
        )
        if not as_json:
            _print(path, problems)
    if not results:
        say("no issue files")
    if as_json:
        print_json(results)
    if not fine:
        raise typer.Exit(1)


def _twice(parsed: Parsed, path: Path, files: dict[IssueRef, Path], lang: str) -> Iterator[Problem]:
    """Yield a problem if an earlier file is the same issue; note the file in ``files``."""
    if parsed.issue.draft or any(problem.code == UNDATED for problem in parsed.problems):
        return
    if (other := files.get(parsed.issue.ref)) is not None:
        said = texts(lang)("{path} is the same issue; this file, whose path is the later, counts.", path=str(other))
        yield Problem(line=1, level="warning", code="duplicate-issue", message=said)
    files[parsed.issue.ref] = path


def render(
    paths: Paths,
    platform: Annotated[str, typer.Option(help="telegram, discord, slack or desk.")],
    style: Annotated[str, typer.Option(help="card or full.")] = "card",
    rich: Annotated[bool, typer.Option("--rich", help="The platform's rich form, where it has one.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the exact messages that would be sent."""
    settings = Settings()
    name = f"{platform}-rich" if rich else platform
    known = renderers()
    if name not in known:
        say(f"no renderer {name!r}; there are: {', '.join(sorted(known))}")
        raise typer.Exit(2)
    if style not in {"card", "full"}:
        say(f"no style {style!r}; there are: card, full")
        raise typer.Exit(2)
    words = vocabulary(settings)
    presenter = Presenter(vocabulary=words)
    results = []
    complete = True
    for path, relative in issue_files(paths):
        read = opened(path, relative, words, today=datetime.now(ZoneInfo(settings.zone)).date())
        if read is None:
            complete = False
            continue
        issue = read[1].issue
        document = presenter.card(issue) if style == "card" else presenter.full(issue)
        messages = known[name].render(document)
        results.append(
            {
                "path": str(path),
                "platform": platform,
                "style": style,
                "messages": [{"method": message.method, "payload": message.payload} for message in messages],
            }
        )
        if not as_json:
            _print_messages(path, messages)
    if as_json:
        print_json(results)
    if not complete:
        raise typer.Exit(1)


def opened(
    file: Path, relative: PurePath, words: Vocabulary, *, today: date | None = None
) -> tuple[str, Parsed] | None:
    """Return a file's text and what it says as an issue; None, and a sentence for the operator, if it is no text.

    ``today`` is the date of an issue that names none.
    """
    try:
        text = read_text(file)
    except DigestError as error:
        say(f"{file}: {error}")
        return None
    return text, parse(text, path=relative, vocabulary=words, today=today)


def issue_as_json(issue: Issue) -> dict[str, Any]:
    """Return the issue in the shape that ``check --json`` and ``show --json`` print."""
    return {
        "edition": issue.ref.edition,
        "date": issue.ref.date.isoformat(),
        "lang": issue.ref.lang,
        "title": issue.title,
        "lead": plain(issue.lead),
        "sections": [
            {
                "kind": section.kind,
                "emoji": section.emoji,
                "heading": plain(section.heading),
                "stories": [_story_as_json(story) for story in section.stories],
            }
            for section in issue.sections
        ],
        "lesson": issue.lesson and {"term": issue.lesson.term, "text": plain(issue.lesson.body)},
        "pick": issue.pick and {"title": issue.pick.title, "text": plain(issue.pick.body)},
    }


def _story_as_json(story: Story) -> dict[str, Any]:
    return {
        "key": story.key,
        "title": plain(story.title),
        "text": plain(story.body),
        "links": [{"text": plain(link.children), "url": link.url} for link in story.links],
        "metrics": {name: value for name, value in asdict(story.metrics).items() if value is not None},
        "prominence": story.prominence,
    }


def _print(path: Path, problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        colour = "red" if problem.level == "error" else "yellow"
        console.print(f"{path}:{problem.line}: ", end="", markup=False, soft_wrap=True)
        console.print(problem.code, style=colour, end="")
        console.print(f": {problem.message}", markup=False, soft_wrap=True)


def _print_messages(path: Path, messages: tuple[Message, ...]) -> None:
    for number, message in enumerate(messages, 1):
        counts = ", ".join(f"{name} {count}" for name, count in message.counts.items())
        console.rule(f"{path.name} · {number}/{len(messages)} · {message.method} · {counts}")
        typer.echo(json.dumps(message.payload, ensure_ascii=False, indent=2))
