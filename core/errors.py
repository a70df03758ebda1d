"""Every error that Paperboy raises on purpose.

PaperboyError
├── UsageError        what was asked cannot be done; the message is a sentence for the reader
├── DigestError       a source of issues, or one of its files, cannot be read
├── StorageError      the database refused or is not reachable
├── RefusedError      no platform is left to listen to; lives in ``bots.ears``
├── PrintError        an issue cannot be shown; lives in ``core.delivery.printer``
├── ModelError        a language model gave no text; lives in ``core.answers.model``
└── SendError         a platform did not take a message; lives in ``core.delivery.model``
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

AnyError = TypeVar("AnyError", bound=BaseException)


class PaperboyError(Exception):
    """The root of the tree."""


class UsageError(PaperboyError):
    """A reader asked for something that cannot be done.

    The message is shown to the reader as it is: a whole sentence in the reader's language that says what
    to do instead, usually with an example.
    """


class DigestError(PaperboyError):
    """A source of issues, a file of it, or one of section kinds cannot be read. The message says which and why."""


class StorageError(PaperboyError):
    """The database refused an operation or cannot be reached."""


def leaves(group: BaseExceptionGroup[AnyError]) -> Iterator[AnyError]:
    """Yield the errors in a group and in the groups within."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from leaves(error)
        else:
            yield error
