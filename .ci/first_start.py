"""Start the program with ``make run`` and read today's issue, with nothing installed but what that installs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request


def main() -> None:
    """Exit with an error unless the desk answers ``/today``, and the program ends in good order."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PAPERBOY_DATA_DIR": folder, "PAPERBOY_DESK__PORT": "0"}
        started = time.monotonic()
        made = subprocess.Popen(["make", "run"], env=environment, stdout=subprocess.PIPE, text=True, process_group=0)
        try:
            desk = address(made)
            print(f"ready after {time.monotonic() - started:.0f} s")
            print(said(f"{desk}/api/chat"))
        finally:
            os.killpg(made.pid, signal.SIGTERM)
            made.wait(30)


def address(made: subprocess.Popen[str]) -> str:
    """Return where the desk listens, once the program says so."""
    assert made.stdout
    for line in made.stdout:
        if found := re.search(r"ready: (http://\S+)", line):
            return found[1].rstrip("/")
    sys.exit("make run ended before the program was ready")


def said(url: str) -> str:
    """Return the text of what ``/today`` shows."""
    body = json.dumps({"text": "/today", "conversation": "ci"}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 — http on loopback
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 — as above
        return str(json.load(answer)["pages"][0]["text"])


main()
