"""What readers write as their hour, and what we say back."""

from __future__ import annotations

from contextlib import suppress
from datetime import time
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UsageError
from core.subscriptions.model import EVERY_DAY, Slot
from core.subscriptions.when import describe, parse_when
from core.subscriptions.zones import cities, read_zone

DEFAULT = Slot(time=time(7, 45), zone="Africa/Nairobi", weekdays=frozenset({2, 4}))


def read(text: str, lang: str = "en") -> Slot:
    return parse_when(
        text,
        default_zone=DEFAULT.zone,
        default_time=DEFAULT.time,
        default_weekdays=DEFAULT.weekdays,
        lang=lang,
    )


TIMES = {
    "8:30": "08:30",
    "08:30": "08:30",
    "８：３０": "08:30",
    "8.30": "08:30",
    "8h30": "08:30",
    "8h": "08:00",
    "0830": "08:30",
    "830": "08:30",
    "2030": "20:30",
    "0830h": "08:30",
    "8": "08:00",
    "20": "20:00",
    "0": "00:00",
    "0:05": "00:05",
    "23:59": "23:59",
    "24:00": "00:00",
    "8am": "08:00",
    "8 AM": "08:00",
    "8 a.m.": "08:00",
    "8pm": "20:00",
    "8 pm": "20:00",
    "8:15PM": "20:15",
    "8 p.m.": "20:00",
    "0830 pm": "20:30",
    "12am": "00:00",
    "12pm": "12:00",
    "12:30 am": "00:30",
    "13pm": "13:00",
    "noon": "12:00",
    "midday": "12:00",
    "midnight": "00:00",
    "morning": "08:00",
    "evening": "20:00",
    "8 o'clock": "08:00",
    "at 8": "08:00",
    "8 in the morning": "08:00",
    "3 in the afternoon": "15:00",
    "8 in the evening": "20:00",
    "9 at night": "21:00",
    "1 at night": "01:00",
    "in the evening at 8": "20:00",
    "evening 9:30": "21:30",
    "tonight at 10": "22:00",
    "half past 8": "08:30",
    "half past 8 pm": "20:30",
    "quarter past 7": "07:15",
    "quarter to 9": "08:45",
    "quarter to 9 pm": "20:45",
    "at nine": "09:00",
    "nine thirty": "09:30",
    "seven forty-five pm": "19:45",
    "9 fifteen": "09:15",
    "eight o'clock": "08:00",
    "half past eight": "08:30",
    "quarter to nine pm": "20:45",
    "12 midnight": "00:00",
    "12 noon": "12:00",
    "8:30 every morning": "08:30",
    "around 8": "08:00",
    "8点": "08:00",
    "8點": "08:00",
    "8时": "08:00",
    "8点钟": "08:00",
    "8点整": "08:00",
    "8点半": "08:30",
    "8点30": "08:30",
    "8点30分": "08:30",
    "8点过5分": "08:05",
    "8点零五分": "08:05",
    "八点": "08:00",
    "八点半": "08:30",
    "八点四十五": "08:45",
    "十点": "10:00",
    "十二点": "12:00",
    "二十点": "20:00",
    "二十一点十五分": "21:15",
    "零点": "00:00",
    "两点": "02:00",
    "早上8点": "08:00",
    "早8点": "08:00",
    "早上八点半": "08:30",
    "上午10点": "10:00",
    "凌晨12点": "00:00",
    "凌晨三点": "03:00",
    "中午": "12:00",
    "中午12点": "12:00",
    "中午一点": "13:00",
    "中午11点半": "11:30",
    "下午3点": "15:00",
    "下午三点一刻": "15:15",
    "下午 3:05": "15:05",
    "傍晚6点": "18:00",
    "晚上 9 点一刻": "21:15",
    "晚上9点三刻": "21:45",
    "晚上12点": "00:00",
    "晚9点": "21:00",
    "今晚8点": "20:00",
    "半夜1点": "01:00",
    "深夜11点": "23:00",
    "午夜": "00:00",
    "午夜12点": "00:00",
    "午夜12点半": "00:30",
    "改到晚上9点": "21:00",
    "晚上": "20:00",
    "晚上21点": "21:00",
}


