"""Lines of CSV for people's spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

#: What a spreadsheet takes for a formula (reliability rule 43).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_line(values: Sequence[Any]) -> str:
    """One line of CSV that no spreadsheet runs."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow([safe_cell(one) for one in values])
    return written.getvalue()


def safe_cell(value: Any) -> str:
    """A value that no spreadsheet runs: what looks like a formula becomes a text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
