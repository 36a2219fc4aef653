"""An offer that ends, made in the editor, as the number's provider takes it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from channels_whatsapp.models import Template, TemplateAccount
from tests.cast import Cast
from tests.whatsapp.conftest import found

EDITOR = "/console/templates/"
BODY = {"type": "BODY", "text": "Take a tenth off all shoes this week."}


def offer(text: str = "A tenth off", *, ends: bool = True) -> dict[str, Any]:
    return {
        "type": "LIMITED_TIME_OFFER",
        "limited_time_offer": {"text": text, "has_expiration": ends},
    }


def form(cast: Cast, **changes: str) -> dict[str, str]:
    return {
        "channel": str(cast.acme_number.id), "name": "shoes", "language": "en", "category": "MARKETING",
        "body": BODY["text"], "offer_text": "A tenth off", "offer_ends": "on", "save": "", **changes,
    }  # fmt: skip


def parts_of(row: Template) -> list[dict[str, Any]]:
    assert row.draft
    parts: list[dict[str, Any]] = row.draft["components"]
    return parts


def test_an_offer_is_written_changed_and_taken_out(
    cast: Cast, account: TemplateAccount, alice_client: Client, charlie_client: Client
) -> None:
    alice_client.post(f"{EDITOR}new/", form(cast))
    row = found(cast, "shoes")
    assert parts_of(row) == [BODY, offer()]
    page = alice_client.get(f"{EDITOR}{row.id}/change/").content.decode()
    assert 'value="A tenth off"' in page
    assert 'name="offer_ends" checked' in page
    assert "<span>counts down" in page

    changes = form(cast, version=str(row.version), offer_text="Two for one")
    del changes["offer_ends"]
    alice_client.post(f"{EDITOR}{row.id}/change/", changes)
    row = found(cast, "shoes")
    assert parts_of(row) == [BODY, offer("Two for one", ends=False)]
    assert "<span>counts down" not in alice_client.get(f"{EDITOR}{row.id}/change/").content.decode()

    alice_client.post(f"{EDITOR}{row.id}/change/", form(cast, version=str(row.version), offer_text=""))
    assert parts_of(found(cast, "shoes")) == [BODY]
    assert charlie_client.get(f"{EDITOR}{row.id}/change/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"offer_text": "A tenth off everything"}, "22 characters"),
        ({"category": "UTILITY"}, "A limited offer is marketing."),
        ({"footer": "Until Sunday"}, "A limited offer has no footer."),
        ({"header": "TEXT", "header_text": "Shoes"}, "A limited offer takes no such header."),
    ],
)
def test_what_no_offer_may_be_is_said_while_one_types(
    cast: Cast, account: TemplateAccount, alice_client: Client, changes: dict[str, str], said: str
) -> None:
    right = alice_client.post(f"{EDITOR}check/", form(cast)).content.decode()
    wrong = alice_client.post(f"{EDITOR}check/", form(cast, **changes)).content.decode()

    assert said in wrong
    assert right.count("circle-alert") < wrong.count("circle-alert")