@pytest.mark.parametrize(("text", "expected"), TIMES.items())
def test_a_time_is_read(text: str, expected: str) -> None:
    slot = read(text)
    assert f"{slot.time:%H:%M}" == expected
    assert (slot.zone, slot.weekdays) == (DEFAULT.zone, DEFAULT.weekdays)


ZONES = {
    "上海": "Asia/Shanghai",
    "北京": "Asia/Shanghai",
    "北京时间": "Asia/Shanghai",
    "北京市": "Asia/Shanghai",
    "东京": "Asia/Tokyo",
    "東京": "Asia/Tokyo",
    "柏林": "Europe/Berlin",
    "旧金山": "America/Los_Angeles",
    "紐約": "America/New_York",
    "伦敦": "Europe/London",
    "雷克雅未克": "Atlantic/Reykjavik",
    "new york": "America/New_York",
    "New_York": "America/New_York",
    "NYC": "America/New_York",
    "são paulo": "America/Sao_Paulo",
    "sao paulo": "America/Sao_Paulo",
    "Zürich": "Europe/Zurich",
    "zurich": "Europe/Zurich",
    "Köln": "Europe/Berlin",
    "Wroclaw": "Europe/Warsaw",
    "The Hague": "Europe/Amsterdam",
    "Xi'an": "Asia/Shanghai",
    "xi’an": "Asia/Shanghai",
    "St. Louis": "America/Chicago",
    "Port au Prince": "America/Port-au-Prince",
    "port-au-prince": "America/Port-au-Prince",
    "asia/SHANGHAI": "Asia/Shanghai",
    "America/Argentina/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "Knox": "America/Indiana/Knox",
    "UTC": "UTC",
    "GMT": "GMT",
    "UTC+8": "Etc/GMT-8",
    "utc + 8": "Etc/GMT-8",
    "GMT-3": "Etc/GMT+3",
    "GMT+08:00": "Etc/GMT-8",
    "+8": "Etc/GMT-8",
    "-0300": "Etc/GMT+3",
    "St John's": "America/St_Johns",
    "台灣": "Asia/Taipei",
    "UTC+0": "UTC",
    "+0530": "Asia/Kolkata",
    "UTC+5:45": "Asia/Kathmandu",
    "UTC+14": "Etc/GMT-14",
    "UTC-12": "Etc/GMT+12",
    "Etc/GMT-8": "Etc/GMT-8",
    "东八区": "Etc/GMT-8",
    "西5区": "Etc/GMT+5",
    "东十二区": "Etc/GMT-12",
    "PST": "America/Los_Angeles",
    "et": "America/New_York",
    "CEST": "Europe/Berlin",
    "JST": "Asia/Tokyo",
    "Japan": "Asia/Tokyo",
    "in Berlin": "Europe/Berlin",
    "时区 香港": "Asia/Hong_Kong",
}


@pytest.mark.parametrize(("text", "expected"), ZONES.items())
def test_a_zone_is_read(text: str, expected: str) -> None:
    slot = read(text)
    assert slot.zone == expected
    assert (slot.time, slot.weekdays) == (DEFAULT.time, DEFAULT.weekdays)


DAYS = {
    "每天": "1234567",
    "every day": "1234567",
    "daily": "1234567",
    "weekdays": "12345",
    "every weekday": "12345",
    "工作日": "12345",
    "mon-fri": "12345",
    "Mon – Fri": "12345",
    "Monday to Friday": "12345",
    "monday through friday": "12345",
    "周一到周五": "12345",
    "周一至五": "12345",
    "星期一到星期五": "12345",
    "礼拜一至礼拜五": "12345",
    "周1到周5": "12345",
    "一到五": "12345",
    "M-F": "12345",
    "not on weekends": "12345",
    "周末除外": "12345",
    "逢周一": "1",
    "weekends": "67",
    "周末": "67",
    "双休日": "67",
    "周六日": "67",
    "周六、周日": "67",
    "星期天": "7",
    "mon,wed,fri": "135",
    "Mon, Wed and Fri": "135",
    "mondays wednesdays": "13",
    "一三五": "135",
    "一、三、五": "135",
    "周一三五": "135",
    "每周一、三、五": "135",
    "周一和周四": "14",
    "tues & thurs": "24",
    "fri-mon": "1567",
    "周五到周一": "1567",
    "weekdays and saturday": "123456",
    "周三": "3",
    "sun": "7",
}


