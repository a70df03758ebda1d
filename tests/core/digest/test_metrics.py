"""Numbers that stories state."""

from __future__ import annotations

import pytest

from core.digest.metrics import read_metrics
from core.digest.model import Metrics


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,388 ❤️，17.2 万下载", Metrics(likes=1388, downloads=172_000)),
        ("90K downloads", Metrics(downloads=90_000)),
        ("9 万下载。", Metrics(downloads=90_000)),
        ("2.5M downloads", Metrics(downloads=2_500_000)),
        ("1 million downloads", Metrics(downloads=1_000_000)),
        ("(33,529 likes | 2,545 RTs)", Metrics(likes=33_529, reposts=2_545)),
        ("博客（57 ❤️）", Metrics(likes=57)),
        ("1.2 亿次下载", Metrics(downloads=120_000_000)),
        ("12k stars, 300 reposts", Metrics(likes=12_000, reposts=300)),
        ("收获300赞，20 次转发", Metrics(likes=300, reposts=20)),
        ("下载量：17.2 万", Metrics(downloads=172_000)),
        ("⭐ 12.5k", Metrics(likes=12_500)),
        ("57 ❤️ … 138 ❤️", Metrics(likes=57)),
        ("2,617 个 MCP 服务器", Metrics()),
        ("GPT-4 likes cats", Metrics()),
        ("80.6 points", Metrics()),
        ("version 9\nInstalls faster", Metrics()),
        ("4% 的提交", Metrics()),
    ],
)
def test_numbers_are_read(text: str, expected: Metrics) -> None:
    assert read_metrics(text) == expected
