"""The page of business hours: what is typed is what counts, and nothing typed is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from common.tenancy import tenant_context
from tenants.hours import is_open
from tenants.operations.hours import set_hours
from tenants.queries import business_hours
from tests.cast import Cast
from tests.notifications.forms import inputs

PAGE = "/console/hours/"
WANTED = {
    "zone": "Europe/Lisbon",
    "day0_0_from": "09:00",
    "day0_0_to": "12:30",
    "day0_1_from": "14:00",
    "day0_1_to": "00:00",
    "holidays": "2026-12-25 Christmas\r\n2026-01-01",
}


def form(client: Client) -> dict[str, str]:
    """The page's form as a browser would send it."""
    return inputs(client.get(PAGE).content.decode())


def cleared(fields: dict[str, str]) -> dict[str, Any]:
    """The form with every time taken out."""
    return {name: "" if name.startswith("day") else value for name, value in fields.items()}


def test_what_is_typed_counts_from_the_next_minute(cast: Cast, alice_client: Client) -> None:
    assert "always open" in alice_client.get(PAGE).content.decode()
    fields = cleared(form(alice_client))
    del fields["is_always"]

    assert alice_client.post(PAGE, fields | WANTED)["Location"] == PAGE

    with tenant_context(cast.acme.id):
        hours = business_hours()
    assert hours.week[0] == ((540, 750), (840, 1440))
    assert hours.week[1:] == ((),) * 6
    assert hours.closed_on == {date(2026, 1, 1), date(2026, 12, 25)}
    assert is_open(hours, datetime(2026, 11, 30, 23, 59, tzinfo=UTC))  # a Monday
    shown = form(alice_client)
    assert {name: shown[name] for name in WANTED if name != "holidays"} == {
        name: value for name, value in WANTED.items() if name != "holidays"
    }
    assert shown["holidays"] == "2026-01-01\n2026-12-25 Christmas"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"zone": "Lisbon"}, "“Lisbon” is no time zone."),
        ({"zone": ""}, "This field is required."),
        ({"day2_0_from": "17:00", "day2_0_to": "09:00"}, "The end must come after the start"),
        ({"day2_0_from": "09:00", "day2_0_to": ""}, "The end must come after the start"),
        ({"day2_0_from": "nine"}, "Write a time of day, like 09:00."),
        (
            {"day2_0_from": "09:00", "day2_0_to": "12:00", "day2_1_from": "11:00", "day2_1_to": "13:00"},
            "Two of these times overlap.",
        ),
        ({"holidays": "2026-12-25\nChristmas"}, "Line 2 has no date in front."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_the_input_stays(
    cast: Cast, alice_client: Client, typed: dict[str, str], sentence: str
) -> None:
    fields = cleared(form(alice_client)) | {"holidays": "2026-05-01 Mayday", "zone": "UTC"} | typed

    answer = alice_client.post(PAGE, fields)

    text = answer.content.decode()
    assert (answer.status_code, sentence in text, text.count("autofocus")) == (422, True, 1)
    sent = inputs(text)
    assert {name: sent[name] for name in typed} == typed
    with tenant_context(cast.acme.id):
        assert business_hours().closed_on == frozenset()


def test_two_admins_change_different_days(cast: Cast, alice_client: Client) -> None:
    mine = form(alice_client)
    theirs = form(alice_client) | {"day1_0_from": "08:00"}
    alice_client.post(PAGE, theirs)

    clash = alice_client.post(PAGE, mine | {"day1_0_from": "07:00"})
    alice_client.post(PAGE, mine | {"day2_0_from": "10:00"})

    assert (clash.status_code, "changed this to “08:00” meanwhile" in clash.content.decode()) == (422, True)
    shown = form(alice_client)
    assert (shown["day1_0_from"], shown["day2_0_from"]) == ("08:00", "10:00")


def test_a_closed_workspace_says_when_it_opens_and_a_stranger_has_their_own(
    cast: Cast, alice_client: Client, charlie_client: Client, bob_client: Client
) -> None:
    with tenant_context(cast.acme.id):
        set_hours(zone="UTC", week=[[]] * 7)
    assert "It never opens" in alice_client.get(PAGE).content.decode()
    assert "always open" in charlie_client.get(PAGE).content.decode()
    assert bob_client.get(PAGE).status_code == 404
