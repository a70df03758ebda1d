"""What hurts renderers, by name: documents and, for the parser too, Markdown sources."""

from __future__ import annotations

from datetime import UTC, datetime

from core.document.nodes import (
    Action,
    Actions,
    Block,
    Code,
    CodeBlock,
    Divider,
    Document,
    Emphasis,
    Fold,
    Heading,
    Inline,
    Inlines,
    Item,
    Link,
    List,
    ListItem,
    Paragraph,
    Quote,
    Strike,
    Strong,
    Table,
    Text,
    Time,
)

FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🏴󠁧󠁢󠁳󠁣󠁴󠁿"
ZALGO = "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚a̸̡̛͔͔̣̟͎̯͗l̵̛̦͎̪̘̪̐̏g̸̢̧̛̛̞̪̪̈́o̴̢̙̰̱̲̒"
SENTENCE = "开源社区发布了新的模型权重，并附上完整的训练日志与评测脚本。"
SPECIAL = r"_*[]()~`>#+-=|{}.!\ &<>\"' $x$ ||spoiler|| ~~gone~~ **not bold** [no](link) <b>no tag</b> &amp; &lt;"


def paragraph(*children: Inline | str) -> Paragraph:
    """Return a paragraph of inlines and plain strings."""
    return Paragraph(tuple(Text(child) if isinstance(child, str) else child for child in children))


def link(label: str, number: int = 1) -> Link:
    """Return a link with brackets in its address."""
    return Link((Text(label),), f"https://news.example.com/a_(b)/{number}?q=[x]&y=%28z%29#frag_*_~")


def nested_list(depth: int) -> List:
    """Return a list that deep, ordered on every second level."""
    inner: Block = paragraph("最深一层 the deepest level")
    for level in range(depth):
        items = (
            ListItem((paragraph(f"level {depth - level}"), inner)),
            ListItem((paragraph("neighbour"),), level % 3 == 0),
        )
        inner = List(items, 9 if level % 2 else None)
    assert isinstance(inner, List)
    return inner


def nested_quotes(depth: int) -> Quote:
    """Return a quote that deep."""
    quote = Quote((paragraph("innermost"),))
    for level in range(depth):
        quote = Quote((paragraph(f"quote {level}"), quote))
    return quote


def table(rows: int, columns: int, cell: str = "格") -> Table:
    """Return a table with a link in every row."""
    header: tuple[Inlines, ...] = tuple((Text(f"列 {column}"),) for column in range(columns))
    body: tuple[tuple[Inlines, ...], ...] = tuple(
        (*((Text(f"{cell} {row}.{column}"),) for column in range(columns - 1)), (link(f"链接 {row}", row),))
        for row in range(rows)
    )
    return Table(header, body, ("left", "right"))


def _styled_spans(count: int) -> Paragraph:
    kinds = (Strong, Emphasis, Strike)
    children: list[Inline] = []
    for index in range(count):
        children += [kinds[index % 3]((Text(f"词{index}"),)), Text(" 和 "), Code(f"c{index}"), Text("，")]
    return Paragraph(tuple(children))


def _everything() -> tuple[Block, ...]:
    return (
        Heading(1, (Text("头条 Headline"),)),
        paragraph("lead"),
        Divider(),
        Heading(2, (Text("🧠 节"),)),
        Item((Heading(3, (Text("Hero"),)), paragraph("body ", link("more")))),
        Item(
            (paragraph(Strong((Text("Title"),)), " — ", Code("x"), Time(datetime(2026, 3, 2, 8, tzinfo=UTC), "8:00")),)
        ),
        Fold((Text("more"),), (paragraph("folded"), nested_list(2), CodeBlock("print(1)", "python"))),
        table(3, 3),
        Actions(((Action("Open", "section", "models daily/zh/2026-03-02"), Action("Long", "search", "长" * 60)),)),
    )


