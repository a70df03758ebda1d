"""How a user broadcasts on Telegram today: ``python bench/broadcasters.py LIBRARY URL RATE MESSAGES``.

Runs in an environment of its own (``bench/requirements-peers.txt``). RATE is what the bot may send in a second; with
"none" 64 senders send side by side as quickly as they can. Prints ``{"sent", "cpu"}``, cpu in processor seconds.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import asynccontextmanager
from itertools import count, islice
from typing import TYPE_CHECKING

import aiogram.types
import telegram
import uvloop
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramRetryAfter
from telegram.ext import AIORateLimiter, ApplicationBuilder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    Send = Callable[[int], Awaitable[object]]
    Run = Callable[[Iterator[int]], Awaitable[int]]

TEXT = "A card with its headline, lead and stories. " * 60
BOLD = [{"type": "bold", "offset": 40 * number, "length": 12} for number in range(60)]
TOKEN = "1:" + "x" * 35
SIDE_BY_SIDE = 64
FREE = 30
CONNECTIONS = 512
PAUSE = 0.05
PER_LOOP = 12
"""What one loop sends in a second with that pause and 30 ms of latency; a paid bot needs many of them."""


async def in_turn(send: Send, chats: Iterator[int], pause: float) -> int:
    """One loop over the chats with a pause after each message, as aiogram's documentation shows it."""
    sent = 0
    for chat in chats:
        await send(chat)
        sent += 1
        if pause:
            await asyncio.sleep(pause)
    return sent


@asynccontextmanager
async def by_aiogram(url: str, rate: int) -> AsyncIterator[Run]:
    """Send as the example of aiogram: wait out a TelegramRetryAfter, try again, and pause after each message."""
    session = AiohttpSession(api=TelegramAPIServer(base=url + "/bot{token}/{method}", file=url), limit=1000)
    entities = [aiogram.types.MessageEntity(**each) for each in BOLD]
    async with aiogram.Bot(TOKEN, session=session) as bot:

        async def send(chat: int) -> None:
            try:
                await bot.send_message(chat, TEXT, entities=entities)
            except TelegramRetryAfter as error:
                await asyncio.sleep(error.retry_after)
                await send(chat)

        async def run(chats: Iterator[int]) -> int:
            loops = SIDE_BY_SIDE if not rate else rate // PER_LOOP if rate > FREE else 1
            return sum(await asyncio.gather(*(in_turn(send, chats, PAUSE if rate else 0) for _ in range(loops))))

        yield run


@asynccontextmanager
async def by_ptb(url: str, rate: int) -> AsyncIterator[Run]:
    """Give python-telegram-bot everything at once, with its AIORateLimiter.

    At a paid bot's rate as much as it has connections for: with many thousands it does not begin within a minute.
    """
    builder = ApplicationBuilder().token(TOKEN).base_url(url + "/bot")
    builder = builder.connection_pool_size(CONNECTIONS).pool_timeout(60)
    if rate:
        builder = builder.rate_limiter(AIORateLimiter(max_retries=5))
    entities = [telegram.MessageEntity(**each) for each in BOLD]
    async with builder.build() as application:
        paid = True if rate > FREE else None

        async def send(chat: int) -> None:
            await application.bot.send_message(chat, TEXT, entities=entities, allow_paid_broadcast=paid)

        async def run(chats: Iterator[int]) -> int:
            if not rate:
                return sum(await asyncio.gather(*(in_turn(send, chats, 0) for _ in range(SIDE_BY_SIDE))))
            if rate > FREE:
                return sum(await asyncio.gather(*(in_turn(send, chats, 0) for _ in range(CONNECTIONS))))
            results = await asyncio.gather(*map(send, chats), return_exceptions=True)
            return sum(result is None for result in results)

        yield run


LIBRARIES = {"aiogram": by_aiogram, "python-telegram-bot": by_ptb}


async def main(library: str, url: str, rate: int, messages: int) -> None:
    """Send, print the figures."""
    async with LIBRARIES[library](url, rate) as run:
        await run(iter(range(SIDE_BY_SIDE)) if not rate else iter(()))
        start = time.process_time()
        sent = await run(islice(count(1), messages))
        print(json.dumps({"sent": sent, "cpu": time.process_time() - start}))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3].replace("none", "0")), int(sys.argv[4])))
