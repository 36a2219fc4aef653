"""Each promise that can be broken is found broken, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.faults.comparison import Evidence, findings, unknown_fates
from bench.faults.found import Arrived, Stored, Told
from bench.faults.ledger import Entry, entry_of

PHONE = "447709000001"


def said(number: int, tenant: str = "bank") -> Entry:
    return Entry(tenant, PHONE, "in", number, f"wamid.{tenant}.{number}")


def answered(number: int, tenant: str = "bank") -> Entry:
    return Entry(tenant, PHONE, "out", number, f"id-{tenant}-{number}")


def stored(entry: Entry, *, holder: str = "", thread: str = "t1", status: str = "") -> Stored:
    is_in = entry.direction == "in"
    return Stored(
        entry, holder or entry.tenant, f"m-{entry.text}", thread, "inbound" if is_in else "outbound",
        status or ("received" if is_in else "read"), f"2026-11-23T10:00:{entry.number:02}Z",
    )  # fmt: skip


def arrived(entry: Entry, seq: int, *, sender: str = "", phone: str = PHONE, status: str = "read") -> Arrived:
    return Arrived(entry, sender or entry.tenant, phone, status, seq)


@pytest.fixture
def evidence() -> Evidence:
    """Two tenants with the same customer; everything is well."""
    tenants = ("bank", "air")
    return Evidence(
        [said(n, t) for t in tenants for n in (1, 2)],
        [answered(n, t) for t in tenants for n in (1, 2)],
        [stored(e, thread=t) for t in tenants for n in (1, 2) for e in (said(n, t), answered(n, t))],
        [arrived(answered(n, t), n) for t in tenants for n in (1, 2)],
        {"bank": [Told(1, "e1"), Told(2, "e2")]},
        {"bank": [Told(1, "e1"), Told(2, "e2")]},
    )


def broken(evidence: Evidence) -> set[str]:
    return {name for name, cases in findings(evidence).items() if cases}


def without(rows: list[Stored], entry: Entry) -> list[Stored]:
    return [row for row in rows if row.entry.text != entry.text]


def test_nothing_is_found_when_all_is_well(evidence: Evidence) -> None:
    assert broken(evidence) == set()
    assert unknown_fates(evidence) == []


def test_a_customers_message_that_is_not_there_is_lost(evidence: Evidence) -> None:
    evidence.stored = without(list(evidence.stored), said(2))

    assert findings(evidence)["customers' messages lost"] == [said(2).text]
    assert broken(evidence) == {"customers' messages lost"}


def test_the_same_words_under_another_id_are_doubled(evidence: Evidence) -> None:
    evidence.stored = [*evidence.stored, stored(replace(said(2), key="wamid.other"), thread="bank")]

    assert broken(evidence) == {"customers' messages doubled"}


def test_a_promised_answer_that_reached_no_phone_is_lost(evidence: Evidence) -> None:
    evidence.arrived = [one for one in evidence.arrived if one.entry != answered(2)]

    assert findings(evidence)["answers lost"] == [f"{answered(2).text} (read: )"]


def test_an_answer_of_unknown_fate_is_told_apart_from_a_lost_one(evidence: Evidence) -> None:
    evidence.arrived = [one for one in evidence.arrived if one.entry != answered(2)]
    evidence.stored = [
        *without(list(evidence.stored), answered(2)),
        stored(answered(2), thread="bank", status="uncertain"),
    ]

    assert broken(evidence) == set()
    assert unknown_fates(evidence) == [answered(2).text]


def test_an_uncertain_answer_that_is_on_the_phone_is_shown_wrongly(evidence: Evidence) -> None:
    evidence.stored = [
        *without(list(evidence.stored), answered(2)),
        stored(answered(2), thread="bank", status="uncertain"),
    ]

    assert broken(evidence) == {"answers shown otherwise than the phone has them"}


def test_an_answer_twice_on_a_phone_is_doubled(evidence: Evidence) -> None:
    evidence.arrived = [*evidence.arrived, arrived(answered(2), 3)]

    assert broken(evidence) == {"answers doubled on a phone"}


def test_an_answer_twice_in_a_thread_is_doubled(evidence: Evidence) -> None:
    evidence.stored = [*evidence.stored, stored(answered(1), thread="bank")]

    assert broken(evidence) == {"answers doubled in a thread"}


def test_words_of_one_tenant_in_anothers_hands_are_misplaced(evidence: Evidence) -> None:
    evidence.stored = [*evidence.stored, stored(replace(said(3), key="x"), holder="air", thread="air")]

    assert broken(evidence) == {"messages in the wrong tenant"}


@pytest.mark.parametrize("where", [{"sender": "air"}, {"phone": "447709000099"}])
def test_an_answer_from_or_to_the_wrong_number_is_misplaced(
    evidence: Evidence, where: dict[str, str]
) -> None:
    evidence.arrived = [*evidence.arrived, arrived(answered(3), 9, **where)]

    assert broken(evidence) == {"messages in the wrong tenant"}


def test_messages_behind_a_later_one_are_out_of_order(evidence: Evidence) -> None:
    evidence.arrived = [arrived(answered(1), 5), arrived(answered(2), 4), arrived(answered(1, "air"), 1)]
    evidence.promised = [answered(1), answered(2), answered(1, "air")]
    first, second = stored(said(1), thread="bank"), stored(said(2), thread="bank")
    evidence.stored = [second, first, *(row for row in evidence.stored if row.entry.direction == "out")]
    evidence.said = [said(1), said(2)]

    found = findings(evidence)

    assert found["answers out of order on a phone"] == [f"{answered(1).text} stands behind number 2"]
    assert found["customers' messages out of order"] == [f"{said(1).text} stands behind number 2"]


def test_one_customer_in_two_threads_is_split(evidence: Evidence) -> None:
    evidence.said = [*evidence.said, said(3)]
    evidence.stored = [*evidence.stored, stored(said(3), thread="another")]

    assert broken(evidence) == {"conversations split in two"}


def test_an_event_that_was_not_heard_is_missed_and_a_repeated_one_unruly(evidence: Evidence) -> None:
    evidence.told = {"bank": [Told(1, "e1"), Told(2, "e2"), Told(3, "e3")]}
    evidence.heard = {"bank": [Told(1, "e1"), Told(2, "e2"), Told(2, "e2")]}

    found = findings(evidence)

    assert found["events that an open socket missed"] == ["bank 3"]
    assert found["events that an open socket got twice or out of order"] == ["bank 2 after 2"]


@pytest.mark.parametrize("text", ["", "Hello", "a|b|in", "a|b|sideways|1", "a|b|in|x", "a|b|in|1|2"])
def test_words_of_others_are_no_entries(text: str) -> None:
    assert entry_of(text, "key") is None


def test_an_entry_is_read_back_from_its_words() -> None:
    assert entry_of(said(7).text, said(7).key) == said(7)
