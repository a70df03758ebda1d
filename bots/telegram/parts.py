"""What the parts that talk with readers share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bots.telegram.api import Api
    from bots.telegram.render import TelegramRenderer
    from bots.telegram.rich import TelegramRichRenderer
    from bots.telegram.send import Buttons, TelegramSender
    from core.commands.services import Services
    from core.delivery.port import ReceiptBook
    from core.digest.present import Presenter

OFFERS = frozenset({"pin", "preview", "form"})
"""The switches of ``/settings`` that Telegram understands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What answers to readers are made with."""

    api: Api
    account: str
    services: Services
    receipts: ReceiptBook
    presenter: Presenter
    renderer: TelegramRenderer
    rich: TelegramRichRenderer
    sender: TelegramSender
    buttons: Buttons
