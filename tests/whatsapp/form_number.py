"""A number of Acme whose forms are answered by a business's own system, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels_whatsapp.form_crypto import new_pair
from channels_whatsapp.operations import form_keys
from common.tenancy import tenant_context
from inbox.models import Delivery
from inbox.operations.departures import claim
from tests.api.conftest import customer_writes, program_of
from tests.cast import ACME_ACCOUNT, APP_SECRET, Cast
from tests.far_end import FarEnd
from tests.whatsapp.conftest import graph
from tests.whatsapp.forms import Business, Json, Phone, running_business, signature
from tests.whatsapp.test_form_key import words

EDGE = f"{ACME_ACCOUNT}/whatsapp_business_encryption"
FIRST = new_pair()
NOBODY = "0190a0c4-0000-7000-8000-000000000001"


@pytest.fixture(scope="module")
def business_() -> Iterator[Business]:
    with running_business() as found:
        yield found


@pytest.fixture
def business(business_: Business) -> Business:
    business_.heard.clear()
    business_.answer = Business().answer
    return business_


@dataclass
class Number:
    """Acme's number with a key made here, and what asks and answers around it."""

    cast: Cast
    provider: FarEnd
    business: Business
    admin: Client

    @property
    def page(self) -> str:
        return f"/console/channels/{self.cast.acme_number.id}/form-key/"

    @property
    def hook(self) -> str:
        return f"/hooks/whatsapp/{self.cast.acme_number.id}/forms/"

    @property
    def public_key(self) -> str:
        """As WhatsApp has it."""
        return str(graph(self.provider, "GET", EDGE).json()["data"][0]["business_public_key"])

    def makes_key(self) -> str:
        self.admin.post(f"{self.page}making/")
        return self.public_key

    def names_system(self, url: str) -> str:
        """The secret, as the next page shows it."""
        shown = self.admin.post(f"{self.page}address/", {"url": url}, follow=True).content.decode()
        return next((word for word in shown.replace("<", ">").split(">") if word.startswith("whsec_")), "")

    def asked(self, said: Json, phone: Phone | None = None, secret: str = APP_SECRET) -> Any:
        """WhatsApp asks; (status, what the phone reads)."""
        phone = phone or Phone(self.public_key)
        body = phone.says(said)
        answer = self.posts(body, secret=secret)
        return answer.status_code, phone.reads(
            answer.content
        ) if answer.status_code == 200 else answer.content

    def posts(self, body: bytes, *, secret: str = APP_SECRET, hook: str = "") -> Any:
        return Client().generic(
            "POST", hook or self.hook, body, "application/json", headers=signature(body, secret)
        )

    def shows(self) -> str:
        """The page, as text."""
        return words(self.admin.get(self.page))


@pytest.fixture
def number(cast: Cast, provider: FarEnd, business: Business, alice_client: Client) -> Number:
    provider.register(ACME_ACCOUNT, form_key="")
    found = Number(cast, provider, business, alice_client)
    with pytest.MonkeyPatch.context() as patch:  # a pair takes a fifth of a second: one for all
        patch.setattr(form_keys, "new_pair", lambda: FIRST)
        found.makes_key()
    found.names_system(business.url)
    return found


def acme_writes_a_form(number: Number, **content: Any) -> tuple[Any, str]:
    """(the message, its token) as it leaves."""
    said = customer_writes(number.cast.acme_number, "Hello")
    form = {"type": "flow", "flow_id": "77", "title": "Book", **content}
    path, body = (
        f"threads/{said.thread_id}/messages",
        {"kind": "interactive", "text": "Book", "content": form},
    )
    sent = program_of(number.cast.acme).post(path, body).data
    return sent, leaves(number, sent["id"])


def leaves(number: Number, message_id: str) -> str:
    """A worker takes the message up; returns the id of this send."""
    with tenant_context(number.cast.acme.id):
        # To PostgreSQL it is still the moment at which the test began.
        Delivery.objects.update(due_at=timezone.now() - timedelta(hours=1))
        claim(10, {})
        return str(Delivery.objects.get(message_id=message_id).id)
