"""Rows of figures: a value beside its limit, what is asked of it, and whether it is met."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Target:
    """What a row must reach: its value or its ratio to the limit, at most or at least `bound`."""

    of: Literal["value", "ratio"]
    at: Literal["most", "least"]
    bound: float

    def is_met(self, row: Row) -> bool:
        """A ratio without a limit meets nothing."""
        found = row.value if self.of == "value" else row.ratio
        if found is None:
            return False
        return found <= self.bound if self.at == "most" else found >= self.bound

    def __str__(self) -> str:
        sign = "≤" if self.at == "most" else "≥"
        return f"{sign} {self.bound:g}" if self.of == "value" else f"ratio {sign} {self.bound:g}"


def at_most(bound: float) -> Target:
    """The value may not be higher."""
    return Target("value", "most", bound)


def at_least(bound: float) -> Target:
    """The value may not be lower."""
    return Target("value", "least", bound)


def ratio_at_least(bound: float) -> Target:
    """The value must be at least this part of the limit."""
    return Target("ratio", "least", bound)


def ratio_at_most(bound: float) -> Target:
    """The value may be at most this multiple of the limit."""
    return Target("ratio", "most", bound)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. limit: the same work measured without ours, in the same run; beside: what that was."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    beside: str = ""
    target: Target | None = None

    @property
    def ratio(self) -> float | None:
        """value ÷ limit; None without a limit."""
        return self.value / self.limit if self.limit else None

    @property
    def ok(self) -> bool | None:
        """Is the target met? None when nothing is asked."""
        return self.target.is_met(self) if self.target else None

    def as_json(self) -> dict[str, Any]:
        """The row of bench.json."""
        return {
            "name": self.name, "value": rounded(self.value), "unit": self.unit, "limit": rounded(self.limit),
            "ratio": rounded(self.ratio), "target": str(self.target) if self.target else None, "ok": self.ok,
            "beside": self.beside,
        }  # fmt: skip


def rounded(number: float | None) -> float | None:
    """Four figures that count; no more were measured."""
    return None if number is None else float(f"{number:.4g}")


def percentile(numbers: Sequence[float], percent: float) -> float:
    """The smallest number that at least `percent` of them do not exceed. Raises ValueError for none."""
    if not numbers:
        raise ValueError("nothing was measured")
    rank = -(-len(numbers) * percent // 100)
    return sorted(numbers)[max(0, int(rank) - 1)]


def median(numbers: Sequence[float]) -> float:
    """The lower middle one."""
    return percentile(numbers, 50)


def shown(rows: Iterable[Row]) -> str:
    """The table as people read it."""
    head = ("", "value", "unit", "limit", "ratio", "target", "ok")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(head))]
    return "\n".join(_line(line, widths) for line in lines)


def write(rows: Iterable[Row], path: Path, **more: Any) -> None:
    """Write {"rows": […], …} as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"rows": [row.as_json() for row in rows], **more}, indent=2, ensure_ascii=False) + "\n"
    )


def _cells(row: Row) -> tuple[str, ...]:
    verdict = {True: "yes", False: "NO", None: ""}[row.ok]
    limit = f"{_number(row.limit)} ({row.beside})" if row.limit is not None else row.beside
    return row.name, _number(row.value), row.unit, limit, _number(row.ratio), str(row.target or ""), verdict


def _number(number: float | None) -> str:
    found = rounded(number)
    if found is None:
        return ""
    return f"{found:,.0f}" if abs(found) >= 1000 else f"{found:g}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    numbers = {1, 4}
    padded = [
        cell.rjust(width) if n in numbers else cell.ljust(width)
        for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()
