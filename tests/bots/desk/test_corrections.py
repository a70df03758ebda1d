from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

from bots.desk.send import ACCOUNT, PLATFORM
from bots.settings import Settings
from bots.wiring import open_house
from core.delivery.port import Account
from core.digest.parse import parse
from core.storage.agenda import SqlAgenda
from core.storage.subscriptions import SqlSubscriptions
from core.subscriptions.model import Slot, Subscription
from core.target import Target
from couriers import carry

if TYPE_CHECKING:
    from pathlib import Path

    from bots.wiring import House

ISSUE = "---\ndate: 2026-03-02\nlang: en\n---\n# Title\n\n## Models\n\n- **Story** — {}\n"
READER = Target(platform=PLATFORM, account=ACCOUNT, chat="reader")


async def deliver(house: House) -> list[str]:
    """Bring posts up to date, and return the texts that the reader's inbox holds."""
    later = house.clock.now() + timedelta(minutes=2)
    await SqlAgenda(house.database).amend(house.clock.now(), settled=later)
    await carry(house, Account(platform=PLATFORM, account=ACCOUNT), house.desk_sender)
    arrivals = await house.inbox.after(READER, 0)
    return [str(arrival.content) for arrival in arrivals if arrival.content]


async def publish(house: House, story: str) -> None:
    source = ISSUE.format(story)
    await house.publish(source, parse(source, vocabulary=house.services.vocabulary).issue)


async def test_a_post_in_the_desk_follows_its_issue(data: Path) -> None:
    async with open_house(Settings(data_dir=data)) as house:
        slot = Slot(time=time(8), zone="UTC")
        now = house.clock.now()
        reader = Subscription(id=0, target=READER, edition="daily", lang="zh", slot=slot, style="full", created_at=now)
        await SqlSubscriptions(house.database).save(reader, due=now)
        await publish(house, "wrong number")
        await house.pusher.push("daily")
        assert "wrong number" in "".join(await deliver(house))
        await publish(house, "right number")
        corrected = await deliver(house)
        assert "right number" in "".join(corrected)
        assert "wrong number" not in "".join(corrected)
        await house.archive.withdraw(parse(ISSUE).issue.ref)
        [notice] = await deliver(house)
        assert "2026-03-02 这一期已撤回。" in notice
        assert "number" not in notice
