"""The shapes of plots: which rectangles stand where. In whole numbers, which every language writes alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: What a plot is high and a column of it wide; the page stretches both.
HEIGHT, COLUMN = 1000, 100
#: A stage → how thick its bar is, in percent: what came further lies inside what came less far, and is
#: thinner, so that the bars are told apart without their colours.
THICKNESS = {"asked": 96, "sent": 76, "tried": 76, "delivered": 56, "reached": 56, "read": 36, "answered": 16}
_WHOLE = 76


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle. stage: its class."""

    stage: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Column:
    """What stands above one hour or day. words: all its figures, for whoever points at it."""

    x: int
    words: str
    bars: list[Bar]
    label: Any = None


@dataclass(frozen=True, slots=True)
class Plot:
    """Columns side by side. key: unique on the page; ticks: top, middle and bottom of the scale, in words."""

    key: str
    title: str
    about: str
    width: int
    columns: list[Column]
    ticks: Sequence[str]
    stages: Sequence[tuple[str, Any]] = ()


def columns(
    values: Sequence[Mapping[str, int]], top: int, words: Sequence[str], labels: Sequence[Any]
) -> list[Column]:
    """A column for each of the values: {stage: how many}, drawn in this order."""
    return [
        Column(n * COLUMN, words[n], _standing(n * COLUMN, one, top), labels[n])
        for n, one in enumerate(values)
    ]


def _standing(x: int, value: Mapping[str, int], top: int) -> list[Bar]:
    bars = []
    for stage, many in value.items():
        if many:
            height, width = _part(many, top, HEIGHT), COLUMN * THICKNESS.get(stage, _WHOLE) // 100
            bars.append(Bar(stage, x + (COLUMN - width) // 2, HEIGHT - height, width, height))
    return bars


def lying(value: Mapping[str, int], most: int) -> list[Bar]:
    """Bars of one line, each inside the one before; what failed follows behind what was sent."""
    bars, end = [], 0
    for stage, many in value.items():
        if many:
            height, width = THICKNESS.get(stage, _WHOLE), _part(many, most, HEIGHT)
            x = end if stage == "failed" else 0
            bars.append(Bar(stage, x, (100 - height) // 2, min(width, HEIGHT - x), height))
            end = max(end, width) if stage in ("sent", "tried") else end
    return bars


def _part(many: int, most: int, whole: int) -> int:
    """So much of the whole; the least there is can still be seen."""
    return max(whole * many // most, whole // 200) if most else 0


def round_top(most: int) -> int:
    """The top of a scale: a round number, not less than the most, whose half is whole."""
    power = int("1" + "0" * (len(str(most)) - 1))
    found = next(power * n for n in (1, 2, 3, 4, 6, 8, 10) if power * n >= most)
    return found + found % 2


def sparkline(values: Sequence[int]) -> str:
    """The points of a line through these values in a box of 96 by 24."""
    most, last = max(values, default=0) or 1, max(len(values) - 1, 1)
    return " ".join(f"{2 + 92 * n // last},{22 - 20 * value // most}" for n, value in enumerate(values))
