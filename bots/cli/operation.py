"""Commands of operation: ``doctor``, ``db``, ``backup``, ``restore``, ``export``, ``forget``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bots.cli.app import AsJson, console, in_house, print_json, target_of
from bots.doctor import examine
from core.storage import transfer

if TYPE_CHECKING:
    from bots.platform import Finding
    from bots.wiring import House

MARKS = {"ok": "[green]✓[/green]", "warning": "[yellow]![/yellow]", "error": "[red]✗[/red]"}
TargetKey = Annotated[str, typer.Argument(help="platform:account:chat[:thread]")]

database = typer.Typer(no_args_is_help=True, help="Work on the database.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (doctor, backup, restore, export, forget):
        app.command()(command)
    app.add_typer(database, name="db")


def doctor(as_json: AsJson = False) -> None:
    """Check the installation, and what the platforms say to its tokens and rights. Exits with 1 on an error."""

    async def run(house: House) -> list[Finding]:
        return [finding async for finding in examine(house)]

    findings = in_house(run, model=True)
    if as_json:
        print_json(
            [
                {"level": one.level, "subject": one.subject, "message": one.message, "advice": one.advice}
                for one in findings
            ]
        )
    else:
        for one in findings:
            console.print(f"{MARKS[one.level]} [bold]{one.subject}[/bold] ", end="")
            console.print(one.message, markup=False, soft_wrap=True)
            if one.advice:
                console.print(f"    {one.advice}", markup=False, soft_wrap=True)
    if any(one.level == "error" for one in findings):
        raise typer.Exit(1)


@database.command()
def upgrade() -> None:
    """Bring the tables to the newest version. `run` does so too."""

    async def run(_house: House) -> None:
        """Opening the installation is what upgrades it."""

    in_house(run)
    console.print("the database is up to date")


@database.command()
def copy(
    url: Annotated[str, typer.Argument(help="The other database, empty: postgresql+psycopg://user@host/name")],
) -> None:
    """Copy everything into another database and compare it row by row. Stop the program before."""
    _print_rows(in_house(lambda house: transfer.move(house.database, url, now=house.clock.now())))
    console.print(
        "every row is the same in both; set PAPERBOY_DATABASE_URL to the other one and start again", soft_wrap=True
    )


def backup(
    file: Annotated[Path, typer.Argument(help="A new file; a SQLite database, whatever the source is.")],
) -> None:
    """Write everything into one file, also while the program runs."""
    _print_rows(in_house(lambda house: transfer.backup(house.database, file)))


def restore(file: Annotated[Path, typer.Argument(help="A file that `paperboy backup` wrote.")]) -> None:
    """Fill an empty database from a backup."""
    _print_rows(in_house(lambda house: transfer.restore(house.database, file)))


def _print_rows(rows: dict[str, int]) -> None:
    table = Table("table", "rows")
    for name, count in rows.items():
        table.add_row(name, str(count))
    console.print(table)


def export(target: TargetKey) -> None:
    """Print everything that is kept about a target, as JSON."""
    print_json(in_house(lambda house: transfer.export(house.database, target_of(target))))


def forget(target: TargetKey, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Erase everything that is kept about a target."""
    wanted = target_of(target)
    if not yes:
        typer.confirm(f"Erase everything about {wanted.key}?", abort=True)
    _print_rows(in_house(lambda house: transfer.forget(house.database, wanted)))
