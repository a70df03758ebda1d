# ruff: noqa: E501 — cases stand side by side
"""What time a question is about, seen from Wednesday, March 18, 2026."""

from __future__ import annotations

from datetime import date
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers.when import when

TODAY = date(2026, 3, 18)
RANGES = """
昨天 3-17 3-17 | 前天发生了什么 3-16 3-16 | 大前天 3-15 3-15 | 今天有什么 3-18 3-18 | 明天 3-19 3-19
上周三 3-11 3-11 | 上周 3-9 3-15 | 本周 3-16 3-22 | 这周一 3-16 3-16 | 周五的消息 3-13 3-13 | 星期二 3-17 3-17
上上周 3-2 3-8 | 上个星期天 3-15 3-15 | 三月上旬 3-1 3-10 | 3 月中旬 3-11 3-20 | 2月底 2-21 2-28 | 二月下旬 2-21 2-28
上个月 2-1 2-28 | 上月初 2-1 2-10 | 本月 3-1 3-31 | 本月初 3-1 3-10 | 今年 1-1 12-31 | 2 月 19 日的今日之选 2-19 2-19
2026年2月19日 2-19 2-19 | 2026 年 3 月 3-1 3-31 | 最近一周 3-11 3-18 | 过去 10 天 3-8 3-18 | 近两个月 1-17 3-18
两周前 3-2 3-8 | 三天前 3-15 3-15 | 一个月前 2-1 2-28 | 10号 3-10 3-10 | 25号 2-25 2-25 | 从上周三以来 3-11 3-18
3 月 5 日以来 3-5 3-18 | 昨天以来 3-17 3-18 | 三月一日到三月十日 3-1 3-10 | 3月1日-10日 3-1 3-10 | 从二月到三月 2-1 3-31
周末 3-14 3-15 | 上周末 3-14 3-15 | 第一季度 1-1 3-31 | 2026-02-19 2-19 2-19 | 3/5 3-5 3-5 | 二月十九号 2-19 2-19
今年二月 2-1 2-28 | 2026 年第 10 周 3-2 3-8 | 一月 1-1 1-31 | 3 月 5 日之后 3-6 3-18
yesterday 3-17 3-17 | the day before yesterday 3-16 3-16 | today's issue 3-18 3-18 | last Wednesday 3-11 3-11
last week 3-9 3-15 | this week 3-16 3-22 | the week before last 3-2 3-8 | two weeks ago 3-2 3-8 | a week ago 3-9 3-15
in March 3-1 3-31 | in early March 3-1 3-10 | mid-February 2-11 2-20 | late January 1-21 1-31 | the end of February 2-21 2-28
past 5 days 3-13 3-18 | the past month 2-16 3-18 | over the past two weeks 3-4 3-18 | in the last couple of weeks 3-4 3-18
since Monday 3-16 3-18 | since March 3 3-3 3-18 | since last week 3-9 3-18 | after March 5 3-6 3-18 | the 10th 3-10 3-10
on the 25th 2-25 2-25 | on Feb 19 2-19 2-19 | February 19, 2026 2-19 2-19 | 19 February 2-19 2-19 | the 3rd of March 3-3 3-3
between March 1 and March 10 3-1 3-10 | from March 1 to 10 3-1 3-10 | March 3-7 3-3 3-7 | last month 2-1 2-28
this month 3-1 3-31 | on Friday 3-13 3-13 | Monday's paper 3-16 3-16 | three days ago 3-15 3-15 | 2026-W10 3-2 3-8
Q1 2026 1-1 3-31 | last weekend 3-14 3-15 | this year 1-1 12-31 | tomorrow 3-19 3-19 | two months ago 1-1 1-31
"""
AS_TYPED = """
上周末的更新 3-14 3-15 | 这周末 3-21 3-22 | 上礼拜五 3-13 3-13 | 上个礼拜 3-9 3-15 | 下周 3-23 3-29 | 月初 3-1 3-10 | 月底 3-21 3-31
年初 1-1 1-31 | 去年底 2025-12-1 2025-12-31 | 去年年底 2025-12-1 2025-12-31 | 年底 2025-12-1 2025-12-31 | 今年年初 1-1 1-31
上半年 1-1 6-30 | 去年下半年 2025-7-1 2025-12-31 | 第10周 3-2 3-8 | 第 10 周有什么 3-2 3-8 | 国庆期间 2025-10-1 2025-10-7
春节期间 2-16 2-23 | 前两天 3-16 3-18 | 这两天 3-16 3-18 | 这三天 3-15 3-18 | 近一周 3-11 3-18 | 最近三天 3-15 3-18 | 近7天 3-11 3-18
过去一个月 2-16 3-18 | 过去24小时 3-17 3-18 | 3月1号到5号 3-1 3-5 | 二月二日 2-2 2-2 | 2月14日和15日 2-14 2-15 | 3月3日、4日的应用 3-3 3-4
上个月10号 2-10 2-10 | 上月15日 2-15 2-15 | 本月10日 3-10 3-10 | 二月第一周 2-1 2-7 | 三月第二周 3-8 3-14 | 2月第三个星期 2-15 2-21
二月份 2-1 2-28 | 去年3月 2025-3-1 2025-3-31 | 2025年底 2025-12-1 2025-12-31 | 2025年第四季度 2025-10-1 2025-12-31
上个季度 2025-10-1 2025-12-31 | 本季度 1-1 3-31 | 上上周五 3-6 3-6 | 上上个月 1-1 1-31 | 大上周 3-2 3-8 | 昨日头条 3-17 3-17
前晚 3-16 3-16 | 今早 3-18 3-18 | 今天早上 3-18 3-18 | 周一到周三 3-16 3-18 | 周一以来 3-16 3-18 | 自三月五日起 3-5 3-18
3月10日前 0001-1-1 3-9 | 三月以前 0001-1-1 2-28 | 20260310 3-10 3-10 | 2026.03.10 3-10 3-10 | 2026/3/10 3-10 3-10
26年3月 3-1 3-31 | 3月10 3-10 3-10 | last Wed 3-11 3-11 | last wednesday's tips 3-11 3-11 | on tuesday 3-17 3-17
this Monday 3-16 3-16 | Monday last week 3-9 3-9 | last week's Friday 3-13 3-13 | Friday of last week 3-13 3-13
tuesday two weeks ago 3-3 3-3 | day before yesterday 3-16 3-16 | the past week 3-11 3-18
in the past week 3-11 3-18 | over the last 10 days 3-8 3-18 | past 10 days 3-8 3-18 | last 7 days 3-11 3-18
last seven days 3-11 3-18 | the last 24 hours 3-17 3-18 | past 48 hours 3-16 3-18 | last few days 3-15 3-18
the last couple of days 3-16 3-18 | last fortnight 3-4 3-18 | a fortnight ago 3-2 3-8 | 3 days ago 3-15 3-15
three weeks ago 2-23 3-1 | a month ago 2-1 2-28 | early March 3-1 3-10 | mid March 3-11 3-20
mid-march 3-11 3-20 | middle of February 2-11 2-20 | late last month 2-21 2-28 | early this month 3-1 3-10
at the beginning of the month 3-1 3-10 | at the start of the year 1-1 1-31
end of last year 2025-12-1 2025-12-31 | late 2025 2025-10-1 2025-12-31 | the first week of March 3-1 3-7
first half of February 2-1 2-14 | second week of february 2-8 2-14 | week of March 2 3-2 3-8
the week of 9 March 3-9 3-15 | week 10 3-2 3-8 | W10 3-2 3-8 | 2026 W10 3-2 3-8 | Q1 1-1 3-31
Q4 2025 2025-10-1 2025-12-31 | the first quarter 1-1 3-31 | last quarter 2025-10-1 2025-12-31
this quarter 1-1 3-31 | since Monday 3-16 3-18 | since the 10th 3-10 3-18 | since yesterday 3-17 3-18
since February 2-1 3-18 | until March 5 0001-1-1 3-4 | before March 0001-1-1 2-28
between Monday and Wednesday 3-16 3-18 | from Monday to Wednesday 3-16 3-18
between the 3rd and the 5th 3-3 3-5 | from the 3rd to the 5th of March 3-3 3-5 | March 3rd 3-3 3-3
3rd March 2026 3-3 3-3 | Mar 3 3-3 3-3 | Mar. 3, 2026 3-3 3-3 | 3/5/2026 3-5 3-5 | March 3 and 4 3-3 3-4
March 2026 3-1 3-31 | in Feb 2-1 2-28 | Feb 2026 2-1 2-28 | last February 2-1 2-28 | this March 3-1 3-31
in May 2025 2025-5-1 2025-5-31 | May 5, 2025 2025-5-5 2025-5-5 | on Christmas 2025-12-25 2025-12-25
over the weekend 3-14 3-15 | this morning 3-18 3-18 | last night 3-17 3-17 | earlier this week 3-16 3-22
元旦 1-1 1-1 | 元旦有什么新闻 1-1 1-1 | Christmas news 2025-12-25 2025-12-25 | 国庆节有哪些消息 2025-10-1 2025-10-7
this weekend 3-21 3-22 | news this weekend 3-21 3-22 | 三周前的周一 2-23 2-23 | 两周前的周五 3-6 3-6 | Monday three weeks ago 2-23 2-23
three weeks ago on Monday 2-23 2-23 | the Monday before last 3-9 3-9 | next Monday 3-23 3-23 | 下周一 3-23 3-23 | 下个月 4-1 4-30
next month 4-1 4-30 | 后天 3-20 3-20 | a week ago today 3-11 3-11 | 近半年 2025-9-16 3-18 | 半年前 2025-9-1 2025-9-30
今年第一季度 1-1 3-31 | 十一假期 2025-10-1 2025-10-7 | 春节有哪些新闻 2-16 2-23 | in august 2025-8-1 2025-8-31 | march models 3-1 3-31
friday 3-13 3-13 | Friday OpenAI news 3-13 3-13 | What did Monday bring 3-16 3-16 | 三月有哪些 3-1 3-31 | 三月的新模型 3-1 3-31
"""
"""What readers may type, collected after the first table and before the rules for it."""
SAID_OTHERWISE = """
Tuesday, March 3 3-3 3-3 | March 3, a Tuesday 3-3 3-3 | 3月3日星期二 3-3 3-3 | 周二（3月3日） 3-3 3-3 | on Tuesday the 3rd 3-3 3-3
at the start of the week 3-16 3-17 | 周初 3-16 3-17 | 上周前半 3-9 3-12 | 上周后半周 3-12 3-15 | two Mondays ago 3-9 3-9
this day last week 3-11 3-11 | 上周今天 3-11 3-11 | 去年今天 2025-3-18 2025-3-18 | 上个月的今天 2-18 2-18 | 今儿 3-18 3-18
the first half of last month 2-1 2-14 | the second half of February 2-15 2-28 | 二月上半月 2-1 2-14 | 上个月下半月 2-15 2-28
the first ten days of March 3-1 3-10 | 二月前十天 2-1 2-10 | 三月头几天 3-1 3-5 | the last few days of February 2-24 2-28
the first day of March 3-1 3-1 | 2月最后一天 2-28 2-28 | 三月的最后一周 3-25 3-31 | the first week of this month 3-1 3-7
上个月最后一周 2-22 2-28 | since the start of the month 3-1 3-18 | since the beginning of March 3-1 3-18 | year to date 1-1 3-18
up to March 5 0001-1-1 3-5 | 截至3月5日 0001-1-1 3-5 | 到上周一为止 0001-1-1 3-9 | 3-7 March 3-3 3-7 | 3rd and 4th of March 3-3 3-4
on the 3rd or 4th 3-3 3-4 | 3、4号 3-3 3-4 | 3到5号 3-3 3-5 | 5.3.2026 3-5 3-5 | 两三天前 3-15 3-16 | 十来天前 3-4 3-10
一个多星期前 3-5 3-11 | 两周内的新闻 3-4 3-18 | last winter 2025-12-1 2-28 | 去年夏天 2025-6-1 2025-8-31 | this spring 3-1 5-31
元宵节 3-3 3-3 | 端午节有什么新闻 2025-5-31 2025-5-31 | 中秋那天 2025-10-6 2025-10-6 | on April Fools' Day 2025-4-1 2025-4-1
"""
"""What readers may say for the same days, collected before the rules for it."""
CASES = [
    case.rsplit(" ", 2)
    for line in (RANGES + AS_TYPED + SAID_OTHERWISE).replace("\n\n", "\n").strip().splitlines()
    for case in line.split(" | ")
]


