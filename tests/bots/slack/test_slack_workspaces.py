"""Tokens of workspaces that installed the app over OAuth."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import time as clock_time
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth.installation_store import Installation

from bots.settings import Settings, SlackSettings
from bots.slack.api import Api
from bots.slack.doctor import examine
from bots.slack.leaving import Leaving
from bots.slack.posts import Posts
from bots.slack.presses import Presses
from bots.slack.render import SlackRenderer
from bots.slack.send import SlackSender
from bots.slack.workspaces import Vault, Workspaces
from bots.wiring import House, open_house
from core.delivery.model import SendError
from core.delivery.port import Envelope
from core.document.build import paragraph
from core.document.nodes import Document
from core.storage.subscriptions import SqlSubscriptions
from core.subscriptions.model import Slot
from core.target import Target
from tests.fakes.slack import CLIENT_ID, CLIENT_SECRET, Answer, FakeSlack, fake_slack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bots.platform import Finding

PAGE = SlackRenderer().render(Document(title="Monday", blocks=(paragraph("Open weights."),)))[0]
HALF_A_DAY = 12 * 60 * 60


@dataclass
class Office:
    """The program's way to workspaces, and their Slack."""

    fake: FakeSlack
    house: House
    vault: Vault
    workspaces: Workspaces

    def with_own(self, token: str) -> Workspaces:
        """Return the workspaces to which the operator's own token adds one."""
        return Workspaces(_settings(self.fake, bot_token=token), Api(self.fake.url, self.house.clock), self.vault)

    def leaving(self) -> Leaving:
        """Return what hears that a workspace removed the app."""
        api, subscriptions = Api(self.fake.url, self.house.clock), SqlSubscriptions(self.house.database)
        return Leaving(api, self.workspaces, subscriptions, self.house.services.subscriptions)

    async def install(self, team: str, *, lasts: float = HALF_A_DAY) -> None:
        made = self.fake.team(team, channels={"C1": True})
        self.fake.codes[f"xoxe-{team}-0"] = team
        about: dict[str, Any] = {"bot_user_id": made.bot, "bot_id": f"B{team}", "bot_refresh_token": f"xoxe-{team}-0"}
        ends = int(time.time() + lasts)
        await self.vault.keep(
            Installation(team_id=team, user_id="U1", bot_token=made.token, bot_token_expires_at=ends, **about)
        )

    async def send(self, team: str) -> str:
        api = Api(self.fake.url, self.house.clock)
        presses = Presses(self.house.notes)
        posts = Posts(self.house.pool, presses, url=self.fake.url)
        target = Target(platform="slack", account=team, chat="C1")
        return await SlackSender(api, posts, self.workspaces, presses).send(target, PAGE, Envelope(key="k"))


@pytest.fixture
async def office(data: Path) -> AsyncIterator[Office]:
    async with fake_slack() as fake, open_house(Settings(data_dir=data)) as house:
        vault = Vault(house.notes, "a key")
        yield Office(fake, house, vault, Workspaces(_settings(fake), Api(fake.url, house.clock), vault))


def _settings(fake: FakeSlack, **more: str) -> SlackSettings:
    app = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "token_key": "a key", "api_url": fake.url}
    return SlackSettings.model_validate(app | more)


async def test_tokens_are_renewed_before_they_end(office: Office) -> None:
    await office.install("T1", lasts=60)
    assert (await office.workspaces.find("T1")).token == office.fake.teams["T1"].token != "xoxb-T1"


async def test_a_token_that_ended_unexpectedly_is_renewed_and_the_page_sent(office: Office) -> None:
    await office.install("T1")
    office.fake.plan("chat.postMessage", Answer(error="token_expired"))
    assert await office.send("T1")
    assert len(office.fake.calls("chat.postMessage")) == 1


async def test_a_workspace_whose_tokens_cannot_be_renewed_stops(office: Office) -> None:
    await office.install("T1", lasts=60)
    office.fake.codes.clear()
    with pytest.raises(SendError) as caught:
        await office.send("T1")
    assert (caught.value.kind, caught.value.reason) == ("fatal", "invalid_refresh_token")


