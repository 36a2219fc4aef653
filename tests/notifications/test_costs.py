"""What messages come to: noted once, by the provider's word or the list, and reports equal to SQL."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from common.tenancy import tenant_context
from events.models import Event
from inbox.models import Message
from inbox.operations.authors import Author
from notifications.models import Cost, CostDay, Notification, PriceLine, Step
from notifications.operations import engine
from notifications.operations.costs import note_costs
from notifications.operations.prices import PricesRefused, remove_price, set_prices
from notifications.places import Place, place_of
from notifications.queries.costs import cost_lines
from notifications.queries.prices import prices_on
from tests.cast import Cast
from tests.notifications.conftest import Ladder, Office, ask, make_type, send
from tests.notifications.forms import page
from tests.planner import count_anew, rows_read

COSTS = "/console/notifications/costs/"
NONE = Decimal(0)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
REGULAR = {"billable": True, "type": "regular", "category": "utility"}


def price(value: str, country: str = "", category: str = "utility", **more: Any) -> dict[str, Any]:
    said = {"channel": "whatsapp", "currency": "EUR", "valid_from": "2026-10-01"}
    return said | {"category": category, "country": country, "price": value} | more


@pytest.fixture
def acme(cast: Cast) -> Iterator[Cast]:
    with tenant_context(cast.acme.id):
        yield cast


def messages(cast: Cast, *phones: str, **said: Any) -> list[Message]:
    """One delivered message per phone, of a type's notification."""
    named = said.pop("named", None) or make_type(cast.alice)
    send(cast.alice, *[ask(named, to={"phone": phone}, **said) for phone in phones])
    for _ in phones:
        engine.take_turn()
    found = list(Message.objects.filter(direction="outbound").order_by("id"))
    Message.objects.update(status="delivered", pricing=REGULAR)
    return found


def note(found: list[Message], now: datetime = NOW) -> list[Cost]:
    note_costs([str(one.id) for one in found], now)
    return list(Cost.objects.order_by("message"))


def days() -> list[tuple[str, Decimal, int, int]]:
    rows = CostDay.objects.order_by("currency")
    return list(rows.values_list("currency", "amount", "messages", "unknown"))


# ---------------------------------------------------------------- the list of prices


@pytest.mark.parametrize(
    ("country", "expected"), [("GB", "0.022"), ("JE", "0.03"), ("IE", "0.05"), ("", "0.05")]
)
def test_a_country_goes_before_its_calling_code_and_that_before_everywhere(
    acme: Cast, country: str, expected: str
) -> None:
    lines = [price("0.022", "GB"), price("0.03", "+44"), price("0.05"), price("0.09", category="")]
    set_prices(given=lines, by=Author.of(acme.alice))
    place = Place(country, "+44" if country in {"GB", "JE"} else "+353")

    found = prices_on(NOW.date()).find(acme.acme_number, ("utility",), place)

    assert found is not None
    assert found.price == Decimal(expected)


def test_a_price_of_one_channel_goes_before_that_of_its_kind_and_a_day_counts_from_its_beginning(
    acme: Cast,
) -> None:
    own = price("0.01", channel=f"whatsapp:{acme.acme_number.name}", valid_from="2026-11-20")
    set_prices(given=[price("0.02"), own], by=Author.of(acme.alice))

    found = [
        line.price if (line := prices_on(day).find(acme.acme_number, ("utility",), Place())) else None
        for day in (date(2026, 9, 30), date(2026, 10, 1), date(2026, 11, 19), date(2026, 11, 20))
    ]

    assert found == [None, Decimal("0.02"), Decimal("0.02"), Decimal("0.01")]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({"category": "gossip"}, "category"),
        ({"country": "Atlantis"}, "country"),
        ({"country": "+999"}, "country"),
        ({"currency": "€"}, "currency"),
        ({"price": "cheap"}, "price"),
        ({"price": "-0.05"}, "price"),
        ({"price": "0.0000001"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"unit": "minute"}, "unit"),
    ],
)
def test_a_wrong_price_is_told_at_its_field_and_none_is_taken(
    acme: Cast, wrong: dict[str, str], field: str
) -> None:
    with pytest.raises(PricesRefused) as refused:
        set_prices(given=[price("0.05"), price("0.04", "GB") | wrong], by=Author.of(acme.alice))

    assert [(place, name) for place, name, _ in refused.value.faults] == [(1, field)]
    assert not PriceLine.objects.exists()


