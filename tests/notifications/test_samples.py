"""What a preview is filled with: examples, long values, or what was sent lately without what is personal."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from common.tenancy import tenant_context
from events.models import Change
from inbox.operations.authors import Author
from notifications.models import NotificationType, SampleSet
from notifications.operations.samples import keep_samples
from notifications.operations.types import publish_draft, save_draft
from notifications.queries.samples import RECENT, samples_of
from tests.cast import Cast
from tests.notifications.conftest import DATA, VARIABLES, ask, make_type, send
from tests.notifications.forms import inputs, page

FRAUD = "/console/notifications/types/fraud_alert/"

pytestmark = pytest.mark.django_db


JSON = "application/json"


@pytest.fixture
def fraud(cast: Cast) -> NotificationType:
    with tenant_context(cast.acme.id):
        named = make_type(cast.alice)
        send(cast.alice, ask(named, data=DATA | {"first_name": "Grace", "merchant": "BOOKS & CO"}))
        send(cast.alice, ask(named, data=DATA | {"merchant": "A TEST"}, is_test=True))
        return named


def test_what_was_sent_is_previewed_without_what_is_personal(
    cast: Cast, fraud: NotificationType, alice_client: Client
) -> None:
    text = page(alice_client, FRAUD)
    [key] = re.findall(r'<option value="([0-9a-f-]{36})">Sent', text)

    shown = alice_client.post(f"{FRAUD}preview/", inputs(text) | {"sample": key}).content.decode()

    assert '<span class="val" dir="auto">BOOKS &amp; CO</span>' in shown
    assert '<span class="val" dir="auto">•••</span>' in shown
    assert "Grace" not in shown


def test_the_newest_are_offered_and_a_stranger_key_means_the_examples(
    cast: Cast, fraud: NotificationType
) -> None:
    with tenant_context(cast.acme.id):
        send(cast.alice, *(ask(fraud) for _ in range(RECENT)))

        found = samples_of(fraud, VARIABLES, "en", "another")

        assert (found.chosen, found.values["first_name"]) == ("", "Amara")
        assert [key for key, _ in found.choices[:2]] == ["", "longest"]
        assert len(found.choices) == 2 + RECENT


def test_a_draft_that_calls_more_personal_hides_it_and_keeps_what_still_fits(
    cast: Cast, fraud: NotificationType
) -> None:
    variables: list[dict[str, Any]] = [
        VARIABLES[0],
        {**VARIABLES[1], "personal": True},
        {"name": "merchant", "type": "money", "example": {"amount": 100, "currency": "EUR"}},
        {"name": "city", "type": "text", "example": "Lisbon"},
    ]
    with tenant_context(cast.acme.id):
        key = samples_of(fraud, variables, "en", "").choices[-1][0]

        found = samples_of(fraud, variables, "en", key).values

    assert found == {"first_name": "•••", "amount": "•••", "merchant": "BOOKS & CO", "city": "Lisbon"}


# ---------------------------------------------------------------- sets with a name


SETS = "/api/v1/notification_types/fraud_alert/samples"
LONG = {"merchant": "ELEKTRO-24 Hauptbahnhof", "amount": {"amount": 99, "currency": "EUR"}}


def test_values_are_kept_under_a_name_and_preview_and_test_begin_with_them(
    cast: Cast, fraud: NotificationType, alice_client: Client
) -> None:
    trial = f"{FRAUD}test/"
    fields = inputs(page(alice_client, trial))
    typed = fields | {"value_merchant": "ELEKTRO-24 Hauptbahnhof", "value_first_name": "Grace Hopper"}
    kept = alice_client.post(
        trial, typed | {"phone": "", "set_name": " Long  shop ", "keep": "1"}, follow=True
    )

    assert "The values are kept as “Long shop”" in kept.content.decode()
    with tenant_context(cast.acme.id):
        row = SampleSet.objects.get()
        assert "first_name" not in row.data
        assert "Grace" not in str(Change.objects.get(action="notification_type.samples_kept").after)
    again = inputs(page(alice_client, f"{trial}?samples={row.id}"))
    assert again["value_merchant"] == "ELEKTRO-24 Hauptbahnhof"
    assert again["value_first_name"] == "Amara"
    shown = alice_client.post(f"{FRAUD}preview/", inputs(page(alice_client, FRAUD)) | {"sample": str(row.id)})
    assert "ELEKTRO-24 Hauptbahnhof" in shown.content.decode()


def test_a_set_refuses_what_is_personal_what_does_not_fit_and_what_nobody_knows(
    fraud: NotificationType, alice_client: Client, bob_client: Client, charlie_client: Client
) -> None:
    wrong = {"first_name": "Grace", "card_end": "x" * 99, "city": "Lisbon"}

    refused = alice_client.put(SETS, {"name": "Bad", "data": wrong}, content_type=JSON).json()
    kept = alice_client.put(SETS, {"name": "Good", "data": LONG}, content_type=JSON).json()["data"]

    assert [one["pointer"] for one in refused["errors"]] == [
        "/data/first_name",
        "/data/card_end",
        "/data/city",
    ]
    assert "This is personal" in refused["errors"][0]["detail"]
    assert [(one["name"], one["data"]) for one in kept] == [("Good", LONG)]
    assert bob_client.put(SETS, {"name": "Mine", "data": {}}, content_type=JSON).status_code == 403
    assert charlie_client.get(SETS).status_code == 404
    assert charlie_client.post(f"{FRAUD}samples/{kept[0]['id']}/removal/").status_code == 404
    assert alice_client.post(f"{FRAUD}samples/{kept[0]['id']}/removal/").status_code == 302
    assert alice_client.get(SETS).json() == {"data": []}


def test_what_is_called_personal_later_is_hidden_everywhere(
    cast: Cast, fraud: NotificationType, alice_client: Client
) -> None:
    with tenant_context(cast.acme.id):
        by = Author.of(cast.alice)
        row = keep_samples(named=fraud, name="Shop", data=LONG, by=by)
        marked = [{**one, "personal": one["name"] != "amount"} for one in VARIABLES]
        save_draft(named=fraud, by=by, variables=marked)
        publish_draft(named=fraud, by=by)

        found = samples_of(fraud, marked, "en", str(row.id)).values

    assert found["merchant"] == "•••"
    assert alice_client.get(SETS).json()["data"][0]["data"]["merchant"] == "•••"
    assert "Hauptbahnhof" not in page(alice_client, f"{FRAUD}test/?samples={row.id}")