async def test_tokens_that_another_process_renewed_are_used(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.install("T1", lasts=60)
    before = await office.vault.find("T1")
    assert before is not None
    renewed = Installation(**{**before.to_dict_for_copying(), "bot_refresh_token": "xoxe-new", "bot_token": "xoxb-new"})

    async def too_late(**_arguments: object) -> None:
        await office.vault.keep(renewed)
        raise SlackClientError

    monkeypatch.setattr(office.workspaces._rotator, "perform_bot_token_rotation", too_late)
    assert (await office.workspaces.find("T1")).token == "xoxb-new"


async def test_workspaces_do_not_wait_for_each_others_tokens(office: Office) -> None:
    await office.install("T1", lasts=60)
    await office.install("T2")
    office.fake.teams["T1"].slow = 30
    stuck = asyncio.create_task(office.workspaces.find("T1"))
    await asyncio.sleep(0.1)
    async with asyncio.timeout(5):
        assert await office.send("T2")
    stuck.cancel()


async def test_an_event_is_let_in_without_asking_slack(office: Office) -> None:
    await office.install("T1", lasts=60)
    found = await office.workspaces.authorize(None, "T1")
    assert found is not None
    assert found.bot_token == "xoxb-T1"
    assert await office.workspaces.authorize(None, "TSTRANGER") is None
    assert not office.fake.seen


async def test_tokens_are_not_kept_in_the_clear_and_need_the_key(office: Office) -> None:
    await office.install("T1")
    kept = await office.house.notes.get("slack:installed:T1")
    assert kept is not None
    assert "xoxb-T1" not in kept
    assert await Vault(office.house.notes, "another key").find("T1") is None


@pytest.mark.parametrize(("tokens", "left"), [({"bot": ["UBOTT1"]}, True), ({"oauth": ["U1"]}, False)])
async def test_a_revoked_bot_token_ends_the_workspace_and_a_users_does_not(
    office: Office, tokens: dict[str, list[str]], left: object
) -> None:
    await office.install("T1")
    service, target = office.house.services.subscriptions, Target(platform="slack", account="T1", chat="C1")
    await service.subscribe(target, "daily", slot=Slot(time=clock_time(8), zone="UTC"), lang="en")
    leaving = office.leaving()
    await leaving.on_revoked({"team_id": "T1"}, {"type": "tokens_revoked", "tokens": tokens})
    assert (await office.vault.find("T1") is None) is left
    assert (not await service.of_target(target)) is left


async def test_a_workspace_that_removes_the_app_takes_no_other_with_it(office: Office) -> None:
    await office.install("T1")
    own = office.fake.team("TOWN")
    workspaces = office.with_own(own.token)
    assert await workspaces.teams() == ["T1", "TOWN"]
    own.token = "revoked"
    await workspaces.forget("TOWN")
    assert await workspaces.teams() == ["T1"]
    assert (await workspaces.find("T1")).token == "xoxb-T1"


async def test_a_refused_token_of_the_operator_stops_only_where_nobody_else_is_served(office: Office) -> None:
    refused = office.with_own("xoxb-refused")
    with pytest.raises(SendError, match="invalid_auth"):
        await refused.teams()
    await office.install("T1")
    assert await refused.teams() == ["T1"]
    assert (await refused.find("T1")).token == "xoxb-T1"
    found = [finding.message async for finding in _examined(office, "xoxb-refused")]
    assert found[:2] == ["the bot token is refused", "Team T1: token and scopes are right"]


async def test_a_slack_that_does_not_answer_is_not_said_to_refuse_the_token(office: Office) -> None:
    nowhere = "http://127.0.0.1:9/api/"
    settings, api = _settings(office.fake, bot_token="xoxb-T1", api_url=nowhere), Api(nowhere, office.house.clock)
    subscriptions = SqlSubscriptions(office.house.database)
    (found,) = [one async for one in examine(settings, api, Workspaces(settings, api, None), subscriptions)]
    assert found.message == "no answer: ClientConnectorError"
    assert nowhere in found.advice


def _examined(office: Office, token: str) -> AsyncIterator[Finding]:
    settings, api = _settings(office.fake, bot_token=token), Api(office.fake.url, office.house.clock)
    return examine(settings, api, office.with_own(token), SqlSubscriptions(office.house.database))


async def test_a_workspace_that_installs_the_app_again_goes_on_where_it_stopped(office: Office) -> None:
    await office.install("T1")
    service, kept = office.house.services.subscriptions, Target(platform="slack", account="T1", chat="C1")
    ended = Target(platform="slack", account="T1", chat="C2")
    for target in (kept, ended):
        await service.subscribe(target, "daily", slot=Slot(time=clock_time(8), zone="UTC"), lang="en")
    await service.unsubscribe(ended, "daily")
    leaving = office.leaving()
    await leaving.on_uninstalled({"team_id": "T1"})
    assert not await service.of_target(kept)
    await office.install("T1")
    office.fake.teams["T1"].channels["C1"] = False
    await leaving.returned("T1")
    assert await service.of_target(kept)
    assert office.fake.teams["T1"].channels["C1"]
    assert not await service.of_target(ended)
