"""``python -m bots.telegram.setup``: sets what the bot shows of itself anew, and says what only @BotFather can set.

With ``--delete-webhook`` it takes the bot's updates from whichever program set a webhook, and nothing else.
"""

from __future__ import annotations

import asyncio
import sys
from argparse import ArgumentParser

from bots.settings import Settings
from bots.telegram.api import Api
from bots.telegram.doctor import settings_of
from bots.telegram.menus import calls
from bots.telegram.rivals import host_of
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


async def delete_webhook(api: Api) -> list[str]:
    """Remove the webhook, if there is one; return a line about that."""
    host = host_of(await api.call("getWebhookInfo"))
    if not host:
        return ["No webhook is set."]
    await api.call("deleteWebhook")
    return [f"The webhook to {host} is removed. A program that set it may do so again: see that it ends."]


async def _main() -> int:
    parser = ArgumentParser(prog="python -m bots.telegram.setup")
    parser.add_argument("--delete-webhook", action="store_true", help="only remove the webhook, whoever set it")
    asked = parser.parse_args()
    settings = Settings()
    telegram = settings.telegram
    if telegram.token is None:
        sys.stderr.write("PAPERBOY_TELEGRAM__TOKEN is not set.\n")
        return 2
    if asked.delete_webhook and telegram.webhook_url:
        sys.stderr.write("PAPERBOY_TELEGRAM__WEBHOOK_URL asks for a webhook: unset it, and start the program again.\n")
        return 2
    api = Api(telegram.token.get_secret_value(), telegram.api_url)
    try:
        lines = await (delete_webhook(api) if asked.delete_webhook else set_up(api, settings.lang))
    except SendError as error:
        sys.stderr.write(f"Telegram refuses: {error.reason}\n")
        return 1
    finally:
        await api.close_connections()
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