def test_a_price_set_again_is_replaced_and_one_that_is_removed_leaves_what_was_charged(acme: Cast) -> None:
    by = Author.of(acme.alice)
    set_prices(given=[price("0,05")], by=by)
    [cost] = note(messages(acme, "+447700900301"))
    [line] = set_prices(given=[price("0.06")], by=by)
    remove_price(line=PriceLine.objects.get(), by=by)

    assert line.price == Decimal("0.06")
    assert Cost.objects.get().amount == cost.amount == Decimal("0.05")


# ---------------------------------------------------------------- what was charged


def test_a_message_is_charged_once_by_the_list_and_the_day_is_kept(acme: Cast) -> None:
    set_prices(given=[price("0.022", "GB"), price("0.07", "PT", currency="USD")], by=Author.of(acme.alice))
    found = messages(acme, "+447700900302", "+351912345678", "+33612345678")

    first, again = note(found), note(found, NOW + timedelta(days=1))

    told = [(row.country, row.source, row.amount, row.currency) for row in first]
    assert told == [
        ("GB", "listed", Decimal("0.022"), "EUR"),
        ("PT", "listed", Decimal("0.07"), "USD"),
        ("FR", "unknown", None, ""),
    ]
    assert [(row.day, row.amount) for row in again] == [(row.day, row.amount) for row in first]
    assert days() == [("", NONE, 1, 1), ("EUR", Decimal("0.022"), 1, 0), ("USD", Decimal("0.07"), 1, 0)]


def test_many_are_noted_without_reading_all_for_each_whatever_the_statistics_say(acme: Cast) -> None:
    named, tables = make_type(acme.alice), ("notifications_step", "notifications_notification")
    send(acme.alice, *[ask(named, to={"phone": f"+44770090{n:04}"}) for n in range(200)])
    engine.take_turn()
    found = list(Message.objects.filter(direction="outbound"))
    Message.objects.update(status="delivered", pricing=REGULAR)
    for table in tables:
        count_anew(table)
    before = sum(map(rows_read, tables))

    assert len(note(found)) == 200
    assert sum(map(rows_read, tables)) - before <= 10 * 200


def test_the_provider_s_own_word_goes_before_the_list_and_the_day_follows(acme: Cast) -> None:
    set_prices(given=[price("0.022")], by=Author.of(acme.alice))
    found = messages(acme, "+447700900303")
    note(found)
    Message.objects.update(pricing={**REGULAR, "billable": False, "type": "free_entry_point"})

    [cost] = note(found, NOW + timedelta(hours=1))

    assert (str(cost.source), cost.amount, cost.currency) == ("free", NONE, "")
    assert days() == [("", NONE, 1, 0), ("EUR", NONE, 0, 0)]


def test_a_price_that_comes_later_makes_an_unknown_cost_known_when_the_message_is_heard_of_again(
    acme: Cast,
) -> None:
    found = messages(acme, "+447700900304")
    assert [row.source for row in note(found)] == ["unknown"]

    set_prices(given=[price("0.022"), price("0.5", valid_from="2026-11-21")], by=Author.of(acme.alice))

    assert [(row.source, row.amount) for row in note(found)] == [("listed", Decimal("0.022"))]
    CostDay.objects.get(currency="EUR", unknown=0)


def test_what_an_agent_writes_belongs_to_no_type_and_a_test_to_no_report(acme: Cast) -> None:
    set_prices(given=[price("0.022")], by=Author.of(acme.alice))
    found = messages(acme, "+447700900305", is_test=True) + messages(
        acme, "+447700900306", named=_second(acme)
    )
    Step.objects.filter(message=found[-1]).update(message=None)

    note(found)

    today = cost_lines("type", NOW.date())
    assert [(line.name, line.amounts) for line in today] == [("", {"EUR": Decimal("0.022")})]
    assert Cost.objects.filter(is_test=True).count() == 1


def _second(cast: Cast) -> Any:
    return make_type(cast.alice, key="second")


@pytest.mark.parametrize(
    ("phone", "place"),
    [
        ("+447700900123", Place("GB", "+44")),
        ("+16042530123", Place("CA", "+1")),
        ("+12122530123", Place("US", "+1")),
        ("+77011234567", Place("KZ", "+7")),
        ("+883510012345", Place("", "+883")),
        ("nonsense", Place()),
    ],
)
def test_a_number_says_its_country(phone: str, place: Place) -> None:
    assert place_of(phone) == place


