"""The desk in a real browser, as a reader and an editor use it."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from bots.settings import ModelSettings
from desks import deliver, open_desk, served
from tests.fakes.model import Turn, fake_model

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from desks import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CONTRASTS = """() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], under) => [r, g, b].map((one, at) => one * a + under[at] * (1 - a));
  const ground = (element) => {
    const own = getComputedStyle(element).backgroundColor;
    return element.parentElement ? over(parse(own), ground(element.parentElement)) : [255, 255, 255];
  };
  const light = (colour) => colour.map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  return [...document.querySelectorAll(".tg-button, .dc-button, .sl-button, .dc-text small")].filter((element) => {
    const under = ground(element);
    const ink = over(parse(getComputedStyle(element).color), under);
    const [low, high] = [light(under), light(ink)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05) < 4.5;
  }).map((element) => element.textContent);
}"""
"""What has less contrast than WCAG 2.2 asks of text, 1.4.3."""
expect.set_options(timeout=20_000)  # a first question loads the words, beside whatever else the machine does
SIZES = [pytest.param((390, 844), id="phone"), pytest.param((1440, 900), id="desktop")]


def chromium() -> str:
    path = os.environ.get("PAPERBOY_TEST_CHROMIUM") or shutil.which("chromium") or ""
    if not path and os.environ.get("PAPERBOY_REQUIRE_BROWSER") != "1":
        pytest.skip("no Chromium: install the package chromium or set PAPERBOY_TEST_CHROMIUM")
    return path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=ARGS)
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="module")
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def url(desk: Desk) -> AsyncIterator[str]:
    async with served(desk.app) as address:
        yield address


class Visit:
    """A page that writes down what went wrong on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.troubles: list[str] = []
        page.on("console", lambda said: self.troubles.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("requestfailed", lambda request: self._failed(request.url))
        page.on("response", lambda answer: self.troubles.append(answer.url) if answer.status >= 400 else None)

    def _failed(self, address: str) -> None:
        if "/events" not in address:  # closed with every page that is left
            self.troubles.append(address)

    async def say(self, line: str) -> None:
        await self.page.get_by_role("combobox").fill(line)
        await self.page.keyboard.press("Enter")

    async def is_fine(self) -> None:
        wide = await self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, "the page scrolls sideways"
        assert self.troubles == []


@pytest_asyncio.fixture(loop_scope="module", params=SIZES)
async def visit(request: pytest.FixtureRequest, browser: Browser) -> AsyncIterator[Visit]:
    width, height = request.param
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale="en-US", timezone_id="Asia/Tokyo"
    )
    yield Visit(await context.new_page())
    await context.close()


async def test_a_reader_reads_changes_language_subscribes_and_gets_the_post_live(
    visit: Visit, desk: Desk, url: str
) -> None:
    page = visit.page
    await page.goto(url)
    await page.get_by_role("combobox").press_sequentially("/tod")
    await expect(page.get_by_role("option", selected=True)).to_contain_text("/today")
    await visit.say("/today")
    card = page.locator(".bubble.theirs").last
    await expect(card.locator("h2")).to_be_visible()
    title = await card.locator("h2").inner_text()
    await visit.is_fine()

    await card.locator('button[data-action^="section models"]').click()
    await expect(page.locator(".bubble.theirs")).to_have_count(1)
    await expect(card.locator("h2")).to_have_count(0)
    await expect(card.locator("h3")).to_be_visible()
    await card.locator('button[data-action^="issue"]').last.click()
    await expect(card.locator("h2")).to_have_text(title)
    await visit.is_fine()

    await visit.say("/subscribe 8:30 Shanghai")
    await expect(page.locator(".bubble.theirs").last).to_contain_text("08:30")
    await expect(page.locator(".bubble.theirs").last.locator("time[data-form]")).to_contain_text("09:30 GMT+9")
    assert await deliver(desk.house) == 1
    post = page.locator(".bubble.post")
    await expect(post).to_contain_text(title)
    await expect(post.locator(".body")).to_have_attribute("lang", "en")

    await visit.say("/lang zh")
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    await expect(page.get_by_role("link", name="往期").first).to_be_visible()
    await expect(page.locator(".bubble.post")).to_have_count(1)
    await page.get_by_role("link", name="English", exact=True).click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await visit.say("/help")
    await expect(page.locator(".bubble.theirs").last).to_contain_text("Today's issue on one page")
    await visit.is_fine()


