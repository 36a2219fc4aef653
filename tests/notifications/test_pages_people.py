"""The consent register, the page where a person chooses, and quiet hours."""

from __future__ import annotations

import pytest
from django.test import Client

from common.tenancy import tenant_context
from customers.models import Customer
from events.models import Event
from inbox.operations.authors import Author
from notifications.links import choices_link
from notifications.models import Consent, ConsentChange, Preference, QuietHours
from notifications.operations.consents import record_consents
from tests.cast import Cast
from tests.notifications.conftest import make_type
from tests.notifications.forms import inputs, page

REGISTER = "/console/notifications/consents/"
QUIET = "/console/notifications/quiet-hours/"


@pytest.fixture
def ada(cast: Cast) -> Customer:
    with tenant_context(cast.acme.id):
        make_type(cast.alice)
        return Customer.objects.create(name="Ada Lovelace")


def states(cast: Cast, who: Customer) -> dict[tuple[str, str], str]:
    with tenant_context(cast.acme.id):
        rows = Consent.objects.filter(customer=who)
        return {(row.category, row.channel): row.state for row in rows}


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_the_register_is_empty_at_first_and_finds_anybody(
    cast: Cast, alice_client: Client, ada: Customer
) -> None:
    assert "Nobody has said anything yet" in page(alice_client, REGISTER)
    assert f"{REGISTER}{ada.id}/" in page(alice_client, f"{REGISTER}?person=Lovelace")
    assert "Nobody like this" in page(alice_client, f"{REGISTER}?person=Nobody")


def test_who_has_no_name_is_called_by_their_number(cast: Cast, alice_client: Client) -> None:
    with tenant_context(cast.acme.id):
        who = Customer.objects.create()
        who.addresses.create(kind="phone", value="+447700900801")

    assert "<h1>+447700900801</h1>" in page(alice_client, f"{REGISTER}{who.id}/")


def test_a_yes_is_written_down_with_where_it_was_said(
    cast: Cast, alice_client: Client, ada: Customer
) -> None:
    one = f"{REGISTER}{ada.id}/"
    typed = inputs(page(alice_client, one)) | {"marketing__*": "granted"}

    nowhere = alice_client.post(one, typed | {"timezone": "Europe/Lisbon"})
    lost = alice_client.post(one, typed | {"source": "by phone", "timezone": "Mars"})
    kept = [inputs(answer.content.decode()) for answer in (nowhere, lost)]
    assert [answer.status_code for answer in (nowhere, lost)] == [422, 422]
    assert [(one["marketing__*"], one["timezone"]) for one in kept] == [
        ("granted", "Europe/Lisbon"), ("granted", "Mars"),
    ]  # fmt: skip
    assert "This is no time zone" in lost.content.decode()
    assert states(cast, ada) == {}
    alice_client.post(one, typed | {"source": "by phone"})
    alice_client.post(one, typed | {"source": "by phone", "marketing__whatsapp": "denied"})

    assert "Say where the person said so" in nowhere.content.decode()
    assert states(cast, ada) == {("marketing", "*"): "granted", ("marketing", "whatsapp"): "denied"}
    text = page(alice_client, one)
    assert text.count("by phone") >= 2
    with tenant_context(cast.acme.id):
        assert [row.by_name for row in ConsentChange.objects.filter(customer=ada)] == ["Alice", "Alice"]
    assert f"{REGISTER}{ada.id}/" in page(alice_client, f"{REGISTER}?state=granted")


def test_a_persons_time_zone_is_written_down_and_counts(
    cast: Cast, alice_client: Client, ada: Customer
) -> None:
    one = f"{REGISTER}{ada.id}/"
    typed = inputs(page(alice_client, one))
    assert "by the time zone of the house; theirs is not known" in page(alice_client, one)

    nowhere = alice_client.post(one, typed | {"timezone": "Tokio"}, follow=True)
    alice_client.post(one, typed | {"timezone": "Asia/Tokyo"})

    assert "write it like Europe/Lisbon" in nowhere.content.decode()
    text = page(alice_client, one)
    assert 'value="Asia/Tokyo"' in text
    assert "in Tokyo, by their own time zone" in text
    with tenant_context(cast.acme.id):
        assert Customer.objects.get(id=ada.id).timezone == "Asia/Tokyo"
        assert Event.objects.filter(type="customer.updated", customer_id=ada.id).count() == 1


def test_a_person_chooses_without_signing_in(cast: Cast, client: Client, ada: Customer) -> None:
    address = path_of(choices_link(cast.acme.id, ada.id))

    first = client.get(address)
    client.post(address, {"wishes": "1", "marketing": "on"})

    assert first.status_code == 200
    assert first["Referrer-Policy"] == "no-referrer"
    assert states(cast, ada) == {("marketing", "*"): "granted"}
    with tenant_context(cast.acme.id):
        assert Preference.objects.get(customer=ada).wanted is False
        assert ConsentChange.objects.get(customer=ada).source == "choices page"
    text = client.post(address, {"wishes": "1", "type__fraud_alert": "on"}).content.decode()
    assert "Saved. It holds from now on." in text
    assert states(cast, ada) == {("marketing", "*"): "denied"}


def test_a_link_works_for_nobody_else(cast: Cast, client: Client, ada: Customer) -> None:
    address = path_of(choices_link(cast.acme.id, ada.id))

    assert client.get(address[:-2] + "x/").status_code == 404
    assert client.get(address.replace(str(cast.acme.id), str(cast.globex.id))).status_code == 404
    assert client.get(address.replace(ada.id.hex, cast.alice.id.hex)).status_code == 404


def test_quiet_hours_say_when_something_would_go(cast: Cast, alice_client: Client) -> None:
    wrong = alice_client.post(QUIET, {"start": "21:00", "end": "08:00", "timezone": "Nowhere"})
    alice_client.post(QUIET, {"start": "21:00", "end": "08:00", "timezone": "Europe/Lisbon"})

    assert wrong.status_code == 422
    assert "This is no time zone" in wrong.content.decode()
    night = page(alice_client, f"{QUIET}?at=2026-11-30T23:30")
    assert "would go Tue 08:00 Lisbon" in night
    assert "goes at once" in page(alice_client, f"{QUIET}?at=2026-11-30T12:00")
    for never in ("0001-01-01T00:00", "9999-12-31T23:59"):
        assert "Kolkata" in page(alice_client, f"{QUIET}?at={never}")
    spring = page(alice_client, f"{QUIET}?at=2027-03-28T01:30")  # the clock skips this hour in Lisbon
    assert "would go Sun 08:00 Lisbon" in spring
    with tenant_context(cast.acme.id):
        assert QuietHours.objects.get().timezone == "Europe/Lisbon"


def test_strangers_find_nobody(cast: Cast, bob_client: Client, charlie_client: Client, ada: Customer) -> None:
    with tenant_context(cast.acme.id):
        given = [{"category": "marketing", "state": "granted"}]
        record_consents(customer=ada, given=given, source="test", by=Author.of(cast.alice))

    assert bob_client.get(f"{REGISTER}{ada.id}/").status_code == 200
    assert bob_client.get(QUIET).status_code == 404
    assert charlie_client.get(f"{REGISTER}{ada.id}/").status_code == 404
    assert "Lovelace" not in page(charlie_client, REGISTER)