_BLOCKS: dict[str, tuple[Block, ...]] = {
    "nothing": (),
    "only a divider": (Divider(),),
    "only a heading": (Heading(1, (Text("alone"),)),),
    "only buttons": (Actions(((Action("Open", "today"),),)),),
    "empty nodes": (
        Paragraph(()),
        Heading(2, ()),
        List(()),
        List((ListItem(()),)),
        Quote(()),
        Fold((), ()),
        Table((), ()),
        Item(()),
        CodeBlock(""),
        Actions(()),
        Paragraph((Strong(()), Code(""), Link((), "https://a.example.com/"))),
    ),
    "blanks": (
        paragraph("  \n\n  "),
        paragraph("　"),
        CodeBlock("\n\n  x\n\n"),
        paragraph(Strong((Text(" a "),)), " "),
    ),
    "families": (paragraph(FAMILY * 900), paragraph(Strong((Text(FLAG * 300),)), ZALGO * 200)),
    "one endless grapheme": (paragraph("a" + "\u0301" * 9000),),
    "long Chinese paragraph": (paragraph(SENTENCE * 300),),
    "Chinese without punctuation": (paragraph("字" * 9000),),
    "long word": (paragraph("x" * 10_000), paragraph("before ", Strong((Text("y" * 10_000),)), " after")),
    "marks without end": (paragraph(">" * 40_000),),
    "generics": (
        paragraph("Vec<T> & Box<dyn Fn(&str)>"),
        CodeBlock("let x: Vec<&str> = a && b; // `a` ```b```", "rust"),
    ),
    "special characters": (paragraph(SPECIAL), paragraph(Strong((Text(SPECIAL),))), CodeBlock(SPECIAL * 3)),
    "brackets in addresses": (
        paragraph(link("a [b] (c)"), "，", link("https://looks.example.com/like-an-address"), "。"),
    ),
    "long address": (
        paragraph(
            Link((Text("https://news.example.com/" + "p/" * 4000),), "https://news.example.com/"),
        ),
    ),
    "mail and telephone": (
        paragraph(Link((Text("write"),), "mailto:desk@example.com"), Link((Text("+49 30 1"),), "tel:+49301")),
    ),
    "tall table": (table(70, 4),),
    "wide table": (table(3, 30),),
    "heavy table": (table(3, 2, SENTENCE * 90),),
    "narrow table": (Table(((Text("模型"),), (Text("赞"),)), (((Text("GLM"),), (Text("12"),)),), (None, "right")),),
    "deep list": (nested_list(12),),
    "deep quotes": (nested_quotes(10), Fold((Text("sum"),), (nested_quotes(3),))),
    "long list": (List(tuple(ListItem((paragraph(f"{SENTENCE}{index}"),)) for index in range(400)), 98),),
    "CJK emphasis": (
        paragraph(
            Strong((Text("注意："),)), "正文", Strong((Text("“引号”"),)), "结束", Emphasis((Text("（斜）"),)), "。"
        ),
    ),
    "long fence": (CodeBlock("\n".join(f"line {index} = '{'=' * (index % 90)}'" for index in range(600)), "python"),),
    "one line of code": (CodeBlock("x" * 20_000),),
    "styled spans": (_styled_spans(400),),
    "span over a page": (
        paragraph(Strong((Emphasis((Text(SENTENCE * 300),)),))),
        paragraph(Strike((Text("字" * 5000),))),
    ),
    "many links": (Item(tuple(paragraph(link(f"链接 {index}", index), " · ") for index in range(260))),),
    "code in everything": (
        paragraph(Strong((Text("a "), Code("b"), Text(" c"), Link((Code("d"), Text("e")), "https://d.example.com/")))),
        paragraph(Link((Strong((Text("f"),)), Time(datetime(2026, 3, 2, tzinfo=UTC), "t")), "https://f.example.com/")),
        paragraph(Code("long code " * 900)),
        Quote((CodeBlock("in quote"), List((ListItem((CodeBlock("in item"),)),)))),
    ),
    "mentions": (
        paragraph("@everyone @here <!channel> <@U123> <#C1> <!here|x> @channel #tag /start <t:1:f> </cmd:1>"),
    ),
    "tags": (paragraph("<script>alert(1)</script> <b>x</b> javascript:alert(1) {{7*7}} ${x} %s"),),
    "controls": (paragraph("a\u202eevil\u202c b\x00c\x1bd\u2066e\u2069 \ufeff\u200bf\u2028g\ud800h\r\ni\tj"),),
    "headings in a row": tuple(Heading(level, (Text(f"标题 {n}"),)) for n in range(90) for level in (2, 3)),
    "labels": tuple(
        block
        for n in range(60)
        for block in (
            paragraph(SENTENCE * 2),
            paragraph(f"如下 {n}："),
            List((ListItem((paragraph("点 " * 20),)),) * 3),
        )
    ),
    "long heading": (Heading(1, (Text(SENTENCE * 200),)), Heading(2, (Text("next"),)), paragraph("body")),
    "stories": tuple(
        Item((paragraph(Strong((Text(f"标题 {n}"),)), " — ", SENTENCE * (n % 7 + 1), link("详情", n)),))
        for n in range(90)
    ),
    "story over a page": (Heading(2, (Text("节"),)), Item((Heading(3, (Text("长文"),)), paragraph(SENTENCE * 200)))),
    "fold over a page": (Fold((Text("很长"),), tuple(paragraph(SENTENCE * 5) for _ in range(60))),),
    "many buttons": (
        paragraph("x"),
        Actions(tuple((Action(f"按钮 {n}" * 20, "story", f"k{n}"),) * 11 for n in range(30))),
    ),
    "odd buttons": (
        paragraph("x"),
        Actions(
            ((Action("", "today"), Action("字" * 300, "search", "字" * 300, beside=True), Action("\n\n", "x" * 200)),)
        ),
    ),
    "everything": _everything(),
    "everything often": _everything()[:-1] * 40,
}