async def test_a_message_that_is_too_long_is_kept_and_the_reader_told(visit: Visit, url: str) -> None:
    await visit.page.goto(url)
    await visit.say("好" * 2001)
    box = visit.page.get_by_role("combobox")
    said = await box.evaluate("box => box.validationMessage")
    assert said == "A message has at most 2,000 characters; this one has 2,001."
    await expect(visit.page.locator(".bubble")).to_have_count(0)
    await expect(box).to_have_value("好" * 2001)
    await visit.say("/today")
    await expect(visit.page.locator(".bubble.theirs")).to_have_count(1)
    await visit.is_fine()


async def test_an_issue_is_printed_in_dark_ink_on_white_without_the_menu(visit: Visit, url: str) -> None:
    await visit.page.emulate_media(media="print", color_scheme="dark")
    await visit.page.goto(f"{url}/archive/daily/en/2026-01-06")
    background, ink = await visit.page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert (background, ink) == ("rgb(255, 255, 255)", "rgb(33, 29, 23)")
    await expect(visit.page.get_by_role("navigation")).to_have_count(0)


async def test_without_scripts_every_look_is_shown_and_no_button_that_does_nothing(browser: Browser, url: str) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{url}/preview")
    for name in ("telegram", "discord", "slack"):
        await expect(page.locator(f"#look-{name}")).to_be_visible()
    await expect(page.get_by_role("tab")).to_have_count(0)
    await page.goto(url)
    await expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    await expect(page.get_by_role("main").get_by_role("link", name="Archive")).to_be_visible()
    await context.close()


async def test_a_post_that_came_while_the_browser_was_closed_is_shown_on_return(
    visit: Visit, desk: Desk, url: str
) -> None:
    page = visit.page
    await page.goto(url)
    await visit.say("/subscribe 8:30 Shanghai")
    await expect(page.locator(".bubble.theirs")).to_contain_text("08:30")
    await page.goto("about:blank")
    await deliver(desk.house)
    await page.goto(url)
    await expect(page.locator(".bubble.post")).to_have_count(1)
    await page.reload()
    await expect(page.locator(".bubble.post")).to_have_count(1)


async def test_an_editor_previews_three_platforms_from_the_archive_and_from_a_paste(visit: Visit, url: str) -> None:
    page = visit.page
    await page.goto(f"{url}/preview")
    is_phone = (page.viewport_size or {"width": 0})["width"] < 600
    for name in ("telegram", "discord", "slack"):
        if is_phone:
            await page.locator(f"#tab-{name}").click()
        await expect(page.locator(f"#look-{name} .screen").first).to_be_visible()
        await expect(page.locator(f"#look-{name} figcaption").first).to_contain_text(re.compile(r"\d / \d"))
    await page.locator("#choose select[name=style]").select_option("full")
    await page.wait_for_url("**style=full*")
    await visit.is_fine()
    await page.locator(".paste summary").click()
    await page.get_by_role("textbox", name="Markdown").fill("# Only a title\n\n## Models\n\n- **A** [x](nowhere)\n")
    await page.get_by_role("button", name="Check and show").click()
    await expect(page.locator(".problems li").first).to_contain_text("Line ")
    await visit.is_fine()


