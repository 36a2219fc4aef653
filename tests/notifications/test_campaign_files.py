"""Files as spreadsheets write them: encodings, separators, line ends inside quotes, and what is refused."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from common.spreadsheets import csv_line
from notifications.campaigns import files
from notifications.campaigns.columns import column_faults, guess_columns, read_cells, read_item, value_of
from notifications.campaigns.files import FileRefused, Table, read_table

TEXT = (
    'Telefon;Name;Notiz\r\n+4915112345678;Jürgen Groß;"Zwei\r\nZeilen"\r\n\r\n'
    '+4915112345679;Zoë;"a ""b"""\r\n'
)
VARIABLES = [
    {"name": "amount", "type": "money", "required": True, "example": {"amount": 1, "currency": "EUR"}},
    {"name": "note", "type": "text", "required": False, "example": "x"},
]


def read(content: bytes) -> tuple[Table, list[files.Line]]:
    table = read_table(io.BytesIO(content))
    return table, list(table.lines)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
)
def test_every_encoding_reads_the_same(encoding: str) -> None:
    table, lines = read(TEXT.encode(encoding))

    assert table.header == ["Telefon", "Name", "Notiz"]
    assert [line.cells for line in lines] == [
        ["+4915112345678", "Jürgen Groß", "Zwei\r\nZeilen"],
        ["+4915112345679", "Zoë", 'a "b"'],
    ]
    assert [line.number for line in lines] == [2, 5]  # as an editor counts, over the quoted end and a gap


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_the_one_the_first_line_uses(separator: str) -> None:
    table, [line] = read(
        f'phone{separator}"name, as; said"\r\n+1{separator}Ada, the; first\n'.replace(
            "Ada, the; first", '"Ada, the; first"'
        ).encode()
    )

    assert table.header == ["phone", "name, as; said"]
    assert line.cells == ["+1", "Ada, the; first"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_line_that_tells_excel_the_separator_is_no_header(separator: str) -> None:
    table, [line] = read(f"sep={separator}\r\nphone{separator}name\r\n+1{separator}Ada\r\n".encode())

    assert (table.header, line.number, line.cells) == (["phone", "name"], 3, ["+1", "Ada"])


def test_odd_headers_and_rows_are_kept_for_the_check() -> None:
    table, lines = read(b"phone,,phone\n+1\n+2,a,b,c\x00\n")

    assert table.header == ["phone", "Column 2", "phone (3)"]
    assert [line.cells for line in lines] == [["+1", "", ""], ["+2", "a", "b", "c"]]
    found = read_cells(lines[1].cells, {"phone": 0}, table.header, [])
    assert found.problems[0]["reason"] == "This row has 4 cells and the first line names 3 columns."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The file is empty"),
        (b"phone,name\n\n", "no rows below it"),
        (b",".join([b"x"] * 101) + b"\n1\n", "101 columns"),
        (b'phone\n"' + b"x" * 200_000, "quotation mark that is not closed"),
        (b"PK\x03\x04" + bytes(range(256)) * 40, "workbook of a spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(2_000), "workbook of a spreadsheet"),
        (b"%PDF-1.7\n1 0 obj", "no table of text"),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, why: str) -> None:
    with pytest.raises(FileRefused, match=why):
        read(content)


def test_too_many_rows_are_refused_and_never_stand_in_memory() -> None:
    content = b"phone\n" + b"+447700900123\n" * (files.MAX_ROWS + 1)
    table = read_table(io.BytesIO(content))
    tracemalloc.start()
    with pytest.raises(FileRefused, match="more than 100,000 rows"):
        for _ in table.lines:
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 2_000_000


def test_columns_are_guessed_by_their_names_and_checked() -> None:
    header = ["Customer ID", "Mobile number", "Full name", "Lang", "Amount", "Phone"]

    guessed = guess_columns(header, VARIABLES)

    assert guessed == {"data.amount": 4, "phone": 5, "external_id": 0, "name": 2, "language": 3}
    assert column_faults(guessed, header, VARIABLES) == []
    assert [name for name, _ in column_faults({"name": 9, "shoe": 0}, header, VARIABLES)] == [
        "shoe", "name", "phone", "data.amount",
    ]  # fmt: skip


def test_a_row_is_read_with_the_rules_of_the_api() -> None:
    header = ["phone", "amount", "lang"]
    columns = {"phone": 0, "data.amount": 1, "language": 2}

    good = read_cells(["0044 7700 900123", "12.40 EUR", "pt-BR"], columns, header, VARIABLES)
    bad = read_cells(["12", "much", "!"], columns, header, VARIABLES)

    assert (good.to, good.data, good.language, good.problems) == (
        {"phone": "+447700900123"}, {"amount": {"amount": 1240, "currency": "EUR"}}, "pt-BR", [],
    )  # fmt: skip
    assert [one["column"] for one in bad.problems] == ["lang", "phone", "amount"]
    assert (
        read_item({"to": "+447700900123", "data": {"amount": 5}}, VARIABLES).problems[0]["column"] == "amount"
    )
    assert read_item({"to": {"shoe": 1}, "more": 2}, VARIABLES).problems[0]["column"] == "more"
    assert read_item("nonsense", []).problems[0]["reason"] == "This row is not an object."


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.40 EUR", 1240), ("12,40 EUR", 1240), ("1,234.50 EUR", 123450), ("1.234,50 EUR", 123450),
        ("1 234,50 EUR", 123450), ("1.234 EUR", 123400), ("1,234,567 EUR", 123456700), ("EUR -5", -500),
        ("7 EUR", 700), ("1'000.05 EUR", 100005),
    ],
)  # fmt: skip
def test_money_is_read_as_every_country_writes_it(text: str, amount: int) -> None:
    assert value_of("money", text) == {"amount": amount, "currency": "EUR"}


def test_nothing_of_an_amount_is_cut_off_in_silence() -> None:
    """What has more decimals than its currency stays as it was typed, and is refused at its column."""
    for text in ("12.4055 EUR", "EUR 0.001", "12.50 JPY"):
        assert value_of("money", text) == text
        read_as = read_cells(["+447700900123", text], {"phone": 0, "data.amount": 1}, ["p", "a"], VARIABLES)
        assert [one["column"] for one in read_as.problems] == ["a"]


@pytest.mark.parametrize("text", ["Infinity", "-inf", "NaN", "sNaN", "1e999999999", "1_0", "٣", "9" * 40])
def test_what_is_no_number_people_write_stays_text_and_stops_nobody(text: str) -> None:
    number = [{"name": "n", "type": "number", "required": True, "example": 1}]

    found = read_cells(["+447700900123", text], {"phone": 0, "data.n": 1}, ["phone", "n"], number)

    assert found.data == {"n": text}
    assert found.problems == [{"column": "n", "reason": "This takes a number."}]


def test_a_file_of_ours_is_read_back_as_it_was_written() -> None:
    """Bad rows are downloaded, corrected and sent again; the quotes before their signs are ours."""
    _, [one] = read(
        csv_line(["+447700900123", "=1+1", "it's", "'quoted'", "-5"]).join(["a,b,c,d,e\n", ""]).encode()
    )

    assert one.cells == ["+447700900123", "=1+1", "it's", "'quoted'", "-5"]


def test_numbers_keep_their_decimals() -> None:
    read_as = {
        "1,234": 1234,
        "1.234": 1.234,
        "12,5": 12.5,
        "many": "many",
        "3": 3,
        "+4": 4,
        ".5": 0.5,
        "0,125": 0.125,
    }

    assert {text: value_of("number", text) for text in read_as} == read_as