def _day(text: str) -> date:
    *years, month, day = map(int, text.split("-"))
    return date(years[0] if years else 2026, month, day)


def test_there_are_many_expressions() -> None:
    assert len(CASES) > 200


@pytest.mark.parametrize(("text", "since", "until"), CASES)
def test_an_expression_names_its_days(text: str, since: str, until: str) -> None:
    found = when(text, TODAY)
    assert (found.since, found.until) == (_day(since), _day(until))


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("去年", date(2025, 1, 1), date(2025, 12, 31)),
        ("in 2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("last year", date(2025, 1, 1), date(2025, 12, 31)),
        ("in December", date(2025, 12, 1), date(2025, 12, 31)),
        ("十二月", date(2025, 12, 1), date(2025, 12, 31)),
        ("2025 年 12 月", date(2025, 12, 1), date(2025, 12, 31)),
        ("去年十月", date(2025, 10, 1), date(2025, 10, 31)),
        ("3 months ago", date(2025, 12, 1), date(2025, 12, 31)),
    ],
)
def test_a_month_that_has_not_come_is_last_years(text: str, since: date, until: date) -> None:
    found = when(text, TODAY)
    assert (found.since, found.until) == (since, until)


@pytest.mark.parametrize(
    ("text", "issues"),
    [
        ("the last three issues", 3),
        ("最近三期", 3),
        ("last 2 issues", 2),
        ("最新一期", 1),
        ("the latest issue", 1),
        ("上一期", 1),
    ],
)
def test_issues_are_counted_from_the_newest(text: str, issues: int) -> None:
    assert when(text, TODAY).issues == issues


