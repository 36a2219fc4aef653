"""Callers of the API: Alice and Bob of Acme, Charlie of Globex, and programs with keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from common.tenancy import tenant_context
from inbox.models import Channel, Message, Thread
from inbox.operations.receipts import drain
from tenants.models import Tenant
from tenants.operations.keys import create_api_key
from tenants.permissions import SCOPES
from tests import hooks
from tests.api.caller import Caller
from tests.cast import Cast

Writes = Callable[..., Message]


@pytest.fixture
def alice_calls(alice_client: Client) -> Caller:
    return Caller(alice_client)


@pytest.fixture
def bob_calls(bob_client: Client) -> Caller:
    return Caller(bob_client)


@pytest.fixture
def charlie_calls(charlie_client: Client) -> Caller:
    return Caller(charlie_client)


def program_of(tenant: Tenant, *scopes: str) -> Caller:
    """A program with a fresh key; by default with every scope."""
    with tenant_context(tenant.id):
        _, presented = create_api_key(name="Shop", scopes=scopes or SCOPES)
    return Caller(Client(), presented)


@pytest.fixture
def program(cast: Cast) -> Caller:
    """A program of Acme."""
    return program_of(cast.acme)


@pytest.fixture
def stranger(cast: Cast) -> Caller:
    """A program of Globex."""
    return program_of(cast.globex)


def customer_writes(
    channel: Channel, text: str, *, phone: str = hooks.PHONE, name: str = "Ada Tester", **extra: Any
) -> Message:
    """A customer writes: the stored message, all the way from the webhook's body."""
    message_id = _post(channel, text, phone=phone, name=name, **extra)
    drain()
    with tenant_context(channel.tenant_id):
        found: Message = Message.objects.select_related("thread").get(external_id=message_id)
        return found


def customers_write(channel: Channel, *said: dict[str, Any]) -> list[Message]:
    """Several write, one after the other, before anybody looks: what `customer_writes` takes, for each."""
    ids = [_post(channel, **one) for one in said]
    drain()
    with tenant_context(channel.tenant_id):
        found = {one.external_id: one for one in Message.objects.select_related("thread")}
    return [found[message_id] for message_id in ids]


def _post(channel: Channel, text: str, *, phone: str, name: str, **extra: Any) -> str:
    message_id: str = extra.pop("message_id", f"wamid.{uuid4().hex}")
    message = hooks.text_message(message_id, text, phone=phone, **extra)
    hooks.post(channel, hooks.webhook(channel, messages=[message], name=name))
    return message_id


@pytest.fixture
def writes(cast: Cast) -> Writes:
    """A customer writes to Acme."""
    return partial(customer_writes, cast.acme_number)


@pytest.fixture
def thread(writes: Writes) -> Thread:
    """Ada has written to Acme."""
    return writes("My card is gone").thread
