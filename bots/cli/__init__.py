"""The program ``paperboy``: one file for each group of commands."""

from __future__ import annotations

import sys
from io import TextIOWrapper

from pydantic import ValidationError

from bots.cli import archive, delivery, operation, papers, serve
from bots.cli.app import app, say
from bots.settings import wrong
from core.errors import PaperboyError, leaves

__all__ = ["main"]

for group in (serve, papers, archive, delivery, operation):
    group.register(app)


def main() -> None:
    """Run the program; a mistake of the operator ends it with 2 and a sentence, not with a traceback."""
    if isinstance(sys.stdout, TextIOWrapper):  # what its encoding lacks is escaped, as Python does on the error stream
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        app()
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            say(wrong(problem))
        sys.exit(2)
    except PaperboyError as error:
        say(str(error))
        sys.exit(2)
    except ExceptionGroup as group:
        ours, others = group.split(PaperboyError)
        if ours is None or others:
            raise
        for one in leaves(ours):
            say(str(one))
        sys.exit(2)
