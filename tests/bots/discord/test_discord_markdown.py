"""What becomes of text on Discord, character by character."""

from __future__ import annotations

import pytest

from bots.discord.markdown import address, follows, heading_line, lines
from bots.discord.text import text
from core.document.nodes import (
    Code,
    CodeBlock,
    Emphasis,
    Inline,
    Link,
    List,
    ListItem,
    Paragraph,
    Quote,
    Strike,
    Strong,
    Text,
)

URL = "https://a.example.com/"


@pytest.mark.parametrize(
    ("plain", "markdown"),
    [
        ("*a* _b_ `c` ~~d~~ ||e||", r"\*a\* \_b\_ \`c\` \~\~d\~\~ \|\|e\|\|"),
        ("about ~20%, a | b", "about ~20%, a | b"),
        ("@everyone @here <@1> <#2> <t:3:f>", r"\@everyone \@here \<@1> \<#2> \<t\:3:f>"),
        (":smile: 8:30 a: b", r"\:smile: 8:30 a: b"),
        ("https://a.example.com/x", r"https:\//a.example.com/x"),
        ("[a](b)", r"\[a](b)"),
        (r"C:\x", r"C:\\x"),
        ("# a\n## b\n#tag", "\\# a\n\\## b\n#tag"),
        ("- a\n+ b\n-# c\n-d", "\\- a\n\\+ b\n\\-# c\n-d"),
        ("1. a\n  2. b\n3.5", "1\\. a\n  2\\. b\n3.5"),
        ("> a\n>>> b", "\\> a\n\\>>> b"),
    ],
)
def test_text_is_only_text(plain: str, markdown: str) -> None:
    assert "\n".join(lines((Text(plain),))) == markdown


@pytest.mark.parametrize(
    ("inlines", "markdown"),
    [
        (
            [Strong((Text("注意："),)), Text("正文"), Strong((Text("“引号”"),)), Text("结束")],
            "**注意：**正文**“引号”**结束",
        ),
        ([Emphasis((Text("a"),)), Strong((Text("b"),))], "*a*\u200b**b**"),
        ([Strong((Emphasis((Text("a"),)), Text("b")))], "**\u200b*a*b**"),
        ([Emphasis((Strong((Text("a "),)), Text("b")))], "*\u200b**a** b*"),
        ([Strong((Text(" a "),)), Text("b")], " **a** b"),
        ([Strong((Text("a\nb"),))], "**a**\n**b**"),
        ([Strike((Text("a~"),))], "~~a\\~\u200b~~"),
        ([Code("a`b"), Text(" "), Code("c``d")], "`` a`b `` `c`\\`\\`\u200b`d`"),
        ([Code("a"), Strong((Code("b"),))], "`a`**`b`**"),
        ([Strong((Text("a"), Code("*args")))], "**a**`*args`"),
    ],
)
def test_marks_stand_where_they_work(inlines: list[Inline], markdown: str) -> None:
    assert "\n".join(lines(tuple(inlines))) == markdown


@pytest.mark.parametrize(
    ("label", "markdown"),
    [
        ("GLM-5 (new)", f"[GLM-5 (new)]({URL})"),
        ("snake_case", f"[snake_case]({URL})"),
        ("🤗 zai-org", f"🤗 [zai-org]({URL})"),
        ("a [b]", rf"[a]({URL}) \[b]"),
        ("*a*", rf"\*[a]({URL})\*"),
        ("see https://b.example.com", rf"see https:\//[b.example.com]({URL})"),
        ("see c_x_https://b", rf"[see c_x]({URL})\_https:\//b"),
        (URL, f"<{URL}>"),
        ("🔗", f"🔗[→]({URL})"),
    ],
)
def test_labels_hold_nothing_that_breaks_a_link(label: str, markdown: str) -> None:
    assert lines((Link((Text(label),), URL),)) == [markdown]


def test_styles_that_a_whole_link_has_stand_around_it() -> None:
    link = Link((Text("a "), Strong((Text("b"),)), Code("c")), URL)
    assert lines((Emphasis((link,)),)) == [f"*[a **b**`c`]({URL})*"]


def test_marks_within_a_label_close_no_emphasis_of_underscores() -> None:
    label = (Text("see a_x_"), Strong((Text("b"),)))
    assert lines((Link(label, URL),)) == [rf"[see a_x]({URL})\_**b**"]


def test_blanks_within_a_label_stay_outside_its_marks() -> None:
    link = Link((Text("a"), Emphasis((Text(" b "),)), Text("c"), Code(" d ")), URL)
    assert lines((link, Text("e"))) == [f"[a *b* c `d`]({URL}) e"]


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://a.example.com/x_(y)?q=[1]", "https://a.example.com/x_(y)?q=[1]"),
        ("https://a.example.com/(", "https://a.example.com/%28"),
        ("https://a.example.com/((x))", "https://a.example.com/%28%28x%29%29"),
        ("https://a.example.com/**~~|`\\", "https://a.example.com/%2A%2A%7E%7E%7C%60%5C"),
    ],
)
def test_addresses_end_where_they_end(url: str, written: str) -> None:
    assert address(url) == written


@pytest.mark.parametrize(
    ("url", "works"),
    [(URL, True), ("mailto:a@example.com", False), ("tel:+1", False), (URL + "x" * 2000, False)],
)
def test_only_short_web_addresses_are_followed(url: str, works: bool) -> None:  # noqa: FBT001  # a table's column
    assert follows(url) is works


def test_hashes_at_the_end_of_a_heading_stay() -> None:
    assert heading_line((Text("C#\nF##"),)) == r"C# F\#\#"


def test_fences_within_code_do_not_end_it() -> None:
    assert text((CodeBlock("a ```` b", "python"),)) == "```python\na ``\u200b`\u200b` b\n```"


def test_a_list_ends_with_an_empty_line_and_goes_on_after_code() -> None:
    items = (ListItem((Paragraph((Text("a"),)), CodeBlock("x"))), ListItem((Paragraph((Text("b"),)),), done=True))
    blocks = (List(items, start=9), Paragraph((Text("c"),)))
    assert text(blocks) == "9. a\n\n```\nx\n```\n\n10. ☑ b\n\nc"


def test_every_line_of_a_quote_is_marked() -> None:
    blocks = (Paragraph((Text("a\nb"),)), List((ListItem((Paragraph((Text("c"),)),)),)))
    assert text((Quote(blocks),)) == "> a\n> b\n> - c"