@pytest.mark.parametrize(("text", "expected"), DAYS.items())
def test_days_are_read(text: str, expected: str) -> None:
    slot = read(text)
    assert slot.weekdays == frozenset(map(int, expected))
    assert (slot.time, slot.zone) == (DEFAULT.time, DEFAULT.zone)


LINES = {
    "8:30 上海": "08:30 Asia/Shanghai 24",
    "上海 8:30 工作日": "08:30 Asia/Shanghai 12345",
    "8pm Berlin weekdays": "20:00 Europe/Berlin 12345",
    "weekdays Berlin 8pm": "20:00 Europe/Berlin 12345",
    "每天早上8点半上海": "08:30 Asia/Shanghai 1234567",
    "周一到周五早上8点北京": "08:00 Asia/Shanghai 12345",
    "旧金山时间晚上8点": "20:00 America/Los_Angeles 24",
    "every weekday at 6:45pm in Los Angeles": "18:45 America/Los_Angeles 12345",
    "8:30 UTC+8": "08:30 Etc/GMT-8 24",
    "8:30+08:00": "08:30 Etc/GMT-8 24",
    "weekdays 24:00": "00:00 Africa/Nairobi 23456",
    "周五晚上12点半": "00:30 Africa/Nairobi 6",
    "sunday 1 at night": "01:00 Africa/Nairobi 1",
    "friday midnight": "00:00 Africa/Nairobi 6",
    "friday 12am": "00:00 Africa/Nairobi 5",
    "周五凌晨1点": "01:00 Africa/Nairobi 5",
    "weekdays 00:00": "00:00 Africa/Nairobi 12345",
    "晚上12点": "00:00 Africa/Nairobi 24",
    "8:30pm北京": "20:30 Asia/Shanghai 24",
    "8:30北京": "08:30 Asia/Shanghai 24",
    "当地时间8点": "08:00 Africa/Nairobi 24",
    "0830 +0530 mon": "08:30 Asia/Kolkata 1",
    "周一 三点": "03:00 Africa/Nairobi 1",
    "周三 8点": "08:00 Africa/Nairobi 3",
    "8点，周三；东京。": "08:00 Asia/Tokyo 3",
    "Sun 8:30 new york": "08:30 America/New_York 7",
    "8:30 8:30": "08:30 Africa/Nairobi 24",
    "": "07:45 Africa/Nairobi 24",
    "  \n ": "07:45 Africa/Nairobi 24",
}


@pytest.mark.parametrize(("text", "expected"), LINES.items())
def test_parts_stand_in_any_order(text: str, expected: str) -> None:
    slot = read(text)
    assert f"{slot.time:%H:%M} {slot.zone} {''.join(map(str, sorted(slot.weekdays)))}" == expected


MISTAKES = {
    "8:30 Atlantis": "“Atlantis”",
    "hello there": "“hello”",
    "8:30 亚特兰蒂斯": "“亚特兰蒂斯”",
    "25:00": "“25:00”",
    "8:75": "“8:75”",
    "99点": "“99点”",
    "8:30 9:30": "one time",
    "tokyo berlin": "one city",
    "8:30 -03:30": "-03:30",
    "UTC+15": "UTC+15",
    "CST": "“CST”",
    "<b>8</b>": "“<b>8</b>”",
    "parisian 8": "“parisian”",
    "tenfold": "“tenfold”",
    "nine fortyfold": "“fortyfold”",
    "x" * 500: "“" + "x" * 40 + "”",
}


