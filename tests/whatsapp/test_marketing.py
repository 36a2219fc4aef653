"""Marketing that nobody would ever get is refused before it leaves."""

from __future__ import annotations

from typing import Any

import pytest

from channels_whatsapp.countries import why_barred
from channels_whatsapp.models import TemplateAccount
from inbox.ports import PHONE, Claim
from tests.api.caller import Caller
from tests.api.conftest import program_of
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd, wait_for
from tests.whatsapp.conftest import found, graph

AMERICAN = "+12125550143"
PARTS: list[dict[str, Any]] = [
    {
        "type": "header",
        "parameters": [{"type": "image", "image": {"link": "https://acme.example/a.png"}}],
    },
    {"type": "body", "parameters": [{"type": "text", "text": "Ada"}, {"type": "text", "text": "20"}]},
]
OFFER = {"name": "spring_offer", "language": "pt_BR", "components": PARTS}


@pytest.mark.parametrize(
    ("kind", "value", "category", "is_barred"),
    [
        (PHONE, AMERICAN, "marketing", True),
        (PHONE, AMERICAN, "utility", False),
        (PHONE, "+14165550143", "marketing", False),  # Canada shares the code
        (PHONE, "+447700900123", "marketing", False),
        (PHONE, "+1", "marketing", False),
        ("whatsapp_id", "US.48291", "marketing", True),
        ("whatsapp_id", "GB.48291", "marketing", False),
        ("whatsapp_group", "US.48291", "marketing", True),
    ],
)
def test_numbers_of_the_united_states_get_no_marketing(
    kind: str, value: str, category: str, is_barred: bool
) -> None:
    assert bool(why_barred(to=Claim(kind, value), category=category)) == is_barred


@pytest.fixture
def program(cast: Cast) -> Caller:
    return program_of(cast.acme)


def offer_to(program: Caller, phone: str) -> Any:
    return program.post("messages", {"to": {"phone": phone}, "template": OFFER, "client_ref": phone})


@pytest.mark.django_db
def test_an_offer_to_new_york_is_refused_with_the_reason_and_one_to_london_is_taken(
    cast: Cast, account: TemplateAccount, program: Caller
) -> None:
    assert found(cast, "spring_offer").category == "MARKETING"

    refused, taken = offer_to(program, AMERICAN), offer_to(program, "+447700900177")

    assert (refused.status, refused.code) == (422, "no_address")
    assert "no marketing to numbers of the United States" in refused.data["detail"]
    assert taken.status == 201


@pytest.mark.django_db
def test_the_provider_takes_it_and_reports_that_it_failed(cast: Cast, provider: FarEnd) -> None:
    image = {"type": "image", "image": {"link": f"{provider.url}/samples/photo"}}
    parts = [{"type": "header", "parameters": [image]}, PARTS[1]]
    template = {"name": "spring_offer", "language": {"code": "pt_BR"}, "components": parts}
    body = {"messaging_product": "whatsapp", "to": AMERICAN, "type": "template", "template": template}

    sent = graph(provider, "POST", f"{ACME_ACCOUNT}/messages", json=body).json()["messages"][0]["id"]

    def fate() -> Any:
        rows = provider._call("GET", f"/control/outbox?to={AMERICAN[1:]}&all=1")["data"]
        return next((row for row in rows if row["provider_id"] == sent and row["status"] == "failed"), None)

    assert wait_for(fate)["error"]["code"] == 131049
