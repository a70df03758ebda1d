"""Posts reach the reader's browser: kept, streamed, changed and taken back."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import httpx
import pytest
from sqlalchemy import update

from bots.desk.told import told
from bots.desk.visitor import READER, target_of
from bots.serve import chores
from core.delivery.model import Counts, Doubts
from core.delivery.port import Account, Entry, Envelope, Settled
from core.delivery.runs import RESUMED
from core.document.build import paragraph
from core.document.nodes import Document
from core.i18n import texts
from core.storage.schema import chunks
from core.target import Target
from desks import deliver, served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.wiring import House
    from core.render.port import Message
    from desks import Client

READS = target_of("reader-1")


def message(client: Client, text: str) -> Message:
    [made] = client.desk.services.renderers["desk"].render(Document(blocks=(paragraph(text),), title=text))
    return made


async def arrivals(lines: AsyncIterator[str], count: int) -> list[tuple[int, dict[str, Any]]]:
    found: list[tuple[int, dict[str, Any]]] = []
    id_ = 0
    async for line in lines:
        if line.startswith("id: "):
            id_ = int(line[4:])
        if line.startswith("data: "):
            found.append((id_, json.loads(line[6:])))
        if len(found) == count:
            break
    return found


async def test_a_page_sent_twice_is_kept_once(local: Client) -> None:
    sender, inbox = local.desk.house.desk_sender, local.desk.house.inbox
    for _attempt in range(2):
        assert await sender.send(READS, message(local, "hello"), Envelope(key="d1p0")) == "d1p0"
    [kept] = await inbox.after(READS, 0)
    assert kept.content is not None
    assert kept.content["text"] == "hello"
    assert await inbox.after(target_of("reader-2"), 0) == []


async def test_what_arrives_is_streamed_and_what_was_missed_comes_first(local: Client) -> None:
    sender = local.desk.house.desk_sender
    await sender.send(READS, message(local, "one"), Envelope(key="1"))
    async with served(local.desk.app) as url, httpx.AsyncClient(base_url=url, cookies={READER: READS.chat}) as browser:
        async with browser.stream("GET", "/events") as stream:
            lines = stream.aiter_lines()
            [(first, one)] = await arrivals(lines, 1)
            await sender.send(READS, message(local, "two"), Envelope(key="2"))
            async for line in lines:
                if line.startswith("data: "):
                    assert json.loads(line[6:])["content"]["text"] == "two"
                    break
        assert (one["page"], one["content"]["text"]) == ("1", "one")
        await sender.edit(READS, "1", message(local, "one, corrected"))
        await sender.delete(READS, "2")
        async with browser.stream("GET", "/events", headers={"Last-Event-ID": str(first)}) as stream:
            changed = await arrivals(stream.aiter_lines(), 2)
    assert [(arrival["page"], (arrival["content"] or {}).get("text")) for _id, arrival in changed] == [
        ("1", "one, corrected"),
        ("2", None),
    ]


@pytest.mark.parametrize("last", ["x", "-1", "9" * 40, "١"])
async def test_an_event_id_that_is_none_starts_from_the_beginning(local: Client, last: str) -> None:
    await local.desk.house.desk_sender.send(READS, message(local, "one"), Envelope(key="1"))
    async with (
        served(local.desk.app) as url,
        httpx.AsyncClient(base_url=url, cookies={READER: READS.chat}) as browser,
        browser.stream("GET", "/events", params={"after": last}) as stream,
    ):
        assert len(await arrivals(stream.aiter_lines(), 1)) == 1


async def test_a_run_and_its_receipts_are_shown_after_a_delivery(local: Client) -> None:
    await local.post("/api/chat", json={"text": "/subscribe 8:30 Shanghai", "conversation": READS.chat, "lang": "en"})
    assert await deliver(local.desk.house) == 1
    runs = (await local.get("/runs", headers={"Accept-Language": "en"})).text
    assert 'data-state="done"' in runs
    shown = (await local.get("/receipts", params={"target": READS.key}, headers={"Accept-Language": "en"})).text
    assert 'class="state sent"' in shown
    local.cookies.set(READER, READS.chat)
    own = (await local.get("/receipts")).text
    assert 'class="state sent"' in own


async def test_a_run_at_work_shows_its_pace_and_its_button_stops_it_for_good(local: Client) -> None:
    house = local.desk.house
    await push_to_two(local)
    await begin(house)
    english = (await local.get("/runs", headers={"Accept-Language": "en"})).text
    assert re.search(r"[\d.]+ a second \(\d+ % of what is permitted\)", english)
    assert "done at" in english
    assert "oldest waiting since" in english
    chinese = (await local.get("/runs", headers={"Accept-Language": "zh"})).text
    assert all(word in chinese for word in ("每秒", "占允许速率的", "预计", "最早一条"))
    assert 'value="cancel">Stop for good</button>' in english
    await local.post("/runs/1", data={"do": "cancel"})
    stopped = (await local.get("/runs", headers={"Accept-Language": "en"})).text
    assert 'data-state="cancelled"' in stopped
    assert 'value="cancel"' not in stopped
    [run] = await house.runs.newest()
    assert (run.counts, run.note) == (Counts(sent=1, skipped=1), "from the desk")


async def test_what_was_left_out_can_be_sent_after_all_until_it_is(local: Client) -> None:
    await push_to_two(local)
    await begin(local.desk.house, "failed")
    await local.post("/runs/1", data={"do": "cancel"})
    await local.post("/runs/1", data={"do": "retry"})
    again = (await local.get("/runs")).text
    assert 'data-state="running"' in again
    assert 'value="after-all"' in again
    await local.post("/runs/1", data={"do": "after-all"})
    assert 'value="after-all"' not in (await local.get("/runs")).text


async def test_why_a_run_stands_as_it_does_is_told_in_the_readers_language(local: Client) -> None:
    await push_to_two(local)
    await local.post("/runs/1", data={"do": "cancel"})
    chinese = {"Accept-Language": "zh"}
    assert "<p>在桌面页操作</p>" in (await local.get("/runs", headers=chinese)).text
    assert "已取消</p>" in (await local.get("/receipts", params={"run": "1"}, headers=chinese)).text


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", "账号无法发送：telegram:bot: {gone}"), ("en", "an account cannot send: telegram:bot: {gone}")],
)
def test_our_words_and_a_platforms_are_joined_as_the_language_does(lang: str, words: str) -> None:
    assert told("an account cannot send: telegram:bot: {gone}", texts(lang)) == words
    assert told("Bad Request: chat not found", texts(lang)) == "Bad Request: chat not found"


async def push_to_two(local: Client) -> None:
    for number in (1, 2):
        line = {"text": "/subscribe 8:30 Shanghai", "conversation": target_of(f"reader-{number}").chat, "lang": "en"}
        await local.post("/api/chat", json=line)
    await local.desk.house.pusher.push("daily")


async def begin(house: House, state: Literal["sent", "unknown", "failed"] = "sent") -> None:
    """End the first delivery of the newest run, and keep the rest."""
    now = house.clock.now()
    account, minute = Account(platform=READS.platform, account=READS.account), timedelta(minutes=1)
    await house.ledger.hold(account, "me", now=now, until=now + minute, on_unknown=Doubts(), per_second=30)
    [chunk] = await house.ledger.waiting(now=now)
    [first, _] = await house.ledger.claim(chunk.id, "me", now=now)
    settled = Settled(state=state, next_page=int(state == "sent"), attempts=0)
    await house.ledger.record([Entry(lease=first.lease, delivery=first.delivery.id, at=now, settled=settled)])


async def test_a_run_let_go_on_at_the_desk_does_not_stop_itself_again(local: Client) -> None:
    await local.post("/api/chat", json={"text": "/subscribe 8:30 Shanghai", "conversation": READS.chat, "lang": "en"})
    await local.desk.house.pusher.push("daily")
    for do in ("pause", "resume"):
        await local.post("/runs/1", data={"do": do})
    [run] = await local.desk.house.runs.newest()
    assert (run.state, run.note) == ("running", RESUMED)


async def test_what_is_in_doubt_is_found_by_its_number_and_sent_again_by_a_button(local: Client) -> None:
    house = local.desk.house
    await push_to_two(local)
    await begin(house, "unknown")
    runs = (await local.get("/runs", headers={"Accept-Language": "en"})).text
    assert '<a href="/receipts?run=1&amp;state=unknown">1</a>' in runs
    assert 'value="resend">Send again what may be missing</button>' in runs
    shown = (await local.get("/receipts", params={"run": "1", "state": "unknown"})).text
    assert (shown.count('class="state unknown"'), shown.count('class="state ')) == (1, 1)
    await local.post("/runs/1", data={"do": "resend"})
    [run] = await house.runs.newest()
    assert run.counts == Counts(planned=2)


async def test_a_run_whose_receipts_are_erased_keeps_its_numbers_and_offers_nothing_more(local: Client) -> None:
    house = local.desk.house
    await push_to_two(local)
    await begin(house, "failed")
    await local.post("/runs/1", data={"do": "cancel"})
    await house.ledger.release("me", now=house.clock.now(), on_unknown=Doubts())
    before = (await local.get("/runs", headers={"Accept-Language": "en"})).text
    assert all(f'value="{do}"' in before for do in ("retry", "after-all"))
    async with house.database.write() as connection:
        await connection.execute(update(chunks).values(touched=house.clock.now() - timedelta(days=91)))
    [erase] = [chore for chore in chores(house) if chore.name == "erase receipts"]
    assert await erase.do() == 2
    chinese, english = {"Accept-Language": "zh"}, {"Accept-Language": "en"}
    runs = (await local.get("/runs", headers=english)).text
    numbers = re.compile(r'<dl class="counts">.*?</dl>', re.DOTALL)
    assert numbers.findall(runs) == numbers.findall(before)
    assert all(f'value="{do}"' not in runs for do in ("retry", "resend", "after-all"))
    assert "receipts erased: 2" in runs
    assert "已清除的回执：2 条" in (await local.get("/runs", headers=chinese)).text
    failed = {"run": "1", "state": "failed"}
    assert "receipts erased: 1" in (await local.get("/receipts", params=failed, headers=english)).text
    target = {"target": READS.key}
    assert "最近 90 天这里没有投递记录" in (await local.get("/receipts", params=target, headers=chinese)).text


@pytest.mark.parametrize(
    ("do", "status"),
    [("pause", 303), ("resume", 303), ("retry", 303), ("resend", 303), ("after-all", 303), ("explode", 400)],
)
async def test_runs_are_changed_by_forms(local: Client, do: str, status: int) -> None:
    assert (await local.post("/runs/1", data={"do": do})).status_code == status


def test_a_reader_is_a_target_of_the_desk() -> None:
    assert Target.from_key(READS.key) == READS
