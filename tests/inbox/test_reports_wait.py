"""What people write is read before reports on what we sent, however many of those came earlier."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from inbox.channels import adapter_for
from inbox.models import Receipt
from inbox.operations import receipts
from inbox.ports import TellsReports
from tests import hooks
from tests.cast import Cast


def test_a_body_of_statuses_alone_is_told_from_all_others(cast: Cast) -> None:
    adapter = adapter_for("whatsapp")
    assert isinstance(adapter, TellsReports)
    status = hooks.status("wamid.1", "delivered")
    word = hooks.text_message("wamid.2", 'He wrote "statuses": [] and "messages": [')

    def told(**said: Any) -> bool:
        return adapter.only_reports(json.dumps(hooks.webhook(cast.acme_number, **said)).encode())

    assert told(statuses=[status])
    assert not told(messages=[word])
    assert not told(messages=[word], statuses=[status])
    assert not adapter.only_reports(b"{}")


@pytest.mark.django_db(transaction=True)
def test_a_backlog_of_reports_lets_a_message_pass(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = committed_cast.acme_number
    report = hooks.webhook(number, statuses=[hooks.status("wamid.1", "delivered")])
    padded = json.dumps(report).encode() + b" " * 40_000
    for _ in range(12):
        hooks.post(number, padded)
    Receipt.objects.update(only_reports=True)
    first = hooks.post(number, hooks.webhook(number, messages=[hooks.text_message("wamid.9", "Help!")]))
    order: list[list[UUID]] = []
    claim = receipts._claim

    def noted() -> list[Receipt]:
        found = claim()
        order.append([one.id for one in found])
        return found

    monkeypatch.setattr(receipts, "_claim", noted)

    receipts.drain()

    assert order[0][0] == first.id
    assert [len(turn) for turn in order] == [8, 5, 0]
    assert not Receipt.objects.filter(state="new").exists()
