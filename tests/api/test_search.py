"""Search: people in any spelling, words in any case and order, ids; never another tenant's."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from common.tenancy import tenant_context
from customers.models import Customer
from inbox.models import Thread
from inbox.operations.notes import add_note
from inbox.queries.search import message_ids, people_ids, search
from tests.api.caller import Caller
from tests.api.conftest import Writes, customer_writes
from tests.cast import Cast


@pytest.fixture
def ines(writes: Writes) -> Thread:
    writes("Hello", phone="447700900500", name="Somebody Else")
    return writes("My Visa card 100% does_not work", phone="351912345678", name="Inês Carvalho").thread


def people(answer: Any) -> list[str]:
    return [one["customer"]["name"] for one in answer.data["people"]]


def texts(answer: Any) -> list[str]:
    return [one["text"] for one in answer.data["messages"]]


@pytest.mark.parametrize(
    "spelling",
    ["+351 912", "00351912", "912", "+351912345678", "(351) 912-345", "912 345 678", "0912345678", "inês",
     "CARVALHO inês"],
)  # fmt: skip
def test_a_person_is_found_by_name_and_number_in_any_spelling(
    ines: Thread, bob_calls: Caller, charlie_calls: Caller, spelling: str
) -> None:
    answer = bob_calls.get("search", q=spelling)

    assert people(answer) == ["Inês Carvalho"]
    assert answer.data["people"][0]["thread_id"] == str(ines.id)
    assert people(charlie_calls.get("search", q=spelling)) == []


@pytest.mark.parametrize(
    "spelling",
    ["+44 (0)20 7946 0123", "020 7946 0123", "0044-20-7946-0123", "\u202a+44 20 7946\u20110123\u202c",
     "٤٤٢٠٧٩٤٦٠١٢٣", "tel:+442079460123", "44.20.7946.0123", "7946/0123"],
)  # fmt: skip
def test_a_number_is_found_as_people_write_and_copy_it(
    writes: Writes, bob_calls: Caller, spelling: str
) -> None:
    writes("Hello", phone="442079460123", name="Gwen")

    assert people(bob_calls.get("search", q=spelling)) == ["Gwen"]


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("João Conceição", "Já não há pão", ["joao", "JOÃO", "joão conceicao", "nao pao", "NÃO há"]),
        ("Joao Silva", "nao ha pao", ["joão", "não", "PÃO"]),
        ("Łukasz Żółć", "Smørrebrød", ["lukasz zolc", "ŁUKASZ", "smorrebrod", "SMØRRE"]),
        ("Müller-Lüdenscheidt", "cafe\u0301 ole\u0301", ["muller", "café olé", "cafe ole"]),
        ("محمد علي", "مرحبا بالعالم", ["محمد", "بالعالم", "مرحبا"]),
        ("山田太郎", "お元気ですか、がんばって", ["山田", "がんば", "元気"]),
        ("김민준", "안녕하세요", ["민준", "안녕"]),
        ("Σωκράτης", "καλημέρα", ["σωκρατης", "ΚΑΛΗΜΕΡΑ"]),
    ],
)  # fmt: skip
def test_accents_make_no_difference_either_way_and_other_scripts_are_found_too(
    writes: Writes, bob_calls: Caller, name: str, text: str, wanted: list[str]
) -> None:
    writes("Other words", phone="442079460199", name="Ada")
    writes(text, phone="442079460123", name=name)

    for words in wanted:
        found = bob_calls.get("search", q=words)
        assert people(found) == [name] or texts(found) == [text], words
        listed = bob_calls.get("threads", q=words).data["data"]
        assert [one["customer"]["name"] for one in listed] == [name], words


def test_marks_that_make_another_letter_of_another_script_still_count(
    writes: Writes, bob_calls: Caller
) -> None:
    writes("がく", phone="442079460123", name="Aoi")

    assert texts(bob_calls.get("search", q="がく")) == ["がく"]
    assert texts(bob_calls.get("search", q="かく")) == []


def test_a_long_text_is_shown_around_a_word_with_accents(writes: Writes, bob_calls: Caller) -> None:
    writes("palavra " * 100 + "coração aberto " + "palavra " * 100)

    (text,) = texts(bob_calls.get("search", q="coracao"))

    assert "coração" in text
    assert len(text) < 200


def test_a_search_takes_as_many_statements_whatever_it_finds(writes: Writes, bob_calls: Caller) -> None:
    for n in range(6):
        writes(f"São {n}7", phone=f"44207946010{n}", name=f"João {n}")

    bob_calls.get("search", q="the first call of a session looks up more")
    with CaptureQueriesContext(connection) as many:
        found = bob_calls.get("search", q="sao")
    with CaptureQueriesContext(connection) as one:
        bob_calls.get("search", q="sao 37")

    assert len(texts(found)) == 6
    assert len(many) == len(one) <= 18


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("visa", True), ("CARD visa", True), ("100%", True), ("does_not", True), ("100_", False),
        ("doesXnot", False), ("visa mastercard", False), ("wo", True), ("%", False), ("'; --", False),
    ],
)  # fmt: skip
def test_messages_hold_all_the_words(ines: Thread, bob_calls: Caller, words: str, expected: bool) -> None:
    assert bool(texts(bob_calls.get("search", q=words))) is expected


def test_notes_are_found_and_a_long_text_is_shown_around_the_word(
    ines: Thread, cast: Cast, bob_calls: Caller, writes: Writes
) -> None:
    with tenant_context(cast.acme.id):
        add_note(thread=ines, by=cast.alice, text="Ask the branch in Belém", client_ref="1")
    writes("word " * 200 + "needle in it " + "word " * 200, phone="447700900500")

    note = bob_calls.get("search", q="belém").data["messages"][0]
    assert (note["kind"], note["author"], note["thread_id"]) == ("note", "Alice", str(ines.id))
    (text,) = texts(bob_calls.get("search", q="needle"))
    assert "needle" in text
    assert len(text) < 200
    assert text[0] == text[-1] == "…"


def test_ids_find_what_they_name(ines: Thread, cast: Cast, bob_calls: Caller, writes: Writes) -> None:
    heard = writes("By id", phone="351912345678", message_id="wamid.needle-4711")
    with tenant_context(cast.acme.id):
        Customer.objects.filter(id=ines.customer_id).update(external_id="CRM-77")

    for key in (str(ines.id), str(ines.customer_id), "CRM-77"):
        assert people(bob_calls.get("search", q=key)) == ["Inês Carvalho"]
    for key in (str(heard.id), "wamid.needle-4711"):
        assert texts(bob_calls.get("search", q=key)) == ["By id"]


def test_the_functions_know_no_other_tenant_and_answer_nothing_without_a_scope(
    cast: Cast, ines: Thread
) -> None:
    customer_writes(cast.globex_number, "My Visa card too", phone="351912345678", name="Inês at Globex")

    with tenant_context(cast.globex.id):
        found = search("visa")
        assert [one["text"] for one in found["messages"]] == ["My Visa card too"]
        assert len(people_ids("912", 10)) == len(message_ids("visa", 10)) == 1
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL app.tenant_id = ''")
        cursor.execute("SELECT id FROM inbox_find_messages(ARRAY['%visa%'], 10)")
        assert cursor.fetchall() == []


def test_the_serving_role_cannot_become_the_one_that_searches(cast: Cast) -> None:
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE app_search")


def test_one_letter_finds_nothing(bob_calls: Caller, ines: Thread) -> None:
    answer = bob_calls.get("search", q="i")
    assert (people(answer), texts(answer)) == ([], [])
