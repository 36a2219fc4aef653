"""What a preview is filled with: examples, long values, or what was sent lately without what is personal."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from common.tenancy import tenant_context
from notifications.models import NotificationType
from notifications.queries.samples import RECENT, samples_of
from tests.cast import Cast
from tests.notifications.conftest import DATA, VARIABLES, ask, make_type, send
from tests.notifications.forms import inputs, page

FRAUD = "/console/notifications/types/fraud_alert/"

pytestmark = pytest.mark.django_db


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
