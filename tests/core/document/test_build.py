"""Nodes of hostile strings."""

from __future__ import annotations

import pytest

from core.document.build import clean, code, is_safe, paragraph, safe_link, spelled_out, text
from core.document.nodes import Code, Inlines, Link, Paragraph, Text

LABEL: Inlines = (Text("here"),)


@pytest.mark.parametrize(
    "url",
    ["https://a.example.com/x", "http://a.example.com", "HTTPS://A.example.com", "mailto:a@b.example", "tel:+491"],
)
def test_safe_addresses_become_links(url: str) -> None:
    assert safe_link(LABEL, url) == (Link(LABEL, url),)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://a.example.com",
        "//a.example.com",
        "./here-not",
        "#top",
        "https:",
        "https:///path",
        "mailto:",
        "https://[broken",
        "https://a.example.com/a b",
        "java\nscript:x",
    ],
)
def test_other_addresses_stay_text(url: str) -> None:
    assert not is_safe(url)
    assert not any(isinstance(inline, Link) for inline in safe_link(LABEL, url))
    assert clean(url) in "".join(inline.value for inline in safe_link(LABEL, url) if isinstance(inline, Text))


def test_an_address_that_the_label_says_is_not_repeated() -> None:
    assert safe_link((Text("ftp://a.example.com"),), "ftp://a.example.com") == (Text("ftp://a.example.com"),)
    assert spelled_out("a", "./a.md") == " (./a.md)"
    assert spelled_out("a", "") == ""


def test_a_link_without_text_shows_its_address() -> None:
    assert safe_link((), "https://a.example.com") == (Link((Text("https://a.example.com"),), "https://a.example.com"),)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("user\u202egnp.exe", "usergnp.exe"),
        ("\u2066isolated\u2069", "isolated"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("bell\x07 null\x00 next\x85", "bell null next"),
        ("line\u2028sep", "line sep"),
        ("lone\ud800", "lone\ufffd"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("👨‍👩‍👧 \u200e", "👨‍👩‍👧 \u200e"),
    ],
)
def test_texts_say_what_they_show(value: str, expected: str) -> None:
    assert clean(value) == expected
    assert text(value) == (Text(expected),)


def test_nothing_is_made_of_nothing() -> None:
    assert text("\u200b") == code("") == ()
    assert code("x\u202e") == (Code("x"),)
    assert paragraph("a") == Paragraph((Text("a"),))
