"""The list of prices on its page, as a file, over the API, and as the estimate of a campaign."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from common.tenancy import tenant_context
from events.models import Change
from inbox.operations.authors import Author
from notifications.models import PriceLine
from notifications.operations.prices import set_prices
from notifications.queries.estimates import estimate
from tests.cast import APP_SECRET, Cast, connect_number
from tests.notifications.campaigning import a_file, line
from tests.notifications.conftest import make_type, rung
from tests.notifications.forms import page

PRICES = "/console/notifications/prices/"
API = "/api/v1/prices"
HEADER = "channel,category,unit,country,currency,price,valid_from"
GOOD = ["whatsapp,utility,message,GB,EUR,0.0220,2026-10-01", "sms,,segment,44,EUR,0.0410,2026-10-01"]

WITHOUT = ("marketing", "authentication", "authentication_international", "service")


def upload(client: Client, *rows: str, header: str = HEADER) -> tuple[int, str]:
    file = SimpleUploadedFile("prices.csv", "\n".join([header, *rows]).encode(), content_type="text/csv")
    answer = client.post(PRICES, {"file": file}, follow=True)
    return answer.status_code, answer.content.decode()


def kept(cast: Cast) -> list[tuple[str, str, str, Decimal]]:
    with tenant_context(cast.acme.id):
        rows = PriceLine.objects.order_by("channel").values_list("channel", "category", "country", "price")
        return list(rows)


def test_a_file_of_prices_is_taken_whole_and_comes_back_equal(cast: Cast, alice_client: Client) -> None:
    status, text = upload(alice_client, *GOOD, "whatsapp,marketing,message,,,,2026-10-01")

    assert status == 200
    assert "2 prices are set." in text
    assert kept(cast) == [
        ("sms", "", "+44", Decimal("0.041")),
        ("whatsapp", "utility", "GB", Decimal("0.022")),
    ]
    written = alice_client.get(f"{PRICES}export/").getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(written)))
    assert [(row["channel"], row["category"], row["price"]) for row in rows] == [
        ("sms", "", "0.041"),
        ("whatsapp", "utility", "0.022"),
        *(("whatsapp", one, "") for one in WITHOUT),
    ]
    _status, text = upload(alice_client, *written.splitlines()[1:])
    assert "2 prices are set." in text
    assert len(kept(cast)) == 2
    with tenant_context(cast.acme.id):
        assert Change.objects.filter(action="prices.changed").count() == 1  # the second file changed nothing


def test_each_wrong_line_is_named_and_none_is_taken(cast: Cast, alice_client: Client) -> None:
    status, text = upload(alice_client, GOOD[0], "whatsapp,gossip,message,Mars,EUR,free,soon")

    assert status == 422
    for words in ("Line 3, category:", "Line 3, country:", "Line 3, price:", "Line 3, valid_from:"):
        assert words in text
    assert kept(cast) == []
    assert (
        "The file has no column “currency”." in upload(alice_client, "whatsapp,1", header="channel,price")[1]
    )
    assert "No line of the file has a price." in upload(alice_client, "whatsapp,utility,,,,,")[1]


def test_what_has_no_price_is_said_until_it_has_one(
    cast: Cast, alice_client: Client, bob_client: Client, charlie_client: Client
) -> None:
    assert "No price yet" in page(alice_client, PRICES)
    assert "category=utility" in page(alice_client, PRICES)
    new = {"channel": "whatsapp", "country": "gb", "price": "0.0553", "currency": "eur"}
    wrong = alice_client.post(f"{PRICES}new/", {**new, "price": "?", "valid_from": "2026-10-01"})
    alice_client.post(f"{PRICES}new/", {**new, "valid_from": "2026-10-01"})

    assert wrong.status_code == 422
    assert "A price is a number like 0.0553" in wrong.content.decode()
    text = page(alice_client, PRICES)
    assert "0.0553 EUR" in text
    assert "category=utility" not in text
    [row] = alice_client.get(API).json()["data"]
    assert bob_client.get(PRICES).status_code == 404
    assert charlie_client.get(API).json() == {"data": []}
    assert charlie_client.post(f"{PRICES}{row['id']}/removal/").status_code == 404
    assert alice_client.post(f"{PRICES}{row['id']}/removal/").status_code == 302
    assert kept(cast) == []


def test_the_api_names_the_line_and_field_that_is_wrong(cast: Cast, alice_client: Client) -> None:
    good = {"channel": "sms", "currency": "EUR", "price": "0.041", "valid_from": "2026-10-01"}

    wrong = alice_client.put(API, {"prices": [good, {**good, "price": "x"}]}, content_type="application/json")
    right = alice_client.put(API, {"prices": [good]}, content_type="application/json")

    assert wrong.status_code == 400
    assert "/prices/1/price" in [one["pointer"] for one in wrong.json()["errors"]]
    assert right.json()["data"][0]["price"] == "0.041"
    assert kept(cast) == [("sms", "", "", Decimal("0.041"))]


def test_a_campaign_is_estimated_by_country_its_fallbacks_at_most(
    cast: Cast, alice_client: Client, charlie_client: Client
) -> None:
    phones = ["+447700900401", "+447700900402", "+351912345681", "+33612345681"]
    with tenant_context(cast.acme.id):
        other = connect_number("318840571926605", APP_SECRET, cast.alice)
        said = {"channel": "whatsapp", "category": "utility", "currency": "EUR", "valid_from": "2026-10-01"}
        own = {"channel": str(other.id), "currency": "USD", "price": "0.10", "valid_from": "2026-10-01"}
        by_country = [said | {"country": "GB", "price": "0.02"}, said | {"country": "PT", "price": "0.05"}]
        set_prices(given=[*by_country, own], by=Author.of(cast.alice))
        named = make_type(cast.alice, rung("whatsapp"), rung(str(other.id)))
        campaign = a_file(cast.alice, *map(line, phones), named=named)
        first, second = estimate(campaign)

    assert (first.is_first, first.people, first.amounts) == (True, 4, {"EUR": Decimal("0.09")})
    assert (second.is_first, second.people, second.amounts) == (False, 4, {"USD": Decimal("0.40")})
    assert (first.unpriced, second.unpriced) == (1, 0)
    text = page(alice_client, f"/console/notifications/campaigns/{campaign.id}/")
    assert "0.09 EUR" in text
    assert "0.40 USD" in text
    assert "no price is known for 1 person" in text
    told = alice_client.get(f"/api/v1/campaigns/{campaign.id}/preview").json()["costs"]
    assert told[0]["amounts"] == [{"currency": "EUR", "amount": "0.09"}]
    assert charlie_client.get(f"/api/v1/campaigns/{campaign.id}/preview").status_code == 404
