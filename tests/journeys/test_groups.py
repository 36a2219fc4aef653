"""A WhatsApp group and a chat another app answers, as an agent sees them."""

from __future__ import annotations

import json
import time
from typing import Any

import requests
from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.hooks import text_message
from tests.journeys.office import PATIENCE_S, Customer, Office
from tests.journeys.stack import sign

GROUP = "Y2FwaV9ncm91cDpqb3VybmV5ZD"
ELSE = "15559990123"


def hears(office: Office, field: str, **value: Any) -> None:
    """The provider tells the first number of something."""
    number = office.stack.tenant("northwind-bank")["channels"][0]
    whole = {"metadata": {"phone_number_id": number["external_id"]}, **value}
    entry = {"id": "1", "changes": [{"field": field, "value": whole}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    headers = sign(number["secret"], body)
    assert requests.post(number["webhook_url"], data=body, headers=headers, timeout=30).status_code == 200


def conversation(office: Office, name: str) -> Customer:
    """The one with this customer, once it is there."""

    def find() -> Any:
        rows = office.hand("mia")("GET", f"threads?view=all&q={name}")["data"]
        return next((row for row in rows if row["customer"]["name"] == name), None)

    row = wait_for(find, PATIENCE_S)
    return Customer("", name, "", id=row["customer"]["id"], thread=row["id"])


def contact(phone: str, name: str) -> dict[str, Any]:
    return {"wa_id": phone, "user_id": f"GB.{phone}", "profile": {"name": name}}


def test_an_agent_reads_who_wrote_in_a_group_and_sees_that_another_app_answers(office: Office) -> None:
    created = {
        "type": "group_create", "group_id": GROUP, "timestamp": str(int(time.time()) - 60),
        "subject": "Harbour tour", "invite_link": "https://chat.whatsapp.com/AbC",
    }  # fmt: skip
    hears(office, "group_lifecycle_update", groups=[created])
    for n, (phone, name) in enumerate([("15559990121", "Omar Sample"), ("15559990122", "Ada Tester")]):
        said = text_message(f"wamid.group.{n}", f"Hello from {name}", phone=phone, group_id=GROUP)
        hears(office, "messages", contacts=[contact(phone, name)], messages=[said])
    heard = text_message("wamid.standby.1", "Open today?", phone=ELSE)
    hears(office, "standby", standby={"contacts": [contact(ELSE, "Elsa Elsewhere")], "messages": [heard]})

    tour, elsa = conversation(office, "Harbour tour"), conversation(office, "Elsa Elsewhere")
    mia = office.desk("mia").open(tour)
    expect(mia.timeline).to_contain_text("People join it by")
    expect(mia.bubble("Hello from Omar").get_by_test_id("writer")).to_have_text("Omar Sample")
    expect(mia.bubble("Hello from Ada").get_by_test_id("writer")).to_have_text("Ada Tester")
    expect(mia.row(tour)).to_contain_text("Ada:")
    expect(mia.at("elsewhere")).to_have_count(0)

    mia.switch(elsa)
    expect(mia.at("elsewhere")).to_contain_text("Another app answers here now")
