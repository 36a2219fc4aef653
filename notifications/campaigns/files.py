"""Files of separated values as people's spreadsheets write them, read as a stream.

Encodings: UTF-8 with and without mark, UTF-16, and what Windows writes; separators: comma, semicolon, tab.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from common.spreadsheets import plain_cell

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 100
MAX_CELL = 4_000
_SEPARATORS = ",;\t"
_BLOCK = 65_536
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


#: How files begin that are no text: Excel, Numbers and LibreOffice (a ZIP), Excel before 2007.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf")


class FileRefused(Exception):
    """The file cannot be used as a whole; the sentence says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record. number: of the line it begins on, as an editor counts them."""

    number: int
    cells: list[str]


@dataclass(slots=True)
class Table:
    """A file's columns, and its records as a stream that is read once."""

    header: list[str]
    lines: Iterator[Line]


def read_table(file: BinaryIO) -> Table:
    """The table in a file. Raises FileRefused, also while its lines are read."""
    _must_be_text(file)
    encoding = _encoding(file)
    file.seek(0)
    head = file.read(_BLOCK).decode(encoding, "ignore")
    file.seek(0)
    text = io.TextIOWrapper(io.BufferedReader(_Kept(file)), encoding=encoding, newline="")
    records = _records(_clean(text), _separator(head))
    try:
        first = next(records)
        if first.cells[0].lower() == "sep=" and not any(first.cells[1:]):  # a hint that Excel wants
            first = next(records)
    except StopIteration:
        raise FileRefused(_("The file is empty. Its first line names the columns.")) from None
    return Table(_header(first.cells), _limited(records, len(first.cells)))


def _must_be_text(file: BinaryIO) -> None:
    """What people take for CSV, and is none: the file of a spreadsheet itself, a PDF, a picture."""
    file.seek(0)
    start = file.read(8)
    if start.startswith(_WORKBOOKS):
        raise FileRefused(
            _("This is a workbook of a spreadsheet. Save it there as “CSV UTF-8” and choose that file.")
        )
    if start.startswith(_OTHERS):
        raise FileRefused(
            _("This is no table of text. Choose a CSV file whose first line names the columns.")
        )


class _Kept(io.RawIOBase):
    """A stream that stays open when the wrapper around it is dropped: the upload belongs to its request."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self.file.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def _encoding(file: BinaryIO) -> str:
    """By its mark; else UTF-8 when every byte of it is, else UTF-16 by its zeros, else Windows' own."""
    file.seek(0)
    start = file.read(_BLOCK)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    zeros = start[:1000].count(0)
    if zeros > len(start[:1000]) // 4:
        return "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while start:
            decoder.decode(start)
            start = file.read(_BLOCK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "latin-1" if _has_gaps(file) else "cp1252"
    return "utf-8"


def _has_gaps(file: BinaryIO) -> bool:
    """Does it use one of the five bytes that Windows' encoding leaves out?"""
    file.seek(0)
    while block := file.read(_BLOCK):
        if any(byte in block for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")):
            return True
    return False


def _separator(head: str) -> str:
    """The one that the first record has most of, outside quotes."""
    counts = dict.fromkeys(_SEPARATORS, 0)
    is_quoted = False
    for char in head:
        if char == '"':
            is_quoted = not is_quoted
        elif char in "\r\n" and not is_quoted and any(counts.values()):
            break
        elif char in counts and not is_quoted:
            counts[char] += 1
    return max(counts, key=lambda one: counts[one])


def _clean(text: Iterable[str]) -> Iterator[str]:
    """Without NUL and half characters, which no table can keep."""
    try:
        for line in text:
            yield line.replace("\0", "").encode("utf-8", "replace").decode()
    except UnicodeDecodeError:
        raise FileRefused(_("Some of the file cannot be read as text. Save it again as CSV UTF-8.")) from None


def _records(text: Iterator[str], separator: str) -> Iterator[Line]:
    reader = csv.reader(text, delimiter=separator, skipinitialspace=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise FileRefused(
                _("Line %d cannot be read; look for a quotation mark that is not closed.") % begins
            ) from None
        if any(cell.strip() for cell in cells):
            yield Line(begins, [plain_cell(cell.strip()) for cell in cells])
        begins = reader.line_num + 1


def _header(cells: list[str]) -> list[str]:
    """The names of the columns, each once; one without a name is called by its place."""
    if len(cells) > MAX_COLUMNS:
        said = {"many": len(cells), "most": MAX_COLUMNS}
        raise FileRefused(_("The file has %(many)d columns; at most %(most)d can be read.") % said)
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = cell[:100] or f"Column {place}"
        twin = names.count(name)
        names.append(f"{name} ({place})" if twin else name)
    return names


def _limited(records: Iterator[Line], width: int) -> Iterator[Line]:
    """Records as wide as the header; longer ones keep what is too much, for the check to tell."""
    seen = 0
    for record in records:
        seen += 1
        if seen > MAX_ROWS:
            most = number_format(MAX_ROWS, force_grouping=True)
            raise FileRefused(_("The file has more than %s rows. Split it into several campaigns.") % most)
        cells = [cell[:MAX_CELL] for cell in record.cells[: MAX_COLUMNS + 1]]
        yield Line(record.number, cells + [""] * (width - len(cells)))
    if not seen:
        raise FileRefused(_("The file has a line of columns and no rows below it."))
