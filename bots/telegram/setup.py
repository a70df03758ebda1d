"""``python -m bots.telegram.setup``: sets what the bot shows of itself anew, and says what only @BotFather can set."""

from __future__ import annotations

import asyncio
import sys

from bots.settings import Settings
from bots.telegram.api import Api
from bots.telegram.doctor import settings_of
from bots.telegram.menus import calls
from core.delivery.model import SendError


async def set_up(api: Api, lang: str) -> list[str]:
    """Make every call, whatever was set before; return a line for each and for what is left to do by hand."""
    lines = []
    for method, payload in calls(lang):
        await api.call(method, payload)
        about = payload.get("scope", {}).get("type") or ("channels" if payload.get("for_channels") else "")
        lines.append(" ".join(filter(None, (method, about, payload.get("language_code", "")))))
    left = settings_of(await api.call("getMe"))
    return lines + [f"{finding.message}. {finding.advice}".strip() for finding in left]


async def _main() -> int:
    settings = Settings()
    telegram = settings.telegram
    if telegram.token is None:
        sys.stderr.write("PAPERBOY_TELEGRAM__TOKEN is not set.\n")
        return 2
    api = Api(telegram.token.get_secret_value(), telegram.api_url)
    try:
        lines = await set_up(api, settings.lang)
    except SendError as error:
        sys.stderr.write(f"Telegram refuses: {error.reason}\n")
        return 1
    finally:
        await api.close_connections()
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
