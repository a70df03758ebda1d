"""The time zone of a place: that of the nearest city which names a zone, good enough to be offered."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from math import cos, radians

_PLACE = re.compile(r"(?P<lat>[+-]\d+)(?P<lon>[+-]\d+)")
_DEGREES = 2


def zone_at(latitude: float, longitude: float) -> str:
    """Return an IANA zone for a position in degrees."""

    def distance(place: tuple[float, float, str]) -> float:
        east = (place[1] - longitude + 180) % 360 - 180
        return (place[0] - latitude) ** 2 + (east * cos(radians(latitude))) ** 2

    return min(_places(), key=distance)[2]


@cache
def _places() -> tuple[tuple[float, float, str], ...]:
    table = (files("tzdata") / "zoneinfo" / "zone1970.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return tuple((*_position(row[1]), row[2]) for row in rows)


def _position(text: str) -> tuple[float, float]:
    """Read ISO 6709: "+DDMM+DDDMM" or "+DDMMSS+DDDMMSS"."""
    match = _PLACE.fullmatch(text)
    if match is None:
        raise ValueError(f"no position: {text!r}")
    return _degrees(match["lat"], _DEGREES), _degrees(match["lon"], _DEGREES + 1)


def _degrees(text: str, digits: int) -> float:
    sign, number = -1 if text[0] == "-" else 1, text[1:]
    minutes = number[digits : digits + 2] or "0"
    seconds = number[digits + 2 :] or "0"
    return sign * (int(number[:digits]) + int(minutes) / 60 + int(seconds) / 3600)