@pytest.mark.parametrize("text", ["最近有什么", "recent models", "the latest on Qwen", "最新的模型"])
def test_new_ones_are_preferred_where_no_day_is_named(text: str) -> None:
    found = when(text, TODAY)
    assert found.recent
    assert not found.bounded


@pytest.mark.parametrize("text", ["2 月 30 日有什么新闻", "February 30", "二月三十日", "6月31日", "news of 31 April"])
def test_a_day_that_no_calendar_has_is_on_no_day(text: str) -> None:
    found = when(text, TODAY)
    assert found.since
    assert found.until
    assert found.since > found.until


@pytest.mark.parametrize(
    "text",
    [
        "三月兔是什么",
        "五月天乐队",
        "April Davis",
        "who is April Davis",
        "an august body of experts",
        "august body",
        "Friday AI assistant",
        "the Friday AI assistant",
        "Good Friday",
        "Wednesday Addams",
        "Sunday Robotics",
        "Monday.com pricing",
        "2026 年会",
        "3 号机",
        "march on",
        "元旦红包",
        "圣诞老人",
        "月之暗面发布了什么",
        "今日之选",
        "what may happen",
        "Sun Microsystems",
        "Claude Sonnet 4.6",
        "GPT-5.2",
        "7B 模型",
        "Claude Code 一周年",
        "12 个模型",
        "99 月 99 日",
        "2026-13-45",
        "It may help",
        "may I ask",
        "march of progress",
        "The long march to AGI",
        "24 小时不间断",
        "7x24 客服",
        "一周热点是什么意思",
        "一日游",
        "Gemini 3.1 Pro",
        "Qwen3.5-397B-A17B",
        "top 10 models",
        "3.5 亿用户",
        "1/3 的参数",
        "24/7 agent",
        "Llama 4 Scout",
        "o3-mini",
        "K2.5",
        "M2.5 模型",
        "4o",
        "第一名是谁",
        "第三方工具",
        "一次性生成",
        "second place",
        "the second model",
        "one day of training",
        "GPT-4.1 mini",
        "5 月亮",
        "月活",
        "日活",
        "周期",
        "周鸿祎",
        "年化收入",
        "Claude 3.7",
        "v4 Preview",
        "2,617 个服务器",
        "28 行代码",
        "in 2 steps",
        "sat solver",
        "sun",
        "Mon",
        "日日新",
        "今日头条发布了什么",
        "天工 3.0",
        "100 天训练",
        "训练了 30 天",
        "每周更新",
        "每天 15 次",
        "monthly price",
        "weekly active users",
        "day one support",
        "Day-0 support",
        "years of work",
        "10 days of compute",
        "最后一周年",
        "up to 5 agents",
        "fall of the Roman empire",
        "tips for the first day of school",
        "the first half of the Champions League",
        "一天内能学会吗",
        "第一天",
        "中秋月饼",
        "端午粽子机器人",
        "3 to 7 million",
        "the next week model",
        "",
    ],
)
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert not when(text, TODAY).bounded


@given(st.text(alphabet="上下本周月日年前后到从 0123456789三月昨天-/since last march the", max_size=40), st.dates())
def test_any_text_has_a_time_or_none(text: str, today: date) -> None:
    found = when(text, today)
    assert found.spans or not found.bounded


@pytest.mark.parametrize("text", ["1月1日到" * 200, "since last " * 90, "between x and " * 70, "一" * 1000, "1 " * 500])
def test_long_texts_are_read_at_once(text: str) -> None:
    start = perf_counter()
    when(text, TODAY)
    assert perf_counter() - start < 1
