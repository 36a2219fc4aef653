"""Direct Send at the far end: what reaches a phone outside the window, what it costs, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pywa.client import WhatsApp
from pywa.types.message_status import MessageStatus

from tests.simulator.conftest import Business
from tests.simulator.receiver import eventually
from tests.simulator.test_pywa import client as client

BUTTON = {"type": "reply", "reply": {"id": "yes", "title": "Yes"}}
CHOICE = {"type": "button", "body": {"text": "Is that right?"}, "action": {"buttons": [BUTTON]}}
ROWS = [{"title": "Days", "rows": [{"id": "mon", "title": "Monday"}]}]
LIST = {"type": "list", "body": {"text": "When?"}, "action": {"button": "Choose", "sections": ROWS}}
LOCATION = {"latitude": "1", "longitude": "2"}


def code(answer: Any) -> int:
    return int(answer.json()["error"]["code"])


def test_a_text_and_a_choice_reach_somebody_who_never_wrote_and_cost_as_utility(
    business: Business, client: WhatsApp
) -> None:
    text = business.send(text="Your order is ready.", category="utility", ttl_seconds=600)
    choice = business.send(type="interactive", interactive=CHOICE, category="UTILITY")

    assert (text.status_code, choice.status_code) == (200, 200)
    eventually(lambda: len([one for one in business.outbox() if one.get("received_at")]) == 2)
    sent = text.json()["messages"][0]["id"]
    eventually(lambda: "delivered" in business.states(sent))
    told = next(value for value in business.hook.values() if "pricing" in value.get("statuses", [{}])[0])
    entry = {"id": business.waba_id, "changes": [{"field": "messages", "value": told}]}
    body: Any = {"entry": [entry]}
    heard: MessageStatus[Any] = MessageStatus.from_update(client, body)
    assert heard.pricing
    assert (heard.pricing.category, heard.pricing.billable) == ("utility", True)


@pytest.mark.parametrize(
    ("said", "setting", "expected"),
    [
        ({"text": "Ready"}, "off", 100),
        ({"text": "Ready"}, "blocked", 139200),
        ({"text": "x" * 1025}, "on", 100),
        ({"text": "Ready", "category": "marketing"}, "on", 100),
        ({"text": "Ready", "ttl_seconds": 10}, "on", 100),
        ({"text": "Ready", "category": "", "ttl_seconds": 60}, "on", 100),
        ({"type": "location", "location": LOCATION}, "on", 100),
        ({"type": "interactive", "interactive": LIST}, "on", 100),
    ],
)
def test_what_cannot_go_so_is_refused_at_once(
    business: Business, said: dict[str, Any], setting: str, expected: int
) -> None:
    business.put(direct_send=setting)

    answer = business.send(**{"category": "utility", **said})

    assert (answer.status_code, code(answer)) == (400, expected)


def test_without_a_category_the_window_is_as_closed_as_ever(business: Business) -> None:
    sent = business.sent(text="Hello?")

    eventually(lambda: business.states(sent) == ["failed"])
