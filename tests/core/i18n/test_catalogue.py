"""The Chinese catalogue is complete, and nothing stands in it that nobody says."""

from __future__ import annotations

import re
from collections import Counter
from string import Formatter
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from messages import ROOT, in_python, in_template, messages_of_the_code

if TYPE_CHECKING:
    from babel.messages import Catalog

    from messages import Message

FILE = ROOT / "core/i18n/catalogues/zh.po"
HAN = r"[\u4e00-\u9fff]"


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with FILE.open("rb") as file:
        return read_po(file, locale="zh", abort_invalid=True)


@pytest.fixture(scope="module")
def said() -> dict[Message, str]:
    return messages_of_the_code()


@pytest.fixture(scope="module")
def translated(catalogue: Catalog) -> dict[Message, str]:
    entries: dict[Message, str] = {}
    for entry in catalogue:
        if entry.id and not entry.fuzzy:
            key = entry.id if isinstance(entry.id, tuple | list) else (entry.id,)
            entries[tuple(key)] = entry.string if isinstance(entry.string, str) else (entry.string or ("",))[0]
    return entries


def placeholders(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None}


def test_every_text_has_a_translation(said: dict[Message, str], translated: dict[Message, str]) -> None:
    missing = [f"{place}: {message}" for message, place in said.items() if not translated.get(message)]
    assert not missing, "add these to zh.po:\n" + "\n".join(missing)


def test_every_translation_has_a_text(said: dict[Message, str], translated: dict[Message, str]) -> None:
    orphans = [message for message in translated if message not in said]
    assert not orphans, f"nobody says these any more: {orphans}"


def test_no_translation_is_fuzzy_or_obsolete(catalogue: Catalog) -> None:
    assert not [entry.id for entry in catalogue if entry.id and entry.fuzzy]
    assert not catalogue.obsolete


def test_no_text_is_translated_twice() -> None:
    ids = re.findall(r'^msgid ((?:".*"\n)+)', FILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert not [text for text, count in Counter(ids).items() if count > 1]


def test_translations_keep_the_placeholders(translated: dict[Message, str]) -> None:
    changed = [
        (message, chinese)
        for message, chinese in translated.items()
        if placeholders(message[-1]) != placeholders(chinese)
    ]
    assert not changed


def test_singular_and_plural_have_the_same_placeholders(said: dict[Message, str]) -> None:
    for message in said:
        assert placeholders(message[0]) == placeholders(message[-1]), message


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        ("full-width punctuation after Chinese", rf"{HAN}[,;:!?]|{HAN}\.(?!\.)|{HAN}\(|\){HAN}"),
        ("a space between Chinese and Latin words or digits", rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}"),
        ("no straight quotes", r"[\"']"),
        ("no full stop of the other script", rf"{HAN}\.$|[A-Za-z]。 "),
        ("one exclamation mark at most", r"[!！].*[!！]"),
    ],
)
def test_chinese_is_set_as_a_native_editor_would(rule: str, pattern: str, translated: dict[Message, str]) -> None:
    prose = (re.sub(r"`[^`]*`", "", text) for text in translated.values())
    assert not [text for text in prose if re.search(pattern, text)], rule


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        ('_("One")', [("One",)]),
        ("x = f\"{_('Inside')} more\"", [("Inside",)]),
        ('_.plural("{count} day", "{count} days", n)', [("{count} day", "{count} days")]),
        ('texts(request.lang)("At once")', [("At once",)]),
        ('Command(summary=mark("Later"))', [("Later",)]),
        ('_("Long "\n  "one", term=term)', [("Long one",)]),
        ("_(text)", []),
        ('other("Not ours")', []),
    ],
)
def test_texts_in_python_are_found(source: str, messages: list[Message]) -> None:
    assert list(in_python(source)) == messages


def test_texts_in_templates_are_found() -> None:
    source = "<p title='{{ _('A') }}'>{{ _.plural('{count} day', '{count} days', n) }}{{ other('B') }}</p>"
    assert sorted(in_template(source)) == [("A",), ("{count} day", "{count} days")]