async def test_what_an_editor_pasted_survives_a_walk_and_a_change_of_language(visit: Visit, url: str) -> None:
    page = visit.page
    pasted = "# Only a title\n\n## Models\n\n- **A** — b\n"
    await page.goto(f"{url}/preview")
    await page.locator(".paste summary").click()
    box = page.get_by_role("textbox", name="Markdown")
    await box.fill(pasted)
    await page.get_by_role("button", name="Check and show").click()
    await expect(page.locator(".problems li").first).to_contain_text("Line ")
    await page.get_by_role("link", name="Runs").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Runs")
    await page.go_back()
    await expect(page.locator(".problems li").first).to_contain_text("Line ")
    await page.get_by_role("button", name="中文").click()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    await expect(box).to_have_value(pasted)
    await expect(page.locator(".problems")).to_be_visible()


async def test_a_button_pressed_twice_asks_once(visit: Visit, url: str) -> None:
    page = visit.page
    await page.goto(url)
    await visit.say("/today")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/api/chat") else None)
    await page.locator('button[data-action^="+ask"]').first.evaluate("button => { button.click(); button.click(); }")
    await expect(page.locator(".bubble.theirs")).to_have_count(2)
    await expect(page.locator("[aria-busy]")).to_have_count(0)
    assert len(asked) == 1


async def test_a_message_that_was_begun_is_still_there_after_a_look_at_the_archive(visit: Visit, url: str) -> None:
    page = visit.page
    await page.goto(url)
    await page.get_by_role("combobox").fill("Which models are open, and")
    await page.get_by_role("link", name="Archive").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Archive")
    await page.get_by_role("link", name="Chat").click()
    await expect(page.get_by_role("combobox")).to_have_value("Which models are open, and")
    await visit.say("/today")
    await expect(page.locator(".bubble.theirs")).to_have_count(1)
    await page.reload()
    await expect(page.get_by_role("combobox")).to_have_value("")


async def test_pages_fit_and_say_where_they_are(visit: Visit, url: str) -> None:
    for path in ("/archive", "/archive?q=model", "/archive/daily/zh/2026-01-06", "/runs", "/receipts"):
        await visit.page.goto(url + path)
        for landmark in ("banner", "main"):
            await expect(visit.page.get_by_role(landmark)).to_be_visible()
        await expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
        await visit.is_fine()


async def test_text_of_twice_the_size_is_all_there_and_breaks_no_word_of_the_menu(visit: Visit, url: str) -> None:
    page = visit.page
    await page.goto(f"{url}/archive")
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert await page.evaluate("getComputedStyle(document.body).fontSize") == "32px"
    lines = "[...document.querySelectorAll('.menu a')].map(one => one.getClientRects()[0].height / 32 < 3)"
    assert await page.evaluate(lines) == [True] * 4
    await visit.is_fine()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_buttons_of_a_preview_can_be_read(
    browser: Browser, url: str, scheme: Literal["light", "dark"]
) -> None:
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    page = await context.new_page()
    await page.goto(f"{url}/preview")
    assert await page.locator(".tg-button, .dc-button, .sl-button").count() > 3
    assert await page.evaluate(CONTRASTS) == []
    await context.close()


async def test_an_answer_of_a_model_is_seen_to_grow(browser: Browser, tmp_path: Path) -> None:
    first, second = "Heron 3 has 128B parameters [1].", "Each token passes through 12B [1]."
    async with fake_model() as model:
        model.plan(Turn(say=f"{first} {second}", pause=0.6))
        llm = ModelSettings.model_validate(
            {"base_url": model.openai, "api_key": model.key, "model": model.model, "patience": 20}
        )
        async with open_desk(tmp_path, llm=llm) as desk, served(desk.app) as url:
            visit = Visit(await (await browser.new_context(locale="en-US")).new_page())
            await visit.page.goto(url)
            await visit.say("How many parameters does Heron 3 have?")
            await expect(visit.page.locator(".typing .growing")).to_have_text(first)
            await expect(visit.page.locator(".bubble.theirs").last).to_contain_text(f"{first} {second}")
            await expect(visit.page.locator(".typing")).to_have_count(0)
            assert not [one for one in visit.troubles if not one.endswith("/api/chat")]  # Chromium reports streams late
            await visit.page.context.close()
