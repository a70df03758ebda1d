"""What is known of words: names, a dictionary, and what the archive teaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from clock import ManualClock
from core.answers.learn import Learnt, learn
from core.answers.passages import Passage
from core.answers.question import understand
from core.answers.search import Indexer, Searcher
from core.answers.tokens import normalised, query_tokens, tokens, units
from core.answers.words import Lexicon, Words, bundled_lines
from core.answers.words.dictionary import Dictionary, dictionary, installed
from core.answers.words.mined import mine
from core.digest.model import IssueRef
from core.digest.parse import parse
from core.storage.notes import SqlNotes
from core.storage.postings import SqlPassages

if TYPE_CHECKING:
    from pathlib import Path

    from core.storage.engine import Database

TODAY = date(2026, 3, 18)
ENTRIES = """# a dictionary in the form of CC-CEDICT
冰箱 冰箱 [bing1 xiang1] /refrigerator/(old) icebox/CL:臺|台[tai2]/
養老院 养老院 [yang3 lao3 yuan4] /nursing home/
疊 叠 [die2] /to fold/to pile up/
茶 茶 [cha2] /tea/
大阪 大阪 [Da4 ban3] /Ōsaka, a city and prefecture in Japan/
愛因斯坦 爱因斯坦 [Ai4 yin1 si1 tan3] /Albert Einstein (1879-1955), German-born theoretical physicist/
成熟 成熟 [cheng2 shu2] /ripe; mature/
"""
ARCHIVE = [
    ("zh", "三星冰箱会买菜", "打开门就知道缺什么。"),
    ("zh", "养老院试点机器人", "夜间呼叫少了四分之一。"),
    ("en", "A robot for the laundry", "It can fold shirts."),
    ("en", "Growing tea with a phone", "It names the pest."),
]


@pytest.fixture(scope="module")
def small() -> Dictionary:
    return Dictionary(ENTRIES)


def test_a_chinese_word_has_its_meanings(small: Dictionary) -> None:
    assert small.english("冰箱") == (("refriger",), ("icebox",))


@pytest.mark.parametrize("said", ["refrigerator", "Refrigerators"])
def test_an_english_word_has_its_chinese_ones(small: Dictionary, said: str) -> None:
    assert small.chinese(said) == (("冰箱",),)


@pytest.mark.parametrize(("english", "chinese"), [("Osaka", "大阪"), ("Albert Einstein", "爱因斯坦")])
def test_a_name_is_known_without_what_it_is_the_name_of(small: Dictionary, english: str, chinese: str) -> None:
    assert small.chinese(english) == (tuple(query_tokens(chinese)),)
    assert small.english(chinese) == (tuple(query_tokens(english)),)


def test_a_quality_is_known_by_what_has_it(small: Dictionary) -> None:
    assert small.chinese("ripeness") == (("成熟",),)


def test_a_dictionary_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "own.u8").write_text(ENTRIES, encoding="utf-8")
    assert "养老院" in dictionary(tmp_path / "own.u8")
    assert Words.bundled().with_dictionary(str(tmp_path / "own.u8")).dictionary
    assert Words.bundled().with_dictionary("off").dictionary is None


def test_the_installed_dictionary_knows_everyday_words() -> None:
    path = installed()
    assert path
    assert ("laundri",) in dictionary(path).english("洗衣")


@pytest.mark.parametrize(
    ("question", "lang", "title"),
    [
        ("what can the refrigerator do", "en", "三星冰箱会买菜"),
        ("a nursing home with robots", "en", "养老院试点机器人"),
        ("怎么种茶", "zh", "Growing tea with a phone"),
    ],
)
async def test_what_stands_only_in_the_other_language_is_found(
    small: Dictionary, sqlite_database: Database, question: str, lang: str, title: str
) -> None:
    search = await _searcher(sqlite_database, replace(Words.bundled(), dictionary=small))
    finding = await search.find(await search.understand(question, TODAY), lang=lang)
    assert finding.candidates[0].passage.title == title


async def _searcher(sqlite_database: Database, words: Words) -> Searcher:
    indexer = Indexer(SqlPassages(sqlite_database))
    for lang in ("zh", "en"):
        stories = "\n".join(f"- **{title}** — {text}" for of, title, text in ARCHIVE if of == lang)
        await indexer.add(parse(f"# {lang}\n\n## Apps\n\n{stories}\n", path=f"daily/{lang}/2026-03-17.md").issue)
    return Searcher(SqlPassages(sqlite_database), words=lambda: words)


def _told(number: int, zh: str, en: str) -> list[Passage]:
    where = {"what": "story", "section": "models", "key": str(number), "url": f"https://x.example/{number}"}
    return [
        Passage(ref=IssueRef(edition="daily", date=TODAY, lang=lang), title=title, text="", story=str(number), **where)  # type: ignore[arg-type]
        for lang, title in (("zh", zh), ("en", en))
    ]


PAIRS = [
    ("无人机送货", "drones deliver"),
    ("无人机表演", "drones dance"),
    ("农用无人机", "drones farm"),
    ("送货", "deliver"),
]


def test_words_that_always_go_together_are_learnt() -> None:
    found = mine(passage for number, pair in enumerate(PAIRS) for passage in _told(number, *pair))
    assert dict(found["drone"]).keys() == {"无人", "人机"}
    assert "danc" not in found


def test_a_phrase_that_is_always_printed_teaches_nothing() -> None:
    printed = ("查看全文链接", "read the whole story")
    assert not mine(passage for number in range(9) for passage in _told(number, *printed))


def test_a_question_looks_for_what_was_learnt() -> None:
    words = replace(Words.bundled(), mined={"quokka": (("短尾", 0.9),)})
    concept = next(one for one in understand("quokka news", TODAY, words=words).concepts if one.said == "quokka")
    assert ("短尾",) in dict(concept.words)


async def test_what_was_learnt_is_kept_for_every_process(sqlite_database: Database) -> None:
    learnt = Learnt(SqlNotes(sqlite_database, ManualClock(datetime(2026, 3, 18, tzinfo=UTC))))
    passages = SqlPassages(sqlite_database)
    for lang, side in (("zh", 0), ("en", 1)):
        told = "\n".join(f"- [{pair[side]}](https://x.example/{number})" for number, pair in enumerate(PAIRS))
        issue = parse(f"# {lang}\n\n## Apps\n\n{told}\n", path=f"daily/{lang}/2026-03-17.md").issue
        await Indexer(passages).add(issue)
    assert await learn(Searcher(passages), learnt) > 0
    later = Searcher(passages, learnt=learnt)
    asked = await later.understand("zebra drone", TODAY)
    assert any(("无人",) in dict(concept.words) for concept in asked.concepts)


def test_no_name_is_found_by_a_single_character() -> None:
    (mention,) = Lexicon.bundled().mentions(units("Anthropic"))
    phrases = {phrase for group in mention.groups for phrase, _weight in group.words}
    assert ("a", "社") in phrases
    assert ("社",) not in phrases, "which is in “社区”, too"


def _sides(line: str) -> list[list[str]]:
    return [[word.strip() for word in side.split("|")] for side in line.removeprefix("~").split("||")]


def _stems(line: str) -> list[tuple[str, ...]]:
    """Return the words of a line, or of one side of it, as the index sees them."""
    return [tuple(tokens(word)) for side in _sides(line) for word in side]


def _keys(line: str) -> list[str]:
    return [" ".join(unit.text for unit in units(normalised(word))) for word in _sides(line)[0]]


@pytest.mark.parametrize("file", ["everyday.txt", "thesaurus.txt"])
def test_a_group_has_two_words_or_more_in_both_languages_each_once(file: str) -> None:
    for line in bundled_lines(file):
        sides = _sides(line)
        words = [word for side in sides for word in side]
        assert len(sides[0]) > 1, line
        assert len(sides) <= 2, line
        assert all(words), line
        assert {word.isascii() for word in words} == {True, False}, line
        assert len({word.casefold() for word in words}) == len(words), line


def test_words_of_the_thesaurus_differ_by_more_than_an_ending() -> None:
    lines = bundled_lines("thesaurus.txt")
    assert [line for line in lines if len(set(_stems(line))) < len(_stems(line))] == []


def test_the_thesaurus_has_each_group_once() -> None:
    same = [frozenset(_stems(line.partition("||")[0])) for line in bundled_lines("thesaurus.txt")]
    assert len(set(same)) == len(same)


def test_the_thesaurus_leaves_names_alone() -> None:
    """Whoever asks for Apple asks for no fruit."""
    names = {key for line in bundled_lines("names.txt") if not line.startswith("~") for key in _keys(line)}
    assert {key for line in bundled_lines("thesaurus.txt") for key in _keys(line)} & names == set()


def test_what_many_questions_have_is_no_more_because_it_is_in_the_thesaurus() -> None:
    files = ("names.txt", "terms.txt")
    generic = {key for file in files for line in bundled_lines(file) if line.startswith("~") for key in _keys(line)}
    plain = {key for line in bundled_lines("thesaurus.txt") if not line.startswith("~") for key in _keys(line)}
    assert plain & generic == set()


@pytest.mark.parametrize(
    ("question", "printed"),
    [
        ("software for animal doctors", "veterinarian"),
        ("给动物看病的软件", "vet"),
        ("people who cannot see", "盲文"),
        ("Japanese trains", "tokyo"),
    ],
)
def test_a_paraphrase_looks_for_what_is_printed(question: str, printed: str) -> None:
    wanted = tuple(tokens(printed)[-1:])
    found = understand(question, TODAY).concepts
    assert any(phrase == wanted for concept in found for phrase, _weight in concept.words)


def test_each_kind_has_something_of_it() -> None:
    for line in bundled_lines("kinds.txt"):
        broad, of_it = _sides(line)
        assert broad, line
        assert len(of_it) > 1, line