@pytest.mark.parametrize(("text", "named"), MISTAKES.items())
def test_what_is_not_understood_is_named_with_an_example(text: str, named: str) -> None:
    with pytest.raises(UsageError) as refusal:
        read(text)
    assert named in str(refusal.value)
    assert "8:30 Berlin weekdays" in str(refusal.value)


@pytest.mark.parametrize("text", ["8:30 Atlantis", "25:00", "8:30 9:30", "东京 柏林", "UTC-3:30"])
def test_mistakes_are_answered_in_chinese_with_an_example_that_works(text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        read(text, lang="zh")
    example = str(refusal.value).rpartition("：")[2].rstrip("。")
    assert read(example) == Slot(time=time(8, 30), zone="Asia/Shanghai", weekdays=frozenset({1, 2, 3, 4, 5}))


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    with suppress(UsageError):
        assert read(text)


SPOKEN_ZONES = ["UTC", *sorted(zone for zone in available_timezones() if "/" in zone)]


@given(
    st.builds(
        Slot,
        time=st.builds(time, st.integers(0, 23), st.integers(0, 59)),
        zone=st.sampled_from(SPOKEN_ZONES),
        weekdays=st.frozensets(st.integers(1, 7), min_size=1),
    ),
    st.sampled_from(["zh", "en"]),
)
@settings(max_examples=300, deadline=None)
def test_what_a_slot_is_called_reads_back_as_the_same_slot(slot: Slot, lang: str) -> None:
    assert read(describe(slot, lang), lang) == slot


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_zone_is_called_by_a_name_that_reads_back(lang: str) -> None:
    wrong = [
        zone
        for zone in SPOKEN_ZONES
        if read(describe(Slot(time=time(8), zone=zone, weekdays=EVERY_DAY), lang), lang).zone != zone
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("slot", "lang", "expected"),
    [
        (Slot(time=time(8, 30), zone="Asia/Shanghai"), "zh", "每天 08:30（上海）"),
        (Slot(time=time(8, 30), zone="Asia/Shanghai"), "en", "every day at 08:30 (Shanghai)"),
        (
            Slot(time=time(8, 30), zone="Europe/Berlin", weekdays=frozenset({1, 2, 3, 4, 5})),
            "en",
            "weekdays at 08:30 (Berlin)",
        ),
        (Slot(time=time(8, 30), zone="Europe/Berlin", weekdays=frozenset({6, 7})), "zh", "周末 08:30（柏林）"),
        (
            Slot(time=time(20), zone="Asia/Kolkata", weekdays=frozenset({1, 3, 5})),
            "zh",
            "周一、周三和周五 20:00（加尔各答）",
        ),
        (Slot(time=time(20), zone="Etc/GMT-8", weekdays=frozenset({1, 2, 3})), "zh", "周一至周三 20:00（UTC+8）"),
        (
            Slot(time=time(0), zone="America/Sao_Paulo", weekdays=frozenset({2, 6})),
            "en",
            "Tue and Sat at 00:00 (São Paulo)",
        ),
        (Slot(time=time(0), zone="Europe/Nicosia"), "en", "every day at 00:00 (Europe/Nicosia)"),
    ],
)
def test_a_slot_is_described(slot: Slot, lang: str, expected: str) -> None:
    assert describe(slot, lang) == expected


def test_the_last_part_of_every_zone_is_a_name() -> None:
    parts = {zone.rpartition("/")[2] for zone in available_timezones() if not zone.startswith("Etc/GMT")}
    unknown = []
    for part in parts - {"localtime", "Factory"}:
        found = read_zone(part.replace("_", " ").lower(), 0)
        if found is None or found[0] is None or found[1] != len(part):
            unknown.append(part)
    assert unknown == []


def test_cities_have_names_in_both_languages() -> None:
    titles = cities().titles
    for lang, city in (("zh", "杭州"), ("en", "Hangzhou"), ("zh", "硅谷"), ("en", "Silicon Valley")):
        assert any(city in names for (_, spoken), names in titles.items() if spoken == lang)
    assert sum(len(names) for (_, lang), names in titles.items() if lang == "zh") > 600
