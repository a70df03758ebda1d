"""What readers, members and admins of a workspace meet, each thing for itself."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bots.slack import answers, budget, home, stream, waiting
from bots.slack.render import SlackRenderer
from core.commands.dispatch import dispatch
from core.commands.guard import Rate
from core.commands.model import Reply
from core.delivery.model import SendError
from core.delivery.port import Envelope
from core.document.build import paragraph
from core.document.nodes import Document
from core.render.buttons import MARK
from core.schedule.next_run import next_run
from slack_stand import HOME, SOURCE, Stand, platform_of, publish, slack_stand
from tests.fakes.slack import APP_TOKEN, Answer, Call
from tests.fakes.slack_views import text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.commands.model import Request
    from core.commands.services import Services

Json = dict[str, Any]

PAGE = SlackRenderer().render(Document(title="Monday", blocks=(paragraph("Open weights."),)))[0]
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stand(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(home, "LOOK_AGAIN", timedelta(milliseconds=200))
        patched.setattr(budget, "rate_of", lambda _calls: Rate(burst=1000))
        async with slack_stand(tmp_path_factory.mktemp("slack")) as stand:
            yield stand


async def grown(request: Request, services: Services) -> Reply:
    """Answer in three steps, as a model does."""
    for text in ("Polaris 2", "Polaris 2 is <open>", "Polaris 2 is <open> and *new*."):
        if request.progress:
            await request.progress(text)
    return Reply(document=Document(title="Polaris", blocks=(paragraph("Polaris 2 is open and new. [1]"),)))


@pytest.fixture
def growing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "dispatch", grown)
    monkeypatch.setattr(stream, "GAP", timedelta(0))


@pytest.mark.parametrize("kind", ["a command", "a press", "a message"])
async def test_everything_is_acknowledged_before_it_is_answered(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    card = await stand.slash("/today")
    free = asyncio.Event()

    async def slow(request: Request, services: Services) -> Reply:
        await free.wait()
        return await dispatch(request, services)

    monkeypatch.setattr(answers, "dispatch", slow)
    before = len(stand.fake.seen)
    match kind:
        case "a command":
            await stand.fake.push("slash_commands", stand.fake.slash(HOME, "C1", "U1", "/today"))
        case "a press":
            await stand.fake.push("interactive", stand.fake.press(HOME, "C1", "U1", card, "Dev"))
        case _:
            await stand.fake.push("events_api", stand.said("today", channel="DACK"))
    free.set()
    told = {"respond", "chat.postMessage"}
    await stand.fake.until(lambda: any(call.method in told for call in stand.fake.seen[before:]))


@pytest.mark.usefixtures("growing")
async def test_an_answer_grows_in_the_thread_of_a_mention(stand: Stand) -> None:
    answer = await stand.say(f"<@{stand.team.bot}> what is polaris?", channel="C1", kind="app_mention")
    assert "".join(answer["grown"]) == "Polaris 2 is &lt;open&gt; and \\*new\\*."
    assert (answer["recipient_user_id"], answer["recipient_team_id"]) == ("U1", HOME)
    assert text_of(answer) == "Polaris 2 is open and new. [1]"


@pytest.mark.usefixtures("growing")
@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream", "chat.update"])
async def test_an_answer_arrives_once_whatever_breaks_while_it_grows(stand: Stand, method: str) -> None:
    stand.fake.plan(method, Answer(error="message_not_in_streaming_state"))
    before = len(stand.fake.posts("C1"))
    await stand.say(f"<@{stand.team.bot}> what is polaris?", channel="C1", kind="app_mention")
    finished = [text_of(said) for said in stand.fake.posts("C1")[before:] if said["blocks"]]
    assert finished == ["Polaris 2 is open and new. [1]"]


@pytest.mark.usefixtures("growing")
async def test_who_stops_an_answer_keeps_what_was_shown(stand: Stand) -> None:
    stand.fake.plan("chat.stopStream", Answer(error="stopped_by_user"))
    before = len(stand.fake.seen)
    said = stand.said(f"<@{stand.team.bot}> polaris?", channel="C1", kind="app_mention")
    await stand.fake.push("events_api", said)
    await stand.fake.until(lambda: any(call.method == "chat.stopStream" for call in stand.fake.seen[before:]))
    await stand.say("today", channel="DU1")
    changes = {"chat.update", "chat.postMessage"}
    assert not [call for call in stand.fake.seen[before:] if call.method in changes and call.payload["channel"] == "C1"]


async def test_a_direct_message_begins_a_thread_where_there_is_an_agent_surface(stand: Stand) -> None:
    answer = await stand.say("what is polaris?", channel="DU1")
    status = stand.fake.calls("assistant.threads.setStatus")[-1]
    assert status["status"] == "is looking in the archive…"
    assert answer["thread_ts"] == status["thread_ts"]
    assert "Polaris 2" in text_of(answer)


async def test_a_direct_message_is_answered_plainly_where_there_is_none(stand: Stand) -> None:
    stand.team.agents = False
    try:
        answer = await stand.say("what is polaris?", channel="DU1")
    finally:
        stand.team.agents = True
    assert "thread_ts" not in answer


async def test_in_a_followed_thread_people_may_talk_to_each_other(stand: Stand) -> None:
    mention = stand.said(f"<@{stand.team.bot}> what is polaris?", channel="C6", kind="app_mention")
    await stand.fake.push("events_api", mention)
    await stand.fake.until(lambda: len(stand.fake.posts("C6")) == 1)
    root = mention["event"]["ts"]
    for said in (
        stand.said("nobody asked me either", channel="C6", thread=root, user="U2"),
        stand.said("<@U2> shall we try beaver?", channel="C6", thread=root),
    ):
        await stand.fake.push("events_api", said)
    assert "Beaver CLI" in text_of(await stand.say("what is beaver?", channel="C6", thread=root))
    await stand.say("today", channel="DU1")
    assert len(stand.fake.posts("C6")) == 2


async def test_nothing_is_kept_of_what_a_channel_talks_about(stand: Stand) -> None:
    before = await stand.house.notes.named("")
    await stand.fake.push("events_api", stand.said("nobody asked you", channel="C2"))
    await stand.fake.push("events_api", stand.said("nor in a thread", channel="C2", thread=stand.fake.stamp()))
    await stand.say("today", channel="DU1")
    kept = sorted(set(await stand.house.notes.named("")) - set(before))
    assert [name for name in kept if not name.startswith("slack:button:")] == [name for name in kept if ":DU1:" in name]


async def test_an_edited_mention_is_answered_once(stand: Stand) -> None:
    said = stand.said(f"<@{stand.team.bot}> what is polaris?", channel="C7", kind="app_mention")
    await stand.fake.push("events_api", said)
    await stand.fake.until(lambda: len(stand.fake.posts("C7")) == 1)
    edited = {**said, "event_id": "Ev-edited", "event": {**said["event"], "edited": {"user": "U1", "ts": "1.1"}}}
    await stand.fake.push("events_api", edited)
    await stand.say("today", channel="DU1")
    assert len(stand.fake.posts("C7")) == 1


@pytest.mark.parametrize("words", ["help", "forgetme"])
async def test_what_concerns_one_reader_is_not_said_to_a_channel(stand: Stand, words: str) -> None:
    before = len(stand.fake.posts("C8"))
    said = stand.said(f"<@{stand.team.bot}> {words}", channel="C8", kind="app_mention")
    await stand.fake.push("events_api", said)
    status = "assistant.threads.setStatus"
    await stand.fake.until(lambda: any(not call["status"] for call in stand.fake.calls(status)))
    whispered = stand.fake.calls("chat.postEphemeral")[-1]
    assert (whispered["channel"], whispered["user"]) == ("C8", "U1")
    assert len(stand.fake.posts("C8")) == before


@pytest.mark.parametrize(
    "refusal",
    [
        Answer(error="ratelimited", status=429, retry_after=1),
        Answer(error="service_unavailable", status=503),
    ],
    ids=["limited", "unavailable"],
)
async def test_what_slack_would_not_do_at_once_is_done_a_moment_later(stand: Stand, refusal: Answer) -> None:
    stand.fake.plan("chat.postMessage", refusal)
    assert "Polaris 2" in text_of(await stand.say("what is polaris?", channel="DU1"))
    stand.fake.plan("views.publish", refusal)
    assert "Polaris 2" in text_of(await stand.home("ULATER"))


async def test_a_thread_is_followed_once_the_app_has_answered_in_it(stand: Stand) -> None:
    mention = stand.said(f"<@{stand.team.bot}> what is polaris?", channel="C2", kind="app_mention")
    await stand.fake.push("events_api", mention)
    await stand.fake.until(lambda: len(stand.fake.posts("C2")) == 1)
    root = mention["event"]["ts"]
    assert stand.fake.posts("C2")[0]["thread_ts"] == root
    await stand.fake.push("events_api", stand.said("nobody asked you", channel="C2"))
    answer = await stand.say("and beaver?", channel="C2", thread=root)
    assert "Beaver CLI" in text_of(answer)
    assert answer["thread_ts"] == root
    assert len(stand.fake.posts("C2")) == 2


async def test_questions_are_suggested_from_todays_issue_and_each_is_answered(stand: Stand) -> None:
    opened = {"type": "app_home_opened", "user": "U1", "channel": "DU1", "tab": "messages"}
    await stand.fake.push("events_api", stand.fake.event(HOME, opened))
    await stand.fake.until(lambda: bool(stand.fake.calls("assistant.threads.setSuggestedPrompts")))
    prompts = stand.fake.calls("assistant.threads.setSuggestedPrompts")[-1]["prompts"]
    assert [prompt["title"] for prompt in prompts] == [
        "Today's issue",
        "What does “MoE” mean?",
        "Polaris 2",
        "Beaver CLI 1.4",
    ]
    answers = [text_of(await stand.say(one["message"], channel=f"DP{at}")) for at, one in enumerate(prompts)]
    expected = ["Everything that happened", "mixture of experts", "Open weights", "coding agent"]
    assert [part for part, answer in zip(expected, answers, strict=True) if part not in answer] == []


async def test_a_command_between_two_people_is_answered_to_one_and_subscribes_only_them(stand: Stand) -> None:
    answer = await stand.slash("/subscribe 8:30", channel="DBETWEEN", user="U7")
    assert answer["response_type"] == "ephemeral"
    found = await stand.house.services.subscriptions.of_target(stand.target("DU7"))
    assert [one.slot.zone for one in found] == ["Asia/Shanghai"]
    assert not await stand.house.services.subscriptions.of_target(stand.target("DBETWEEN"))


async def test_the_next_issue_is_told_in_each_readers_own_time(stand: Stand) -> None:
    answer = await stand.slash("/subscribe 8:30 Berlin", channel="DU15", user="U15")
    elements = [part for block in answer["blocks"] if block["type"] == "rich_text" for part in block["elements"]]
    dates = [one for part in elements for one in part["elements"] if one["type"] == "date"]
    (found,) = await stand.house.services.subscriptions.of_target(stand.target("DU15"))
    coming = next_run(found.slot, stand.house.clock.now())
    assert [date["timestamp"] for date in dates] == [int(coming.timestamp())]


async def test_what_another_workspace_says_in_a_shared_channel_is_answered_by_ours(stand: Stand) -> None:
    event = stand.said(f"<@{stand.team.bot}> polaris?", channel="C1", kind="app_mention", user="UGUEST")
    event["team_id"], event["event"]["team"] = "TGUEST", "TGUEST"
    before = len(stand.fake.posts("C1"))
    await stand.fake.push("events_api", event)
    await stand.fake.until(lambda: len(stand.fake.posts("C1")) > before)
    assert "Polaris 2" in text_of(stand.fake.posts("C1")[-1])


async def test_only_who_may_post_in_a_channel_may_subscribe_it(stand: Stand) -> None:
    stand.team.posters["C3"] = {"UBOSS"}
    assert "Only admins" in text_of(await stand.slash("/subscribe", channel="C3", user="U1"))
    assert "Subscribed" in text_of(await stand.slash("/subscribe", channel="C3", user="UBOSS"))


@pytest.mark.parametrize(
    ("about", "answer"),
    [
        ({"is_restricted": True}, "Only admins"),
        ({"team_id": "TPARTNER"}, "Only admins"),
        ({"team_id": "TSISTER", "enterprise_user": {"teams": [HOME, "TSISTER"]}}, "Subscribed"),
    ],
    ids=["a guest", "a partner in a shared channel", "a member of the organisation"],
)
async def test_only_members_change_a_channel(stand: Stand, about: Json, answer: str) -> None:
    user = f"U{len(str(about))}"
    stand.team.guests[user] = about
    stand.team.channels[f"C{user}"] = True
    assert answer in text_of(await stand.slash("/subscribe", channel=f"C{user}", user=user))


async def test_nobody_gets_a_right_because_slack_is_too_busy_to_tell(stand: Stand) -> None:
    stand.team.posters["C3"] = {"UBOSS"}
    stand.fake.plan("conversations.info", Answer(channel="C3", error="internal_error", status=500))
    assert "Only admins" in text_of(await stand.slash("/subscribe", channel="C3", user="U1"))


async def test_who_may_not_change_a_channel_erases_nothing_of_it(stand: Stand) -> None:
    stand.team.posters["C3"] = {"UBOSS"}
    await stand.slash("/subscribe", channel="C3", user="UBOSS")
    asked = await stand.slash("/paperboy forgetme", channel="C3", user="U1")
    assert "receipts" not in text_of(asked)
    await stand.press(asked, "Erase it", channel="C3", user="U1")
    assert await stand.house.services.subscriptions.of_target(stand.target("C3"))
    assert "No more issues" in text_of(await stand.press(asked, "Erase it", channel="C3", user="UBOSS"))


async def test_plain_words_give_nobody_the_rights_to_end_a_channels_subscription(stand: Stand) -> None:
    stand.team.posters["C3"] = {"UBOSS"}
    await stand.slash("/subscribe 8:30", channel="C3", user="UBOSS")
    assert "Only admins" in text_of(await stand.slash("/paperboy stop sending", channel="C3", user="U1"))
    assert await stand.house.services.subscriptions.of_target(stand.target("C3"))


async def test_admins_of_a_workspace_may_keep_channels_to_themselves(stand: Stand) -> None:
    stand.team.admins.add("UADMIN")
    home = await stand.home("UADMIN")
    limited = await stand.press_in(home, "Only admins", user="UADMIN", shows="views.publish")
    assert "Only admins may subscribe channels." in text_of(limited)
    assert "Only admins" in text_of(await stand.slash("/subscribe 9:00", channel="C4", user="U1"))
    assert "Subscribed" in text_of(await stand.slash("/subscribe 9:00", channel="C4", user="UADMIN"))
    await stand.press_in(limited, "Let everybody", user="UADMIN", shows="views.publish")
    await stand.fake.until(lambda: "Everybody may subscribe" in text_of(stand.fake.views["VHOMEUADMIN"]))
    assert "Subscribed" in text_of(await stand.slash("/subscribe 9:00", channel="C5", user="U1"))


async def test_public_channels_are_joined_and_private_ones_ask_for_an_invitation(stand: Stand) -> None:
    assert "Subscribed" in text_of(await stand.slash("/subscribe 8:30", channel="CPUBLIC"))
    assert stand.team.channels["CPUBLIC"]
    assert "/invite @Paperboy" in text_of(await stand.slash("/subscribe 8:30", channel="GPRIVATE"))


async def test_an_invitation_brings_the_issue_to_a_private_channel(stand: Stand) -> None:
    stand.team.channels["GSECRET"] = False
    assert "/invite @Paperboy" in text_of(await stand.slash("/subscribe 8:30", channel="GSECRET"))
    assert not await stand.house.services.subscriptions.of_target(stand.target("GSECRET"))
    assert "08:30" in text_of(await invited(stand, "GSECRET"))
    assert await stand.house.services.subscriptions.of_target(stand.target("GSECRET"))


async def test_whoever_invites_the_app_is_shown_how_it_goes_on(stand: Stand) -> None:
    greeting = await invited(stand, "GNEW")
    assert "I bring the daily issue to this chat" in text_of(greeting)
    assert greeting["user"] == "U1"
    assert not stand.fake.posts("GNEW")


async def invited(stand: Stand, channel: str) -> Json:
    """Invite the app into a channel; return what it shows to who did."""
    before = len(stand.fake.calls("chat.postEphemeral"))
    stand.team.channels[channel] = True
    for user in ("U2", stand.team.bot):
        joined = {"type": "member_joined_channel", "user": user, "channel": channel, "inviter": "U1"}
        await stand.fake.push("events_api", stand.fake.event(HOME, joined))
    await stand.fake.until(lambda: len(stand.fake.calls("chat.postEphemeral")) > before)
    (shown,) = stand.fake.calls("chat.postEphemeral")[before:]
    return shown


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("not_in_channel", "Invite me with /invite @Paperboy"),
        ("is_archived", "is archived"),
        ("restricted_action", "not allowed to post"),
    ],
)
async def test_whoever_subscribed_a_channel_is_told_once_that_posts_do_not_get_there(
    stand: Stand, code: str, said: str
) -> None:
    channel, reader = f"C{code}", f"U{code}"
    stand.team.channels[channel] = True
    await stand.slash("/subscribe 8:30", channel=channel, user=reader)
    for _post in range(2):
        stand.fake.plan("chat.postMessage", Answer(channel=channel, error=code))
        with pytest.raises(SendError, match=code):
            await stand.platform.sender.send(stand.target(channel), PAGE, Envelope(key="k"))
    (notice,) = stand.fake.posts(f"D{reader}")
    assert said in text_of(notice)
    assert channel in str(notice["blocks"])


async def test_direct_messages_that_do_not_get_there_are_nobody_elses_business(stand: Stand) -> None:
    await stand.slash("/subscribe 8:30", channel="DU23", user="U23")
    stand.fake.plan("chat.postMessage", Answer(channel="DU23", error="messages_tab_disabled"))
    with pytest.raises(SendError, match="messages_tab_disabled"):
        await stand.platform.sender.send(stand.target("DU23"), PAGE, Envelope(key="k"))
    assert not stand.fake.posts("DU23")


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long"])
async def test_a_page_whose_blocks_slack_refuses_arrives_as_plain_text(stand: Stand, code: str) -> None:
    channel = f"CPLAIN{code}"
    stand.team.channels[channel] = True
    stand.fake.plan("chat.postMessage", Answer(channel=channel, error=code))
    document = Document(title="Monday", blocks=(paragraph("Open <!channel> & weights."), paragraph("More.")))
    sent = await stand.platform.sender.send(
        stand.target(channel), SlackRenderer().render(document)[0], Envelope(key="k")
    )
    (said,) = stand.fake.posts(channel)
    assert said["ts"] == sent
    assert said["text"] == "Open &lt;!channel&gt; &amp; weights.\nMore."
    assert said["metadata"]["event_payload"] == {"key": "k"}
    assert not said["mrkdwn"]


async def test_a_workspace_that_is_not_served_is_told_so(stand: Stand) -> None:
    payload = {**stand.fake.slash(HOME, "C1", "U1", "/today"), "team_id": "TNOBODY"}
    before = len(stand.fake.calls("respond"))
    await stand.fake.push("slash_commands", payload)
    await stand.fake.until(lambda: len(stand.fake.calls("respond")) > before)
    assert "Please install me again" in stand.fake.calls("respond")[-1]["text"]


async def test_a_channel_is_joined_only_if_that_subscribes_it(stand: Stand) -> None:
    stand.team.channels["CFREE"] = False
    assert "not on the clock" in text_of(await stand.slash("/subscribe 25:99", channel="CFREE"))
    assert not stand.team.channels["CFREE"]


async def test_a_public_channel_that_may_not_be_joined_asks_for_an_invitation(stand: Stand) -> None:
    stand.team.channels["CCLOSED"] = stand.team.can_join = False
    try:
        assert "/invite @Paperboy" in text_of(await stand.slash("/subscribe 8:30", channel="CCLOSED"))
    finally:
        stand.team.can_join = True


async def test_a_channel_that_may_not_be_looked_at_is_subscribed_in_good_faith(stand: Stand) -> None:
    hidden = {"channels:join", "channels:read", "groups:read"}
    stand.team.scopes -= hidden
    try:
        assert "Subscribed" in text_of(await stand.slash("/subscribe 8:30", channel="CUNSEEN"))
    finally:
        stand.team.scopes |= hidden
        await stand.slash("/unsubscribe", channel="CUNSEEN")


@pytest.fixture
def group(stand: Stand) -> str:
    """Return a group chat that was begun with the app in it."""
    stand.team.channels["CGROUP"] = True
    stand.team.chats.add("CGROUP")
    return "CGROUP"


async def test_a_group_chat_with_the_app_in_it_is_subscribed_as_channels_are(stand: Stand, group: str) -> None:
    assert "Subscribed" in text_of(await stand.slash("/subscribe 8:30", channel=group, user="U30"))
    await stand.platform.sender.send(stand.target(group), PAGE, Envelope(key="k"))
    assert len(stand.fake.posts(group)) == 1
    form = await stand.press_in(await stand.home("U30"), "Edit", user="U30")
    await stand.submit(form, {"time": {"selected_time": "10:45"}}, user="U30")
    assert "10:45" in text_of(await stand.slash("/subscribe", channel=group, user="U31"))


@pytest.mark.parametrize("kinds", [("message",), ("app_mention",), ("message", "app_mention")])
async def test_a_mention_in_a_group_chat_is_answered_once_however_slack_tells_of_it(
    stand: Stand, group: str, kinds: tuple[str, ...]
) -> None:
    stand.team.chats.add(group)
    before = len(stand.fake.posts(group))
    mention = stand.said(f"<@{stand.team.bot}> what is polaris?", channel=group)
    for kind in kinds:
        event = mention["event"] | {"type": kind}
        if kind == "app_mention":
            del event["channel_type"]
        await stand.fake.push("events_api", stand.fake.event(HOME, event))
    await stand.fake.push("events_api", stand.said("nobody asked me", channel=group))
    await stand.fake.push("events_api", stand.said("<@U2> what is beaver?", channel=group))
    await stand.fake.until(lambda: len(stand.fake.posts(group)) > before)
    assert "Beaver" in text_of(await stand.say("and beaver?", channel=group, thread=mention["event"]["ts"]))
    assert len(stand.fake.posts(group)) == before + 2


async def test_a_group_chat_that_the_app_is_not_in_is_told_what_slack_permits(stand: Stand) -> None:
    stand.team.channels["CPEOPLE"] = False
    stand.team.chats.add("CPEOPLE")
    said = text_of(await stand.slash("/subscribe 8:30", channel="CPEOPLE"))
    assert "Slack adds no app to a group chat. Begin a new one with me in it" in said
    assert "/invite" not in said
    assert not await stand.house.services.subscriptions.of_target(stand.target("CPEOPLE"))


async def test_a_workspace_that_has_not_granted_group_chats_has_its_channels_as_before(stand: Stand) -> None:
    granted = {"mpim:history", "mpim:read"}
    stand.team.scopes -= granted
    stand.team.channels["CBEFORE"] = True
    try:
        await stand.slash("/subscribe 8:30", channel="CBEFORE", user="U32")
        form = await stand.press_in(await stand.home("U32"), "Edit", user="U32")
        said = await stand.submit(form, {"time": {"selected_time": "10:45"}}, user="U32")
    finally:
        stand.team.scopes |= granted
    assert "10:45" in text_of(said["view"])


async def test_home_shows_what_a_reader_subscribed_and_edits_it_there(stand: Stand) -> None:
    await stand.slash("/subscribe 8:30 Berlin", channel="C6", user="U6")
    home = await stand.home("U6")
    assert "Nothing comes to your direct messages yet." in text_of(home)
    assert "<#C6>" in text_of(home)
    assert "Next issue" in text_of(home)
    assert "Polaris 2 is out" in text_of(home)
    form = await stand.press_in(home, "Edit", user="U6")
    values = {"time": {"selected_time": "10:45"}, "thread": {"selected_option": {"value": "off"}}}
    said = await stand.submit(form, values, user="U6")
    assert "10:45" in text_of(said["view"])
    await stand.fake.until(lambda: "10:45" in text_of(stand.fake.views["VHOMEU6"]))
    (changed,) = await stand.house.services.subscriptions.of_target(stand.target("C6"))
    assert changed.extras == {"thread": "off"}
    assert changed.slot.zone == "Europe/Berlin"


async def test_a_form_of_a_place_that_cannot_be_read_is_for_the_reader_alone(stand: Stand) -> None:
    form = await stand.form("/settings", channel="DU26", user="U26")
    broken = form | {"private_metadata": "\ud83d"}
    said = await stand.submit(broken, {"time": {"selected_time": "10:45"}}, user="U26")
    assert "10:45" in text_of(said["view"])
    (kept,) = await stand.house.services.subscriptions.of_target(stand.target("DU26"))
    assert f"{kept.slot.time:%H:%M}" == "10:45"


async def test_who_left_a_channel_changes_nothing_there_from_home(stand: Stand) -> None:
    await stand.slash("/subscribe 8:30", channel="C9", user="U16")
    form = await stand.press_in(await stand.home("U16"), "Edit", user="U16")
    stand.team.left["C9"] = {"U16"}
    said = await stand.submit(form, {"time": {"selected_time": "10:45"}}, user="U16")
    assert "Only admins" in said["errors"]["zone"]


async def test_home_follows_a_change_that_somebody_else_made(stand: Stand) -> None:
    await stand.slash("/subscribe 8:30", channel="C7", user="U8")
    await stand.home("U8")
    await stand.slash("/subscribe 11:11", channel="C7", user="U9")
    await stand.fake.until(lambda: "11:11" in text_of(stand.fake.views["VHOMEU8"]))


async def test_home_follows_a_wish_in_plain_words(stand: Stand) -> None:
    await stand.slash("/subscribe 8:30", channel="DU20", user="U20")
    assert "08:30" in text_of(await stand.home("U20"))
    await stand.say("please unsubscribe me", channel="DU20", user="U20")
    await stand.fake.until(lambda: "Nothing comes" in text_of(stand.fake.views["VHOMEU20"]))


async def test_the_settings_form_leaves_out_sections_and_shows_them_again(stand: Stand) -> None:
    form = await stand.form("/settings", channel="DU10", user="U10")
    chosen = [{"value": "models"}, {"value": "dev"}]
    await stand.submit(form, {"sections": {"selected_options": chosen}}, user="U10")
    (made,) = await stand.house.services.subscriptions.of_target(stand.target("DU10"))
    assert "tips" in made.without
    assert not made.without & {"models", "dev"}
    again = await stand.form("/settings", channel="DU10", user="U10")
    await stand.submit(again, {"sections": {"selected_options": []}}, user="U10")
    (after,) = await stand.house.services.subscriptions.of_target(stand.target("DU10"))
    assert after.without == frozenset()


async def test_a_form_says_what_it_does_and_where(stand: Stand) -> None:
    stand.team.channels["CFORM"] = True
    subscribes = await stand.form("/settings", channel="CFORM", user="U18")
    assert subscribes["submit"]["text"] == "Subscribe"
    assert "<#CFORM>" in text_of(subscribes)
    await stand.submit(subscribes, {}, user="U18")
    changes = await stand.form("/settings", channel="CFORM", user="U18")
    assert changes["submit"]["text"] == "Save"
    own = await stand.press_in(await stand.home("U18"), "Subscribe", user="U18")
    assert "Direct messages to you" in text_of(own)


async def test_a_pause_outlasts_a_change_in_the_form(stand: Stand) -> None:
    await stand.slash("/subscribe 8:30", channel="DU22", user="U22")
    await stand.slash("/pause 3", channel="DU22", user="U22")
    form = await stand.form("/settings", channel="DU22", user="U22")
    values = {"time": {"selected_time": "10:45"}, "lang": {"selected_option": {"value": "zh"}}}
    said = await stand.submit(form, values, user="U22")
    assert "10:45" in text_of(said["view"])
    (changed,) = await stand.house.services.subscriptions.of_target(stand.target("DU22"))
    assert (f"{changed.slot.time:%H:%M}", changed.lang) == ("10:45", "zh")
    assert changed.paused_until


async def test_a_button_leads_to_the_form_too(stand: Stand) -> None:
    page = await stand.slash("/subscribe 8:30", channel="DU21", user="U21")
    before = len(stand.fake.calls("views.open"))
    await stand.fake.push("interactive", stand.fake.press(HOME, "DU21", "U21", page, "Settings"))
    await stand.fake.until(lambda: len(stand.fake.calls("views.open")) > before)
    assert stand.fake.calls("views.open")[-1]["view"]["callback_id"] == "settings"


async def test_a_form_that_was_opened_in_another_workspace_changes_ours(stand: Stand) -> None:
    form = await stand.form("/settings", channel="C4", user="U19")
    payload = stand.fake.submit(HOME, "U19", form, {"time": {"selected_time": "07:07"}})
    payload["team"]["id"], payload["view"]["app_installed_team_id"] = "TGUEST", HOME
    said = await stand.fake.push("interactive", payload)
    assert "07:07" in text_of(said["view"])


async def test_a_form_says_what_cannot_be_at_its_field(stand: Stand) -> None:
    form = await stand.form("/settings", channel="DU11", user="U11")
    said = await stand.submit(form, {"zone": {"value": "Atlantis"}}, user="U11")
    assert said["response_action"] == "errors"
    assert "Atlantis" in said["errors"]["zone"]
    assert not await stand.house.services.subscriptions.of_target(stand.target("DU11"))


async def test_the_form_of_a_subscription_also_ends_it(stand: Stand) -> None:
    await stand.slash("/subscribe", channel="DU12", user="U12")
    form = await stand.form("/settings", channel="DU12", user="U12")
    assert "For how long?" in text_of(await stand.press_in(form, "Pause", user="U12"))
    assert "Unsubscribed" in text_of(await stand.press_in(form, "Unsubscribe", user="U12"))


async def test_settings_of_a_channel_open_only_for_who_may_change_them(stand: Stand) -> None:
    stand.team.posters["C8"] = {"UBOSS"}
    assert "Only admins" in text_of(await stand.slash("/settings", channel="C8", user="U1"))


async def test_help_calls_commands_as_they_are_called_in_slack(stand: Stand) -> None:
    said = text_of(await stand.slash("/help"))
    assert "/paperboy-search" in said
    assert "/paperboy-archive" in said
    assert "/today" in said
    assert " /search" not in said


@pytest.mark.parametrize("line", ["/help", "/start"])
async def test_questions_are_explained_as_they_are_heard(stand: Stand, line: str) -> None:
    assert "/paperboy what is MoE?" in text_of(await stand.slash(line, channel="C1"))
    assert "/paperboy what is MoE?" not in text_of(await stand.slash(line, channel="DU1"))


async def test_a_button_that_nobody_remembers_says_so(stand: Stand) -> None:
    card = await stand.slash("/today")
    card["blocks"][-1]["elements"][0]["value"] = f"{MARK}forgotten"
    told = await stand.press(card, card["blocks"][-1]["elements"][0]["text"]["text"])
    assert (told["response_type"], told["replace_original"]) == ("ephemeral", False)
    assert "too old" in text_of(told)


async def test_an_answer_that_slack_does_not_take_is_written_down(stand: Stand) -> None:
    spent = stand.fake.slash(HOME, "C1", "U1", "/today")
    number = spent["response_url"].rpartition("/")[2]
    stand.fake.seen += [Call("respond", {"_address": number}, HOME)] * 5
    with capture_logs() as logs:
        await stand.fake.push("slash_commands", spent)
        await stand.fake.until(lambda: any(call.error == "used_url" for call in stand.fake.seen))
        stand.fake.seen[:] = [call for call in stand.fake.seen if not call.error]
        await stand.slash("/today")
    assert ("slack refused an answer", "used_url") in [(log["event"], log.get("reason")) for log in logs]


async def test_search_without_words_asks_for_them(stand: Stand) -> None:
    asked = await stand.form("/search")
    found = await stand.submit(asked, {"words": {"value": "beaver"}})
    assert "Beaver CLI 1.4" in text_of(found["view"])


async def test_a_long_message_is_asked_about_also_where_it_is_to_be_explained(stand: Stand) -> None:
    words = "Good morning everybody! Some of us looked at something that is quite good for our team: Beaver CLI 1.4"
    opened = await stand.shortcut(stand.fake.message_shortcut(HOME, "C1", "U1", "explain", words))
    await stand.fake.until(lambda: "Beaver CLI 1.4" in text_of(stand.fake.views[opened["id"]]))


async def test_the_global_shortcut_opens_todays_issue_whose_buttons_go_on_in_it(stand: Stand) -> None:
    card = await stand.shortcut(stand.fake.global_shortcut(HOME, "U1", "today"))
    section = await stand.press_in(card, "Dev")
    assert "Beaver CLI 1.4" in text_of(section)


async def test_what_takes_long_is_acknowledged_in_time_and_shown_when_it_is_there(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SOON_SECONDS", 0)
    asked = await stand.form("/search", user="USLOW")
    said = await stand.submit(asked, {"words": {"value": "beaver"}}, user="USLOW")
    assert "One moment…" in text_of(said["view"])
    await stand.fake.until(lambda: "Beaver CLI 1.4" in text_of(stand.fake.views[asked["id"]]))
    first = await stand.shortcut(stand.fake.message_shortcut(HOME, "C1", "USLOW", "ask", "what is polaris?"))
    assert "One moment…" in text_of(first)
    await stand.fake.until(lambda: "Polaris 2" in text_of(stand.fake.views[first["id"]]))


async def test_doctor_names_missing_scopes_and_channels_that_posts_cannot_get_into(stand: Stand) -> None:
    await stand.slash("/subscribe", channel="C1", user="U1")
    stand.team.channels["C1"] = False
    stand.team.scopes -= {"channels:join"}
    try:
        found = [finding async for finding in stand.platform.doctor() if finding.level != "ok"]
    finally:
        stand.team.channels["C1"], stand.team.scopes = True, stand.team.scopes | {"channels:join"}
    messages = [finding.message for finding in found]
    assert messages == ["THOME: scopes are missing: channels:join", "THOME: channel C1 does not have the app"]
    assert all(finding.advice for finding in found)


async def test_homes_follow_a_new_issue(stand: Stand) -> None:
    await stand.home("U13")
    await publish(stand.house, SOURCE.replace("Polaris 2 is out", "Polaris 3 is out"))
    homes = stand.fake.views
    await stand.fake.until(lambda: "Polaris 3 is out" in text_of(homes["VHOMEU13"]))


async def test_a_socket_that_slack_closes_is_opened_again(stand: Stand) -> None:
    await stand.fake.close_sockets()
    assert "Polaris" in text_of(await stand.slash("/today"))


async def test_a_refused_app_token_is_named_instead_of_tried_for_ever(stand: Stand) -> None:
    platform = platform_of(stand.fake, stand.team, stand.house, app_token="xapp-refused")
    async with asyncio.timeout(10):
        with pytest.RaisesGroup(pytest.RaisesExc(SendError, match="Slack refuses the app token: invalid_auth")):
            await platform.serve()


async def test_a_socket_is_opened_as_soon_as_slack_is_there_again(stand: Stand) -> None:
    stand.fake.plan("apps.connections.open", Answer(status=502, html=True))
    other = stand.fake.team("TLATER", channels={"C1": True})
    platform = platform_of(stand.fake, other, stand.house, app_token=APP_TOKEN)
    before = len(stand.fake.sockets)
    serving = asyncio.create_task(platform.serve())
    await stand.fake.until(lambda: len(stand.fake.sockets) > before)
    serving.cancel()
    await asyncio.wait({serving})


async def test_an_app_that_cannot_hear_says_how_it_could(stand: Stand) -> None:
    platform = platform_of(stand.fake, stand.team, stand.house)
    with capture_logs() as logs:
        serving = asyncio.create_task(platform.serve())
        async with asyncio.timeout(5):
            while not logs:  # noqa: ASYNC110 — nothing else tells
                await asyncio.sleep(0.01)
        serving.cancel()
        await asyncio.wait({serving})
    assert "PAPERBOY_SLACK__APP_TOKEN" in logs[0]["advice"]


async def test_a_refused_bot_token_is_said_once_and_not_tried_every_second(stand: Stand) -> None:
    refused = stand.fake.team("TREFUSED")
    platform = platform_of(stand.fake, refused, stand.house)
    refused.token = "another"
    before = len(stand.fake.seen)
    with capture_logs() as logs:
        for _second in range(5):
            assert not platform.accounts
            await asyncio.sleep(0.1)
    assert [log["reason"] for log in logs if "which workspaces" in log["event"]] == ["invalid_auth"]
    assert sum(call.method == "auth.test" for call in stand.fake.seen[before:]) == 1
