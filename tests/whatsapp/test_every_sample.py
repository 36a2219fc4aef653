"""Every recorded webhook, posted twice and in any order: the second copy changes nothing, nothing is lost."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from common.tenancy import tenant_context
from inbox.models import Channel, Message, MessageChange, MessageStatus, Reaction, ReceiptOutcome
from inbox.operations.receipts import drain
from tenants.models import Tenant
from tests.cast import ACME_ACCOUNT, Cast
from tests.hooks import post

pytestmark = pytest.mark.django_db(transaction=True)

FOLDER = Path(__file__).parents[2] / "channels_whatsapp" / "tests" / "fixtures"
PATHS = sorted(FOLDER.iterdir())
BODIES = [path.read_bytes() for path in PATHS]
#: Two samples end the same call in two ways, which none does; the one that comes first is believed.
OTHER_END = "56_call_terminate_missed.json"


def hear(channel: Channel, bodies: list[bytes]) -> None:
    """As they come, some at once; the samples are of Acme's number."""
    for n, body in enumerate(bodies, 1):
        post(channel, body.replace(ACME_ACCOUNT.encode(), channel.external_id.encode()))
        if n % 9 == 0 or n == len(bodies):
            drain()


def kept(tenant: Tenant) -> dict[str, list[Any]]:
    """Everything people can see of it, without the ids we gave."""
    with tenant_context(tenant.id):
        messages = Message.objects.values_list(
            "direction", "external_id", "kind", "text", "reply_to", "sent_at", "edited_at", "revoked_at",
            "author_name", "thread__customer__name",
        )  # fmt: skip
        return {
            "messages": sorted(messages, key=str),
            "reports": sorted(
                MessageStatus.objects.values_list("external_id", "word", "participant"), key=str
            ),
            "reactions": sorted(Reaction.objects.values_list("target", "emoji"), key=str),
            "changes": sorted(MessageChange.objects.values_list("external_id", "target", "change"), key=str),
        }


def outcomes(tenant: Tenant) -> Counter[str]:
    with tenant_context(tenant.id):
        rows = ReceiptOutcome.objects.values_list("stored", "duplicate", "ignored", "quarantined")
        names = ("stored", "duplicate", "ignored", "quarantined")
        return sum((Counter(dict(zip(names, row, strict=True))) for row in rows), Counter())


def test_every_sample_twice_changes_nothing_the_second_time(committed_cast: Cast) -> None:
    hear(committed_cast.acme_number, BODIES)
    once, counted = kept(committed_cast.acme), outcomes(committed_cast.acme)
    hear(committed_cast.acme_number, BODIES)

    assert kept(committed_cast.acme) == once
    assert len(once["messages"]) > 30
    assert counted["quarantined"] == 0
    assert outcomes(committed_cast.acme)["quarantined"] == 0


def test_every_sample_in_any_order_tells_the_same(committed_cast: Cast) -> None:
    possible = [path.read_bytes() for path in PATHS if path.name != OTHER_END]
    shuffled = [*possible, *possible]
    random.Random(1).shuffle(shuffled)
    hear(committed_cast.acme_number, possible)
    hear(committed_cast.globex_number, shuffled)

    acme, globex = kept(committed_cast.acme), kept(committed_cast.globex)
    without_names = [[row[:-1] for row in found["messages"]] for found in (acme, globex)]
    assert without_names[0] == without_names[1]
    assert {key: acme[key] for key in ("reports", "reactions", "changes")} == {
        key: globex[key] for key in ("reports", "reactions", "changes")
    }
