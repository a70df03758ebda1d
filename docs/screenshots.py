"""Takes the pictures of the README: ``make screenshots`` starts the program on a folder of its own and looks at it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.async_api import async_playwright

if TYPE_CHECKING:
    from playwright.async_api import Browser

IMAGES = Path(__file__).parent / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
LANGUAGES = {"en": ("", "en-GB"), "zh": ("-zh", "zh-CN")}
SETTLED = 900
"""Milliseconds until everything on a page has come to rest."""


async def main() -> None:
    """Start the program, take every picture, stop it."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PAPERBOY_DATA_DIR": folder, "PAPERBOY_DESK__PORT": "0"}
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bots", "run", env=environment, stdout=asyncio.subprocess.PIPE
        )
        assert program.stdout is not None  # noqa: S101 — asked for above
        line = (await program.stdout.readline()).decode()
        url = re.search(r"http://\S+", line)
        try:
            if url is None:
                raise SystemExit(f"the program did not start: {line}")
            await asyncio.sleep(2)
            async with async_playwright() as driver:
                browser = await driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
                for lang in LANGUAGES:
                    await take(browser, url.group(), lang)
        finally:
            program.terminate()
            await program.wait()


async def take(browser: Browser, url: str, lang: str) -> None:
    """Take the chat and the preview in one language."""
    ending, locale = LANGUAGES[lang]
    page = await browser.new_page(viewport={"width": 1280, "height": 900}, locale=locale, color_scheme="light")
    await page.goto(url)
    await page.wait_for_timeout(SETTLED)
    await page.keyboard.type("/today")
    await page.keyboard.press("Enter")
    await page.wait_for_timeout(SETTLED)
    await page.screenshot(path=IMAGES / f"desk{ending}.png")
    await page.goto(f"{url}/preview?issue=daily/{lang}/2026-01-06")
    await page.wait_for_timeout(SETTLED)
    await page.screenshot(path=IMAGES / f"preview{ending}.png")
    await page.close()


asyncio.run(main())
