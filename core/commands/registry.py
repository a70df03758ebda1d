"""Every command, in the order of the menus. A new one is one file and one line here."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from core.commands.archive import archive
from core.commands.ask import ask
from core.commands.catchup import catchup
from core.commands.explain import explain
from core.commands.forgetme import forgetme
from core.commands.help import help_on
from core.commands.lang import lang
from core.commands.lesson import lesson, pick
from core.commands.new import new
from core.commands.pause import pause
from core.commands.search import search
from core.commands.section import apps, dev, models, products, section, story, tips
from core.commands.settings import settings
from core.commands.start import start
from core.commands.subscribe import subscribe, unsubscribe
from core.commands.today import full, issue, today
from core.commands.turn import page_of
from core.commands.why import why

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.commands.model import Command

_ALL = (
    today,
    models,
    apps,
    dev,
    tips,
    products,
    section,
    lesson,
    pick,
    issue,
    archive,
    catchup,
    explain,
    search,
    subscribe,
    settings,
    pause,
    why,
    lang,
    unsubscribe,
    start,
    full,
    story,
    ask,
    new,
    forgetme,
)
COMMANDS: Mapping[str, Command] = MappingProxyType(
    {command.name: command for command in (*_ALL, page_of(_ALL), help_on(_ALL))}
)
