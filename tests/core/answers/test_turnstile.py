"""Readers take turns: who asks much waits for their own answers, not the others for them."""

from __future__ import annotations

import asyncio

import pytest

from core.answers.turnstile import Turnstile


async def test_who_asks_much_at_once_does_not_keep_others_waiting() -> None:
    turnstile, order = Turnstile(2), list[str]()

    async def ask(reader: str) -> None:
        async with turnstile.turn(reader):
            order.append(reader)
            await asyncio.sleep(0)

    await asyncio.gather(*[ask("greedy") for _ in range(6)], ask("modest"), ask("shy"))
    assert set(order[:3]) == {"greedy", "modest", "shy"}
    assert len(order) == 8


async def test_who_gives_up_waiting_takes_no_place() -> None:
    turnstile = Turnstile(1)
    async with turnstile.turn("first"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01), turnstile.turn("second"):
                pass
    async with asyncio.timeout(1), turnstile.turn("third"):
        pass


async def test_a_place_is_free_again_after_an_error() -> None:
    turnstile = Turnstile(1)
    with pytest.raises(OSError, match="broken"):
        async with turnstile.turn("first"):
            raise OSError("broken")
    async with asyncio.timeout(1), turnstile.turn("first"):
        pass