DOCUMENTS: dict[str, Document] = {
    name: Document(blocks=blocks, title="头条：Headline 的 “标题” & <tag>", lang="zh")
    for name, blocks in _BLOCKS.items()
} | {
    "no title": Document(blocks=_BLOCKS["long Chinese paragraph"], title=""),
    "long title": Document(blocks=_BLOCKS["stories"], title=FAMILY * 400, preview="https://news.example.com/"),
}

MARKDOWN: dict[str, str] = {
    "families": f"# {FAMILY}\n\n- **{FAMILY * 3}** — {FAMILY * 500}\n",
    "long Chinese paragraph": f"# 标题\n\n## 节\n\n{SENTENCE * 300}\n",
    "generics": "# T\n\n- **Rust** — Vec<T> & Box<dyn Fn(&str)>\n",
    "special characters": f"# T\n\n{SPECIAL}\n",
    "brackets in addresses": "# T\n\n- **a** — [b [c]](https://news.example.com/a_(b)?q=[x]) <https://news.example.com/(y)>\n",
    "tall table": "# T\n\n| a | b |\n|---|--:|\n"
    + "".join(f"| **{n}** | [x](https://a.example.com/{n}) |\n" for n in range(70)),
    "deep list": "# T\n\n" + "".join(f"{'  ' * n}- level {n}\n" for n in range(20)),
    "CJK emphasis": "# T\n\n**注意：**正文**“引号”**结束，*（斜）*字~~删~~。\n",
    "long fence": "# T\n\n```python\n" + "x = '`' * 3\n" * 600 + "```\n",
    "styled spans": "# T\n\n" + " ".join(f"**b{n}** *i{n}*" for n in range(400)) + "\n",
    "mentions": "# T\n\n- **@everyone** — <!channel> <@U1> @here <script>alert(1)</script>\n",
    "javascript link": "# T\n\n- **x** — [press](javascript:alert(1)) [data](data:text/html,x)\n",
    "overrides": "# T\n\n- **a\u202eb** — \u2066c\u2069\n",
    "long word": f"# T\n\n- **w** — {'x' * 10_000}\n",
    "quotes": "# T\n\n" + ">" * 3000 + " deep\n",
    "unterminated": "# T\n\n**open *and `never closed [x](y\n\n```\nfence\n",
}
