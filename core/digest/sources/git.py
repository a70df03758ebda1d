"""A git repository of issues, kept as a shallow checkout by the ``git`` program."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from core.digest.sources.folder import FolderSource
from core.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from core.digest.sources.port import SourceFile

SCHEMES = frozenset({"https", "ssh", "git", "file"})
TIMEOUT_SECONDS = 120.0
ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "SSH_ASKPASS": "true",
    "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=20",
    "GIT_ALLOW_PROTOCOL": "https:ssh:git:file",
    "LC_ALL": "C",
}
"""No question is ever asked, and no other transport (``ext::`` runs programs) is spoken:
https://git-scm.com/docs/git#_environment_variables."""
CAUTION = ("-c", "core.hooksPath=/dev/null", "-c", "core.symlinks=false", "-c", "core.autocrlf=false")

_SSH_SHORT = re.compile(r"[A-Za-z0-9_][\w.-]*@[A-Za-z0-9][\w.-]*:[^-\s].*")


def is_git_url(text: str) -> bool:
    """Tell whether a setting names a git repository rather than a folder: a URL, ``git@host:path``, or ``….git``."""
    return "://" in text or bool(_SSH_SHORT.fullmatch(text)) or text.rstrip("/").endswith(".git")


class GitSource:
    """The issue files of a repository's default branch, or of ``branch``.

    ``checkout`` is a folder of our own, made when it is missing. ``timeout`` is in seconds for each git command.
    Raises DigestError for a URL that is not https, ssh, git, file, ``git@host:path`` or an absolute path.
    """

    def __init__(self, url: str, checkout: Path, *, branch: str = "", timeout: float = TIMEOUT_SECONDS) -> None:
        if not _is_allowed(url) or branch.startswith("-"):
            said = "Use https://, ssh://, git://, file://, git@host:path or an absolute path."
            raise DigestError(f"{_without_credentials(url)} is not the address of a git repository. {said}")
        self._url = url
        self._checkout = checkout.absolute()
        self._ref = branch or "HEAD"
        self._timeout = timeout
        self._alone = asyncio.Lock()

    @property
    def name(self) -> str:
        """The URL without credentials."""
        return _without_credentials(self._url)

    async def read(self) -> Sequence[SourceFile]:
        """Fetch what is new and return the issue files, by path. Raises DigestError if git cannot."""
        async with self._alone:
            await self._update()
        return await FolderSource(self._checkout).read()

    async def changes(self) -> AsyncIterator[None]:
        """Yield nothing: a repository does not call us, it is read on a schedule."""
        never: tuple[None, ...] = ()
        for moment in never:
            yield moment

    async def _update(self) -> None:
        if not await self._is_ours():
            await asyncio.to_thread(shutil.rmtree, self._checkout, ignore_errors=True)
            await asyncio.to_thread(self._checkout.mkdir, parents=True, exist_ok=True)
            await self._git("init", "--quiet", "--template=")
            await self._git("config", "remote.origin.url", self._url)
        for left_behind in (self._checkout / ".git").glob("*.lock"):
            left_behind.unlink(missing_ok=True)
        await self._git("fetch", "--quiet", "--depth", "1", "--no-tags", "--force", "origin", self._ref)
        await self._git("reset", "--quiet", "--hard", "FETCH_HEAD")
        await self._git("clean", "--quiet", "-ffdx")

    async def _is_ours(self) -> bool:
        if not (self._checkout / ".git").is_dir():
            return False
        try:
            return (await self._git("config", "--get", "remote.origin.url")).strip() == self._url
        except DigestError:
            return False

    async def _git(self, *arguments: str) -> str:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        try:
            process = await asyncio.create_subprocess_exec(
                "git",
                *CAUTION,
                "-C",
                str(self._checkout),
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment | ENVIRONMENT,
            )
        except FileNotFoundError as error:
            raise DigestError("The program git is not installed. Install it, or point at a folder.") from error
        try:
            output, complaint = await asyncio.wait_for(process.communicate(), self._timeout)
        except TimeoutError as error:
            raise DigestError(
                f"{self.name} did not answer within {self._timeout:g} seconds. Try again later."
            ) from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            said = self._said(complaint.decode(errors="replace"))
            raise DigestError(f"git cannot read {self.name}: {said}. Check the address and that access is granted.")
        return output.decode(errors="replace")

    def _said(self, complaint: str) -> str:
        lines = complaint.replace(self._url, self.name).strip().splitlines()
        return lines[0].removeprefix("fatal: ").rstrip(".") if lines else "no reason given"


def _is_allowed(url: str) -> bool:
    if any(character.isspace() or ord(character) < ord(" ") for character in url) or url.startswith("-"):
        return False
    if "://" not in url:
        return bool(_SSH_SHORT.fullmatch(url)) or Path(url).is_absolute()
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = parts.hostname or ""
    named = bool(host) or parts.scheme == "file"
    return parts.scheme.lower() in SCHEMES and named and not parts.netloc.startswith("-") and not host.startswith("-")


def _without_credentials(url: str) -> str:
    if "://" not in url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition("://")[0] + "://…"
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
