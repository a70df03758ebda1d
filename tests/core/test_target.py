from __future__ import annotations

import pytest

from core.target import Target


@pytest.mark.parametrize("chat", ["C1\ud83d", "\0", "a:b", "北", "C1"])
def test_every_place_has_a_key_that_can_be_kept(chat: str) -> None:
    target = Target(platform="slack", account="T1", chat=chat)
    assert target.key.isascii()
    assert target.key.isprintable()
    assert Target.from_key(target.key).key == target.key
