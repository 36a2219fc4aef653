"""The arithmetic of the table: ratios, verdicts, percentiles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.table import (
    Row,
    Target,
    at_least,
    at_most,
    median,
    percentile,
    ratio_at_least,
    ratio_at_most,
    shown,
    write,
)


@pytest.mark.parametrize(
    ("target", "value", "limit", "ok"),
    [
        (at_most(20), 20, None, True),
        (at_most(20), 20.1, None, False),
        (at_least(400), 400, 1000, True),
        (at_least(400), 399, 1000, False),
        (ratio_at_least(0.25), 25, 100, True),
        (ratio_at_least(0.25), 24, 100, False),
        (ratio_at_most(1.2), 12, 10, True),
        (ratio_at_most(1.2), 13, 10, False),
        (None, 5, 10, None),
    ],
)
def test_a_row_meets_its_target_or_not(
    target: Target | None, value: float, limit: float | None, ok: object
) -> None:
    assert Row("row", value, "ms", limit, target=target).ok is ok


@pytest.mark.parametrize("limit", [None, 0])
def test_a_ratio_to_nothing_meets_nothing(limit: float | None) -> None:
    row = Row("row", 5, "/s", limit, target=ratio_at_least(0.5))

    assert (row.ratio, row.ok) == (None, False)


def test_percentiles_are_values_that_were_measured() -> None:
    numbers = [float(n) for n in range(100, 0, -1)]

    assert [percentile(numbers, p) for p in (1, 50, 95, 99, 100)] == [1, 50, 95, 99, 100]
    assert percentile([7.0], 99) == 7
    assert median([3.0, 1.0, 2.0]) == 2
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 50)


def test_the_file_says_what_the_table_says(tmp_path: Path) -> None:
    row = Row("sends", 1234.567, "/s", 2000.0, "the adapter alone", at_least(400))

    write([row], tmp_path / "var" / "bench.json", quick=True)

    found = json.loads((tmp_path / "var" / "bench.json").read_text())
    assert found["quick"] is True
    assert found["rows"] == [
        {
            "name": "sends", "value": 1235, "unit": "/s", "limit": 2000, "ratio": 0.6173, "target": "≥ 400",
            "ok": True, "beside": "the adapter alone",
        }
    ]  # fmt: skip


def test_the_table_puts_figures_under_each_other() -> None:
    lines = shown(
        [Row("a", 1500, "/s", 3000, "COPY", ratio_at_least(0.25)), Row("b", 2.5, "ms")]
    ).splitlines()

    assert lines[0].split() == ["value", "unit", "limit", "ratio", "target", "ok"]
    assert lines[1].split() == ["a", "1,500", "/s", "3,000", "(COPY)", "0.5", "ratio", "≥", "0.25", "yes"]
    assert lines[2].index("2.5") + 3 == lines[1].index("1,500") + 5
