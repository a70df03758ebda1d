"""Words of others call nobody, and a reader's own words lead nowhere."""

from __future__ import annotations

import pytest

from core.document.harmless import echoed, harmless


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Tell @everyone and @here.", "Tell ＠everyone and ＠here."),
        ("问问 @所有人。", "问问 ＠所有人。"),
        ("<!channel> <@U1> <#C1> </today:1>", "＜!channel> ＜@U1> ＜#C1> ＜/today:1>"),
        ("Ask @zhipu, 2 < 3.", "Ask @zhipu, 2 < 3."),
        ("See https://news.example.com/a.", "See https://news.example.com/a."),
        ("a\u202eb", "ab"),
    ],
)
def test_what_an_issue_says_stays_readable(said: str, shown: str) -> None:
    assert harmless(said) == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("look at https://evil.example/x now", "look at … now"),
        ("[free](https://evil.example) money", "free money"),
        ("evil.example, evil．example", "…, …"),
        ("mail win@evil.example", "mail …"),
        ("javascript:alert(1) tg://resolve?domain=evil", "… …"),
        ("GPT-5.2 costs 0.5, e.g. 3.5", "GPT-5.2 costs 0.5, e.g. 3.5"),
        ("它多少钱？比如 5.2 版。好的", "它多少钱？比如 5.2 版。好的"),
        ("@everyone @zhipu", "＠everyone ＠zhipu"),
    ],
)
def test_what_a_reader_says_is_shown_without_addresses(said: str, shown: str) -> None:
    assert echoed(said) == shown
