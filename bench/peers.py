"""The chain that a user would put together today: Markdown to three platforms' messages with three libraries.

Runs in an environment of its own, since its Markdown parser is of another version than ours. Reads a JSON list of
Markdown texts, renders each of them ``rounds`` times, and prints ``{"seconds", "messages": [[telegram, discord,
slack], …]}`` with processor seconds for one round over all texts.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from markdown_to_slack_blocks import markdown_to_blocks, split_blocks
from semantic_text_splitter import MarkdownSplitter
from telegramify_markdown import telegramify

DISCORD = MarkdownSplitter(2000)


async def messages(markdown: str) -> tuple[int, int, int]:
    """Return how many messages the issue becomes on Telegram, Discord and Slack."""
    telegram = await telegramify(markdown, max_message_length=4096, render_mermaid=False, min_file_lines=0)
    json.dumps([[part.text, [entity.to_dict() for entity in part.entities]] for part in telegram])
    discord = DISCORD.chunks(markdown)
    json.dumps([{"content": part} for part in discord])
    slack = split_blocks(markdown_to_blocks(markdown))
    json.dumps(slack)
    return len(telegram), len(discord), len(slack)


async def main(rounds: int) -> None:
    """Render every text, print the figures."""
    texts = json.load(sys.stdin)
    counts = [await messages(text) for text in texts]
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for text in texts:
            await messages(text)
        best = min(best, time.process_time() - start)
    print(json.dumps({"seconds": best, "messages": counts}))


asyncio.run(main(int(sys.argv[1])))
