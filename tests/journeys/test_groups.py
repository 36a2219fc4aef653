"""A WhatsApp group and a chat another app answers, as an agent sees them."""

from __future__ import annotations

import json
import re
from typing import Any

import requests
from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.hooks import text_message
from tests.journeys.office import NORTHWIND, PATIENCE_S, Customer, Office
from tests.journeys.stack import sign

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


def test_a_group_from_made_to_answered(office: Office) -> None:
    """People join by the link and write as themselves; the agent sees who did, and the answer reaches all."""
    far_end, account = office.stack.far_end, office.stack.account(NORTHWIND)
    people = [{"from": "15559990121", "name": "Omar Sample"}, {"from": "15559990122", "name": "Ada Tester"}]
    said = {"channel": account, "subject": "Harbour tour", "members": people}
    group = far_end._call("POST", "/control/groups", said)["id"]
    phone = office.phone(Customer(group, "Harbour tour", account))
    for name in ("Omar Sample", "Ada Tester"):
        phone.get_by_test_id("write-as").select_option(label=name)
        phone.get_by_test_id("phone-composer").fill(f"Hello from {name}")
        phone.get_by_test_id("phone-send").click()
    expect(phone.get_by_test_id("writer")).to_have_text(["Omar Sample", "Ada Tester"])

    tour = conversation(office, "Harbour tour")
    mia = office.desk("mia").open(tour)
    expect(mia.timeline).to_contain_text("People join it by")
    expect(mia.timeline).to_contain_text("joined by the invite link")
    expect(mia.bubble("Hello from Omar").get_by_test_id("writer")).to_have_text("Omar Sample")
    expect(mia.bubble("Hello from Ada").get_by_test_id("writer")).to_have_text("Ada Tester")
    expect(mia.row(tour)).to_contain_text("Ada:")
    expect(mia.at("elsewhere")).to_have_count(0)
    mia.send("We meet at the pier.")

    expect(phone.locator("li.m.them")).to_contain_text("We meet at the pier.")
    ours = mia.page.locator("[data-testid=message][data-direction=outbound]").last
    expect(ours).to_have_attribute("data-status", re.compile("delivered|read"))


def test_an_agent_sees_that_another_app_answers(office: Office) -> None:
    heard = text_message("wamid.standby.1", "Open today?", phone=ELSE)
    hears(office, "standby", standby={"contacts": [contact(ELSE, "Elsa Elsewhere")], "messages": [heard]})

    mia = office.desk("mia").open(conversation(office, "Elsa Elsewhere"))

    expect(mia.at("elsewhere")).to_contain_text("Another app answers here now")
