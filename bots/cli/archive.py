"""Commands on the archive: ``import``, ``withdraw``, ``issues``, ``show``, ``search``, ``ask``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import track
from rich.table import Table

from bots.answers import answer_as_json, ref_as_json
from bots.cli.app import AsJson, console, day_of, in_house, print_json, say
from bots.cli.papers import issue_as_json, opened
from bots.wiring import vocabulary
from core.digest.model import IssueRef
from core.digest.sources.read import issue_files
from core.digest.sources.sync import UNDATED
from core.errors import UsageError

if TYPE_CHECKING:
    from bots.wiring import House
    from core.answers.port import Hit

Lang = Annotated[str | None, typer.Option(help="zh or en.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import")(import_)
    app.command()(withdraw)
    app.command()(issues)
    app.command()(show)
    app.command()(search)
    app.command()(ask)


def import_(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Issue files, or folders of them.")],
    as_json: AsJson = False,
) -> None:
    """Put issues into the archive; those that are there already stay as they are. Exits with 1 if some are none."""

    async def run(house: House) -> dict[str, int]:
        counts = dict.fromkeys(("added", "revised", "unchanged", "restored", "drafts", "refused"), 0)
        words = vocabulary(house.settings)
        files = list(issue_files(paths))
        for file, relative in track(files, "Importing", console=console, disable=as_json or not console.is_terminal):
            read = opened(file, relative, words)
            if read is None:
                counts["refused"] += 1
                continue
            source, parsed = read
            issue = parsed.issue
            if undated := next((problem for problem in parsed.problems if problem.code == UNDATED), None):
                counts["refused"] += 1
                say(f"{file}: {undated.message}")
                continue
            if issue.draft:
                counts["drafts"] += 1
                say(f"{file}: a draft, left out")
                continue
            counts[await house.publish(source, issue)] += 1
        if counts["added"] or counts["revised"]:
            await house.learn()
        return counts

    counts = in_house(run)
    if as_json:
        print_json(counts)
    else:
        console.print(", ".join(f"{count} {change}" for change, count in counts.items() if count) or "no issue files")
    if counts["refused"]:
        raise typer.Exit(1)


def withdraw(ref: Annotated[str, typer.Argument(help="An issue as edition/lang/date, or a date alone.")]) -> None:
    """Take back an issue that was imported or sent over HTTP; its posts are replaced by a notice."""

    async def run(house: House) -> IssueRef:
        found = await _find(house, ref, None)
        if not await house.withdraw(found):
            raise _unknown(str(found))
        return found

    console.print(f"{in_house(run)} is withdrawn")


def issues(
    edition: Annotated[str | None, typer.Option(help="Only this edition.")] = None,
    lang: Lang = None,
    limit: Annotated[int, typer.Option(min=1)] = 50,
    as_json: AsJson = False,
) -> None:
    """List the issues of the archive, newest first."""

    async def run(house: House) -> list[dict[str, Any]]:
        heads = await house.archive.heads(edition=edition, lang=lang, limit=limit)
        return [
            {**ref_as_json(head.ref), "title": head.title, "stories": head.stories, "revision": head.revision}
            for head in heads
        ]

    found = in_house(run)
    if as_json:
        print_json(found)
        return
    table = Table("edition", "date", "lang", "title", "stories")
    for one in found:
        table.add_row(one["edition"], one["date"], one["lang"], one["title"], str(one["stories"]))
    console.print(table)


def show(
    ref: Annotated[str, typer.Argument(help="An issue as edition/lang/date, or a date alone.")],
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Print one issue."""

    async def run(house: House) -> None:
        found = await _find(house, ref, lang)
        issue = await house.archive.get(found)
        source = await house.archive.source(found)
        if issue is None or source is None:
            raise _unknown(str(found))
        if as_json:
            print_json(issue_as_json(issue))
        else:
            typer.echo(source)

    in_house(run)


async def _find(house: House, text: str, lang: str | None) -> IssueRef:
    *path, day = text.split("/")
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"“{text}” names no issue; write edition/lang/date, as in daily/en/2026-02-19.") from None
    if len(path) == 2:  # noqa: PLR2004 — edition and language
        return IssueRef(edition=path[0], lang=path[1], date=wanted)
    heads = await house.archive.heads(lang=lang, since=wanted, until=wanted)
    own = [head for head in heads if head.ref.lang == house.settings.lang] or heads
    if not own:
        raise _unknown(f"of {day}")
    return own[0].ref


def _unknown(which: str) -> UsageError:
    return UsageError(f"There is no issue {which}; `paperboy issues` lists those that there are.")


def search(
    words: Annotated[list[str], typer.Argument(help="What to look for.")],
    lang: Lang = None,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    as_json: AsJson = False,
) -> None:
    """Find stories, lessons and picks, best first."""
    found = in_house(lambda house: house.services.search.search(" ".join(words), lang=lang, limit=limit))
    if as_json:
        print_json({"total": found.total, "hits": [_hit_as_json(hit) for hit in found.hits]})
        return
    for hit in found.hits:
        console.print(f"[bold]{plain_markup(hit.title)}[/bold]  [dim]{hit.ref} · {hit.section}[/dim]", soft_wrap=True)
        console.print(f"  {hit.quote}", markup=False, soft_wrap=True)
    console.print(f"[dim]{found.total} found[/dim]")


def plain_markup(text: str) -> str:
    """Return the text so that Rich prints it as it is."""
    return text.replace("[", r"\[")


def ask(
    question: Annotated[list[str], typer.Argument(help="A question to the archive.")],
    lang: Lang = None,
    today: Annotated[str | None, typer.Option(help="The date that “yesterday” counts from, as 2026-02-19.")] = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the archive."""
    day = day_of(today)
    text = " ".join(question)
    answer = in_house(lambda house: house.answer(text, lang=lang, today=day), model=True)
    if as_json:
        print_json(answer_as_json(answer))
        return
    console.print(answer.text, markup=False, soft_wrap=True)
    for citation in answer.citations or answer.nearest:
        console.print(f"  · {citation.title} ({citation.ref}, {citation.section})", markup=False, soft_wrap=True)


def _hit_as_json(hit: Hit) -> dict[str, Any]:
    where = {"section": hit.section, "key": hit.key, "title": hit.title}
    return {**ref_as_json(hit.ref), **where, "quote": hit.quote, "url": hit.url, "score": round(hit.score, 4)}