# ---------------------------------------------------------------- reports


@pytest.fixture
def charged(cast: Cast) -> None:
    """Messages of two types to three countries, in two currencies, one free and one of unknown price."""
    with tenant_context(cast.acme.id):
        set_prices(
            given=[price("0.022", "GB"), price("0.0703", "PT", currency="USD")], by=Author.of(cast.alice)
        )
        fraud = messages(cast, "+447700900311", "+447700900312", "+351912345671", "+33612345671")
        messages(cast, "+447700900313", named=_second(cast))
        Message.objects.filter(id=fraud[1].id).update(pricing={"billable": False, "type": "free_entry_point"})
        note(list(Message.objects.filter(direction="outbound")), timezone.now())


def lines(client: Client, query: str) -> list[list[str]]:
    answer = client.get(f"{COSTS}?{query}&format=csv")
    return list(csv.reader(io.StringIO(answer.content.decode())))[1:]


@pytest.mark.usefixtures("charged")
@pytest.mark.parametrize(
    ("by", "name"),
    [
        ("type", "COALESCE(t.name, '—')"),
        ("channel", "h.name"),
        ("country", "c.country"),
        ("day", "c.day::text"),
    ],
)
def test_the_report_equals_sql(cast: Cast, alice_client: Client, by: str, name: str) -> None:
    with tenant_context(cast.acme.id), connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {name}, c.currency, sum(c.amount) FILTER (WHERE c.currency <> ''), count(*)
            FROM notifications_cost c JOIN inbox_channel h ON h.id = c.channel_id
            LEFT JOIN notifications_notificationtype t ON t.id = c.type_id
            WHERE NOT c.is_test GROUP BY 1, 2 ORDER BY 1, 2
            """
        )
        expected = [(name, currency, amount, count) for name, currency, amount, count in cursor.fetchall()]

    found = [
        (name, currency, Decimal(amount) if amount else None, int(count))
        for name, currency, amount, count, *_ in lines(alice_client, f"by={by}")
    ]
    assert found == expected
    assert {currency for _, currency, _, _ in found} == {"", "EUR", "USD"}


@pytest.mark.usefixtures("charged")
def test_currencies_are_never_added_and_an_unknown_price_is_never_nothing(
    cast: Cast, alice_client: Client, bob_client: Client, charlie_client: Client
) -> None:
    text = page(alice_client, COSTS)

    assert "0.044 EUR" in text
    assert "0.0703 USD" in text
    assert "1 message of unknown price" in text
    assert "Nothing was charged yet" in page(charlie_client, COSTS)
    assert "0.0703 USD" in page(bob_client, COSTS)
    told = alice_client.get("/api/v1/costs", {"by": "country"}).json()["data"]
    assert [line for line in told if line["name"] == "FR"] == [
        {"name": "FR", "amounts": [], "messages": 1, "free": 0, "unknown": 1}
    ]


@pytest.mark.django_db(transaction=True)
def test_a_notification_s_page_says_what_each_attempt_cost(
    office: Office, ladder: Ladder, client: Client
) -> None:
    with office.scope():
        set_prices(given=[price("0.0553", "GB")], by=Author.of(office.cast.alice))
    run = office.notify(ladder())
    office.work()
    office.status(office.message(run), "delivered", pricing=REGULAR)
    office.work()
    client.force_login(office.cast.alice.user)

    address = f"/console/notifications/log/{run.id}/"
    text = page(client, address)
    assert "0.0553 EUR, by your price list (1 message, Utility, GB)" in text
    [cost] = client.get(f"/api/v1/notifications/{run.id}").json()["costs"]
    assert (cost["amount"], cost["source"]) == ({"currency": "EUR", "amount": "0.0553"}, "listed")

    # A price that comes when the message has long arrived is heard, too.
    office.status(
        office.message(run),
        "delivered",
        timestamp="1793000999",
        pricing={**REGULAR, "type": "free_entry_point"},
    )
    office.work()
    assert "Cost: free of charge" in page(client, address)
    with office.scope():
        assert Event.objects.filter(type="message.learned").count() == 1
        assert Notification.objects.get().state == "delivered"
    client.force_login(office.cast.charlie.user)
    assert client.get(address).status_code == 404
