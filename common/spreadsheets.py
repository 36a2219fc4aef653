"""CSV for people's spreadsheets, and back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.http import HttpResponse

#: What a spreadsheet takes for a formula (reliability rule 43).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


#: Without this sign a spreadsheet takes UTF-8 for the letters of its own country.
_MARK = "\ufeff"


def csv_answer(lines: Iterable[str], filename: str) -> HttpResponse:
    """Lines of CSV as a file that a browser keeps and a spreadsheet opens with every letter right."""
    response = HttpResponse(chain((_MARK,), lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def csv_line(values: Sequence[Any]) -> str:
    """One line of CSV that no spreadsheet runs."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow([safe_cell(one) for one in values])
    return written.getvalue()


def safe_cell(value: Any) -> str:
    """A value that no spreadsheet runs: what looks like a formula becomes a text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def plain_cell(text: str) -> str:
    """What ``safe_cell`` was given: a file of ours is read back as it was written."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
