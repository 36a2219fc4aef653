"""Versions of a type in the console: compared, published, rolled back, tried."""

from __future__ import annotations

from django.test import Client

from common.tenancy import tenant_context
from notifications.models import NotificationType
from notifications.queries.types import draft_of, find_type
from tests.cast import Cast
from tests.notifications.forms import inputs, page
from tests.reading import find

HOME = "/console/notifications/"
TYPES = f"{HOME}types/"
FRAUD = f"{TYPES}fraud_alert/"


def test_a_version_is_compared_published_and_rolled_back(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    typed = inputs(page(alice_client, FRAUD))
    alice_client.post(FRAUD, typed | {"whatsapp__text": "Other words"})
    typed = inputs(page(alice_client, FRAUD))
    alice_client.post(FRAUD, typed | {"whatsapp__text": "Better words"})

    asked = page(alice_client, f"{FRAUD}publication/")
    revision = find(r'name="revision" value="(\d+)"', asked)
    stale = alice_client.post(f"{FRAUD}publication/", {"revision": "1"})
    alice_client.post(f"{FRAUD}publication/", {"revision": revision})

    assert "<ins>Better words</ins>" in asked
    assert stale["Location"] == f"{FRAUD}publication/"
    text = page(alice_client, f"{FRAUD}versions/?before=1&after=2")
    assert "/contents/whatsapp/en/text" in text
    back = alice_client.post(f"{FRAUD}publication/", {"version": "1"})
    assert back.status_code == 302
    with tenant_context(cast.acme.id):
        current = find_type("fraud_alert").current
        assert current is not None
        assert current.number == 1
    assert alice_client.get(f"{FRAUD}publication/?version=99").status_code == 404


def test_a_faulty_draft_cannot_be_published_and_can_be_dropped(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    typed = inputs(page(alice_client, FRAUD))
    alice_client.post(FRAUD, typed | {"whatsapp__text": "Hi {{nobody}}"})

    asked = page(alice_client, f"{FRAUD}publication/")
    alice_client.post(f"{FRAUD}publication/", {})

    assert "One thing keeps it from being published" in asked
    assert "WhatsApp, English" in asked
    with tenant_context(cast.acme.id):
        current = find_type("fraud_alert").current
        assert current is not None
        assert current.number == 1
    assert "<b>1 change</b> is lost" in page(alice_client, f"{FRAUD}discard/")
    alice_client.post(f"{FRAUD}discard/")
    with tenant_context(cast.acme.id):
        assert draft_of(fraud) is None
