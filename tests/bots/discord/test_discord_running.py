"""Sending, publishing, limits and servers, against the strict server over REST."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bots.discord.api import INVALID_AT_MOST, InvalidRequests
from bots.discord.doctor import effective, examine
from bots.discord.publish import Publisher
from bots.discord.render import DiscordRenderer
from bots.discord.servers import KEPT, Servers
from bots.settings import Settings
from bots.wiring import House, open_house
from clock import ManualClock
from core.delivery.model import SendError
from core.delivery.port import Envelope
from core.document.build import paragraph
from core.document.nodes import Document
from core.errors import StorageError
from core.subscriptions.model import Slot
from core.target import Target
from discord_stand import platform_of
from tests.fakes.discord import APP, FakeDiscord, fake_discord, text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from aiohttp import TraceRequestEndParams

    from bots.discord.platform import DiscordPlatform

TEXT = Target(platform="discord", account=APP, chat="501")
FORUM = replace(TEXT, chat="503")
PAGES = DiscordRenderer().render(
    Document(blocks=tuple(paragraph("Open weights. " * 40) for _ in range(12)), title="Monday's issue")
)
SEND = r"/channels/501/messages"


@dataclass
class Stand:
    """A platform without a gateway, and the server that it sends to."""

    fake: FakeDiscord
    house: House
    platform: DiscordPlatform
    clock: ManualClock
    forgotten: list[Target]

    async def send(self, number: int = 0, target: Target = TEXT, after: str = "", **extras: str) -> str:
        envelope = Envelope(key=f"page-{number}", after=after, extras=extras)
        return await self.platform.sender.send(target, PAGES[number], envelope)


@pytest.fixture
async def stand(data: Path) -> AsyncIterator[Stand]:
    async with fake_discord() as fake, open_house(Settings(data_dir=data)) as house:
        clock = ManualClock()
        forgotten: list[Target] = []

        async def forget(target: Target) -> None:
            forgotten.append(target)

        platform = platform_of(house, fake.url, services=replace(house.services, clock=clock), forget=forget)
        yield Stand(fake, house, platform, clock, forgotten)
        await platform._api.close()


async def test_the_same_page_sent_twice_is_one_message(stand: Stand) -> None:
    assert await stand.send() == await stand.send()
    assert len(stand.fake.posts("501")) == 1


async def test_silence_and_a_role_are_part_of_the_message(stand: Stand) -> None:
    envelope = Envelope(key="quiet", silent=True, extras={"role": "600"})
    await stand.platform.sender.send(TEXT, PAGES[0], envelope)
    asked = stand.fake.posts("501")[0]["asked"]
    assert asked["flags"] & 1 << 12
    assert asked["allowed_mentions"] == {"parse": [], "roles": ["600"]}
    assert text_of(asked).startswith("<@&600>\n")


async def test_later_pages_go_on_in_a_thread_if_the_subscription_says_so(stand: Stand) -> None:
    first = await stand.send(0, thread="on")
    assert (await stand.send(1, after=first, thread="on")).startswith(f"{first}/")
    assert stand.fake.channels[first]["name"] == "Monday's issue"
    assert (await stand.send(1, after=first, thread="on")).startswith(f"{first}/")
    assert len(stand.fake.posts(first)) == 1


async def test_later_pages_go_on_in_the_channel_where_no_thread_may_be_opened(stand: Stand) -> None:
    first = await stand.send(0, thread="on")
    stand.fake.fail("POST", "/channels/501/messages/.*/threads", 403, {"code": 50013, "message": "Missing Permissions"})
    await stand.send(1, after=first, thread="on")
    assert len(stand.fake.posts("501")) == 2


async def test_a_forum_gets_one_post_however_often_it_is_sent_and_pages_below_it(stand: Stand) -> None:
    first = await stand.send(0, FORUM, kind="forum")
    assert await stand.send(0, FORUM, kind="forum") == first
    await stand.send(1, FORUM, after=first, kind="forum")
    thread = first.partition("/")[0]
    assert len(stand.fake.posts(thread)) == 2
    await stand.platform.sender.edit(FORUM, first, PAGES[1])
    assert text_of(stand.fake.posts(thread)[0]) == text_of(stand.fake.posts(thread)[1])
    await stand.platform.sender.delete(FORUM, first)
    await stand.platform.sender.delete(FORUM, first)
    assert len(stand.fake.posts(thread)) == 1


async def test_a_post_that_somebody_else_opened_under_the_same_name_is_not_taken_for_ours(stand: Stand) -> None:
    ours = (await stand.send(0, FORUM, kind="forum")).partition("/")[0]
    theirs = stand.fake.channels[ours]
    theirs["owner_id"] = "42"
    assert not (await stand.send(0, FORUM, kind="forum")).startswith(f"{ours}/")


async def test_who_subscribed_a_channel_hears_once_that_nothing_may_be_posted_there(stand: Stand) -> None:
    closed = replace(TEXT, chat="504")
    service = stand.house.services.subscriptions
    await service.subscribe(closed, "daily", slot=Slot(time=time(8), zone="UTC"), lang="zh", by="42")
    for number in (0, 1):
        with pytest.raises(SendError, match="Missing Permissions"):
            await stand.send(number, closed)
    (notice,) = stand.fake.posts(stand.fake.direct("42"))
    assert "<#504>" in text_of(notice)
    assert "不允许我在那里发帖（我缺少在这个频道发言的权限）" in text_of(notice)
    stand.fake.fail("POST", "/users/@me/channels", 403, {"code": 50007, "message": "Cannot send messages to this user"})
    await service.subscribe(FORUM, "daily", slot=Slot(time=time(8), zone="UTC"), lang="zh", by="43")
    with pytest.raises(SendError, match="non-text channel"):
        await stand.send(0, FORUM)


async def test_a_lost_answer_is_trusted_to_the_nonce_for_a_minute_and_no_longer(stand: Stand) -> None:
    stand.fake.fail("POST", SEND, 503, times=2)
    with pytest.raises(SendError) as first:
        await stand.send()
    stand.clock.advance(timedelta(minutes=1))
    with pytest.raises(SendError) as second:
        await stand.send()
    assert (first.value.kind, second.value.kind) == ("transient", "unknown")


async def test_a_yes_that_is_not_discords_is_none(stand: Stand) -> None:
    stand.fake.fail("POST", SEND, 200, "<h1>Welcome to our hotel</h1>")
    with pytest.raises(SendError, match="not Discord's") as refused:
        await stand.send()
    assert refused.value.kind == "fatal"


async def test_a_limit_that_is_not_discords_own_stops_everything_for_its_time(stand: Stand) -> None:
    stand.fake.fail("POST", SEND, 429, {"message": "banned"}, headers={"Retry-After": "90"})
    for _ in range(3):
        with pytest.raises(SendError, match="shut out"):
            await stand.send()
    assert len(stand.fake.calls("POST", SEND)) == 1
    stand.clock.advance(timedelta(seconds=90))
    assert await stand.send()


@pytest.mark.parametrize(("everything", "scope"), [(False, "chat"), (True, "account")])
async def test_a_limit_of_discords_own_is_handed_on(stand: Stand, *, everything: bool, scope: str) -> None:
    limit = {"message": "slow down", "retry_after": 0.5, "global": everything}
    stand.fake.fail("POST", SEND, 429, limit, headers={"Via": "1.1 google", "Retry-After": "1"})
    with pytest.raises(SendError) as refused:
        await stand.send()
    assert (refused.value.kind, refused.value.scope) == ("wait", scope)
    assert refused.value.retry_after == timedelta(seconds=0.5)


@pytest.mark.parametrize(("seconds", "sent"), [(1.5, True), (90, False)])
async def test_a_used_up_channel_is_left_alone_until_its_limit_is_reset(
    stand: Stand, *, seconds: float, sent: bool
) -> None:
    stand.fake.limit("501", seconds)
    await stand.send(0)
    before = stand.clock.now()
    if sent:
        await stand.send(1)
        assert stand.clock.now() - before == timedelta(seconds=seconds)
        return
    with pytest.raises(SendError, match="used up") as refused:
        await stand.send(1)
    assert (refused.value.kind, refused.value.scope, len(stand.fake.posts("501"))) == ("wait", "chat", 1)
    await stand.send(1, replace(TEXT, chat="502"))


async def test_nine_posts_of_a_channel_are_published_in_an_hour_and_a_limit_only_delays(stand: Stand) -> None:
    news = replace(TEXT, chat="502")
    for number in range(11):
        envelope = Envelope(key=f"news-{number}", extras={"publish": "on"})
        await stand.platform.sender.send(news, PAGES[0], envelope)
    limit = {"code": 20028, "message": "too fast"}
    stand.fake.fail("POST", r"/channels/502/messages/\d+/crosspost", 400, limit)
    publisher = stand.platform._publisher
    await publisher.round()
    assert stand.fake.published == []
    stand.clock.advance(timedelta(minutes=1))
    await publisher.round()
    await publisher.round()
    assert len(stand.fake.published) == 9
    stand.fake.crossposts_an_hour = 99
    stand.clock.advance(timedelta(hours=1))
    await publisher.round()
    assert len(stand.fake.published) == 11


async def test_a_channel_that_is_held_up_holds_up_no_other(stand: Stand) -> None:
    stand.fake._channel("505", 5, "more news", "500")
    for chat in ("502", "505"):
        envelope = Envelope(key=f"news-{chat}", extras={"publish": "on"})
        await stand.platform.sender.send(replace(TEXT, chat=chat), PAGES[0], envelope)
    limit = {"message": "slow down", "retry_after": 20.0, "global": False}
    stand.fake.fail("POST", r"/channels/502/messages/\d+/crosspost", 429, limit, headers={"Via": "1.1 google"})
    publishing = asyncio.create_task(stand.platform._publisher.round())
    await stand.fake.until(lambda: stand.fake.published == [stand.fake.posts("505")[0]["id"]])
    publishing.cancel()


async def test_requests_that_discord_refuses_are_counted_and_stop_before_the_limit() -> None:
    clock = ManualClock()
    invalid = InvalidRequests(clock)

    class Answer:
        def __init__(self, status: int, scope: str = "user") -> None:
            self.status = status
            self.headers = {"X-RateLimit-Scope": scope}

    async def ended(answer: Any) -> None:  # noqa: ANN401  as much of a response as is looked at
        params: Any = type("Params", (), {"response": answer})()
        checked: TraceRequestEndParams = params
        session: Any = None
        await invalid._ended(session, session, checked)

    for _ in range(INVALID_AT_MOST - 1):
        await ended(Answer(403))
    for harmless in (Answer(200), Answer(404), Answer(429, "shared")):
        await ended(harmless)
    assert invalid.wait() == timedelta(0)
    await ended(Answer(429))
    assert invalid.wait() == timedelta(minutes=10)
    clock.advance(timedelta(minutes=10))
    assert invalid.wait() == timedelta(0)


async def test_a_server_that_left_is_taken_up_within_thirty_days_and_erased_after(stand: Stand) -> None:
    service = stand.house.services.subscriptions
    await service.subscribe(TEXT, "daily", slot=Slot(time=time(8), zone="UTC"), lang="en")
    servers: Servers = stand.platform._client.servers
    await servers.subscribed("500", "501")
    await servers.left("500")
    assert await service.find(TEXT, "daily") is None
    await servers.returned("500")
    assert await service.find(TEXT, "daily") is not None
    await asyncio.gather(servers.left("500"), servers.returned("500"))
    assert await service.find(TEXT, "daily") is not None
    await servers.left("500")
    await servers.erase()
    assert stand.forgotten == []
    stand.clock.advance(KEPT)
    await servers.erase()
    assert stand.forgotten == [TEXT]
    assert await stand.house.notes.named("discord:") == []


async def test_servers_that_came_or_went_while_nobody_listened_are_caught_up_with(stand: Stand) -> None:
    service = stand.house.services.subscriptions
    await service.subscribe(TEXT, "daily", slot=Slot(time=time(8), zone="UTC"), lang="en")
    servers: Servers = stand.platform._client.servers
    await servers.subscribed("500", "501")
    await servers.reconcile({"500", "600"})
    assert await service.find(TEXT, "daily")
    await servers.reconcile({"600"})
    assert await service.find(TEXT, "daily") is None
    await servers.reconcile({"500", "600"})
    assert await service.find(TEXT, "daily")


async def test_a_program_that_stops_soon_after_connecting_takes_no_server_for_gone(stand: Stand) -> None:
    service = stand.house.services.subscriptions
    await service.subscribe(TEXT, "daily", slot=Slot(time=time(8), zone="UTC"), lang="en")
    client = stand.platform._client
    await client.servers.subscribed("500", "501")
    client._connection.guild_ready_timeout = 0.5
    serving = asyncio.create_task(stand.platform.serve())
    await stand.fake.until(lambda: stand.fake.calls("GET", "/gateway/bot"))
    await client.wait_for("connect", timeout=3)
    ready = client.wait_for("ready", timeout=3)
    serving.cancel()
    await asyncio.wait({serving})
    await ready
    await asyncio.sleep(0.1)
    assert await service.find(TEXT, "daily")


async def test_a_post_in_a_thread_that_was_put_away_is_corrected_and_taken_back(stand: Stand) -> None:
    first = await stand.send(0, FORUM, kind="forum")
    thread = first.partition("/")[0]
    stand.fake.archive(thread)
    await stand.platform.sender.edit(FORUM, first, PAGES[1])
    assert text_of(stand.fake.posts(thread)[0]).startswith("-# Monday's issue")
    stand.fake.archive(thread)
    await stand.platform.sender.delete(FORUM, first)
    assert stand.fake.posts(thread) == []


async def test_a_post_that_somebody_locked_or_deleted_ends_nothing_else(stand: Stand) -> None:
    first = await stand.send(0, FORUM, kind="forum")
    stand.fake.channels[first.partition("/")[0]]["thread_metadata"] |= {"archived": True, "locked": True}
    with pytest.raises(SendError) as locked:
        await stand.platform.sender.edit(FORUM, first, PAGES[1])
    assert locked.value.kind == "content"
    del stand.fake.channels[first.partition("/")[0]]
    with pytest.raises(SendError) as edited:
        await stand.platform.sender.edit(FORUM, first, PAGES[1])
    with pytest.raises(SendError) as continued:
        await stand.send(1, FORUM, after=first, kind="forum")
    await stand.platform.sender.delete(FORUM, first)
    assert (edited.value.kind, continued.value.kind) == ("content", "content")
    del stand.fake.channels["501"]
    with pytest.raises(SendError) as gone:
        await stand.send()
    assert gone.value.kind == "gone"


async def test_what_waits_to_be_published_survives_a_restart(stand: Stand) -> None:
    envelope = Envelope(key="news", extras={"publish": "on"})
    await stand.platform.sender.send(replace(TEXT, chat="502"), PAGES[0], envelope)
    await Publisher(stand.platform._api, stand.house.notes, stand.clock).round()
    assert stand.fake.published == [stand.fake.posts("502")[0]["id"]]


async def test_a_platform_that_stumbled_is_served_again(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    async def stumble() -> None:
        await stand.fake.until(lambda: stand.fake.identified)
        raise StorageError("disk full")

    monkeypatch.setattr(stand.platform._client.servers, "sweep", stumble)
    with pytest.raises(ExceptionGroup):
        await stand.platform.serve()
    monkeypatch.undo()
    stand.fake._last_identify = 0.0
    serving = asyncio.create_task(stand.platform.serve())
    await stand.fake.until(lambda: stand.fake.identified == 2)
    assert (await stand.fake.slash("today")).kind == 4
    serving.cancel()
    await asyncio.wait({serving})


async def test_commands_that_somebody_took_away_are_registered_again(stand: Stand) -> None:
    assert await stand.platform._register()
    assert not await stand.platform._register()
    registered = len(stand.fake.commands)
    del stand.fake.commands[3:]
    assert await stand.platform._register()
    assert len(stand.fake.commands) == registered


async def test_the_doctor_asks_for_another_token_only_if_it_is_refused(stand: Stand) -> None:
    for status, advice in ((401, "Reset the token"), (404, f"reaches {stand.fake.url}")):
        stand.fake.fail("GET", "/users/@me", status, {"code": 0, "message": f"{status}: No"})
        (found,) = [one async for one in examine(stand.platform._api, stand.house.notes, APP, [])]
        assert advice in found.advice
        assert f"{status} {status}" not in found.message


async def test_the_doctor_tells_a_deleted_channel_from_one_that_takes_an_invitation(stand: Stand) -> None:
    targets = [replace(TEXT, chat=chat) for chat in ("999", "504")]
    found = [one async for one in examine(stand.platform._api, stand.house.notes, APP, targets)]
    deleted, closed = (one.advice for one in found if one.level == "error")
    assert "deleted" in deleted
    assert "https://discord.com/oauth2" in closed


async def test_an_address_that_is_shut_out_at_the_start_is_served_when_its_time_is_over(stand: Stand) -> None:
    stand.fake.fail("GET", "/users/@me", 429, {"message": "banned"}, headers={"Retry-After": "90"})
    before = stand.clock.now()
    serving = asyncio.create_task(stand.platform.serve())
    await stand.fake.until(lambda: stand.fake.identified)
    assert stand.clock.now() - before >= timedelta(seconds=90)
    serving.cancel()
    await asyncio.wait({serving})


@pytest.mark.parametrize(
    ("overwrites", "held", "rights"),
    [
        ([], set(), 0b0011),
        ([], {"2"}, 0b0111),
        ([{"id": "1", "deny": "3", "allow": "0"}], {"2"}, 0b0100),
        ([{"id": "1", "deny": "3", "allow": "0"}, {"id": "2", "deny": "4", "allow": "2"}], {"2"}, 0b0010),
        ([{"id": "2", "deny": "1", "allow": "0"}, {"id": "9", "deny": "0", "allow": "1"}], {"2"}, 0b0111),
    ],
)
def test_rights_follow_from_roles_and_overwrites(overwrites: list[dict[str, str]], held: set[str], rights: int) -> None:
    roles = [{"id": "1", "permissions": "3"}, {"id": "2", "permissions": "4"}]
    assert effective("1", roles, held, overwrites, "9") == rights
