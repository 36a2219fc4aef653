"""Northwind Bank's story: a fraud alert two channels could not bring, a call, a customer who says no."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import ARRIVED, CONTOSO, NORTHWIND, PATIENCE_S, Customer, Office
from tests.journeys.test_places import answer_on
from tests.journeys.test_telephone import by_text, channel

ALERT = {
    "first_name": "Amara",
    "amount": {"amount": 124000, "currency": "EUR"},
    "merchant": "ELEKTRO-24 BERLIN",
    "card_end": "4417",
}
#: What the clock of the test does: everything the ladder waits for is due so much earlier.
_LATER = """
UPDATE notifications_notification SET due_at = due_at - %(by)s, armed_at = armed_at - %(by)s
WHERE id = %(id)s;
UPDATE notifications_step SET due_at = due_at - %(by)s WHERE notification_id = %(id)s AND due_at IS NOT NULL;
UPDATE common_workqueue SET due_at = now(), version = version + 1
WHERE tenant_id = %(tenant)s AND queue = 'ladders'
"""


def alert(office: Office, key: str) -> dict[str, Any]:
    found: dict[str, Any] = office.stack.api(NORTHWIND, "GET", f"notifications/{key}").json()["notification"]
    return found


def steps(office: Office, key: str) -> list[str]:
    return [step["state"] for step in alert(office, key)["steps"]]


def a_minute_goes_by(office: Office, key: str) -> None:
    with office.stack.as_owner(NORTHWIND) as cursor:
        values = {"by": "60 seconds", "id": key, "tenant": office.stack.tenant(NORTHWIND)["id"]}
        cursor.execute(_LATER.replace("%(by)s", "%(by)s::interval"), values)


def is_silent(office: Office, customer: Customer) -> None:
    """Nothing on this channel reaches the customer's phone until the far end heals."""
    office.stack.far_end.faults(channel=customer.account, to=customer.phone, deliver=False)


def test_a_fraud_alert_climbs_to_a_call_whose_answer_an_agent_takes_up(office: Office) -> None:
    """Issue 4: WhatsApp silent → SMS after a minute → a call → “2” → the fraud team → WhatsApp again."""
    amara = office.customer("Amara Alerted", "Hello")
    mia = office.desk("mia").go()
    mia.page.get_by_role("link", name=re.compile(r"^Fraud\b")).click()
    phone = office.phone(by_text(office, amara))
    for silent in (amara, by_text(office, amara)):
        is_silent(office, silent)

    body = {"type": "fraud_alert", "to": {"customer_id": amara.id}, "data": ALERT}
    key = office.stack.api(NORTHWIND, "POST", "notifications", json=body).json()["id"]
    wait_for(lambda: alert(office, key)["steps"][0]["status"] == "sent", PATIENCE_S)
    assert steps(office, key) == ["trying", "waiting", "waiting"]
    a_minute_goes_by(office, key)
    wait_for(lambda: alert(office, key)["steps"][1]["status"] == "sent", PATIENCE_S)
    assert steps(office, key) == ["timed_out", "trying", "waiting"]
    a_minute_goes_by(office, key)

    expect(phone.get_by_test_id("call-screen")).to_have_attribute("data-status", "ringing")
    phone.get_by_test_id("call-answer").click()
    expect(phone.get_by_test_id("call-words")).to_contain_text("a payment of € 1,240.00 to ELEKTRO-24 BERLIN")
    phone.get_by_test_id("call-key-2").click()

    expect(mia.rows.first).to_have_attribute("data-testid", f"thread-row-{amara.thread}")
    wait_for(lambda: alert(office, key)["state"] == "answered", PATIENCE_S)
    found, thread = alert(office, key), office.thread(amara)
    assert (found["action"], thread["priority"], thread["status"]) == ("not_me", "urgent", "open")
    assert [channel(office, kind)["id"] for kind in ("whatsapp", "sms", "voice")] == [
        step["channel_id"] for step in found["steps"]
    ]

    office.stack.far_end.heal()
    mia.switch(amara)
    expect(mia.bubble("Not me").last).to_be_visible()
    answer_on(mia, "WhatsApp")
    mia.send("Thank you, Amara. The payment is stopped and a new card is on its way.")
    chat = office.phone(amara)
    expect(chat.locator("[data-wamid]", has_text="The payment is stopped")).to_be_visible()
    expect(mia.bubble("The payment is stopped")).to_have_attribute("data-status", ARRIVED)

    assert office.stack.api(CONTOSO, "GET", f"notifications/{key}").status_code == 404
