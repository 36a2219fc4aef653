"""A customer's number moved to another phone: nobody hears a word until somebody has made sure who it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.office import NORTHWIND, Office


@pytest.fixture
def is_checked(office: Office) -> Iterator[None]:
    """The bank has its number check people."""
    account = office.stack.account(NORTHWIND)
    channels = office.hand("mia")("GET", "channels")["data"]
    (number,) = [one["id"] for one in channels if one["external_id"] == account]
    path = f"whatsapp/numbers/{number}/settings"
    office.hand("mia")("PATCH", path, {"identity_check": True})
    yield
    office.hand("mia")("PATCH", path, {"identity_check": False})


def test_an_answer_waits_until_the_customer_is_confirmed(office: Office, is_checked: None) -> None:
    ida = office.customer("Ida Newphone", "What is my balance?")
    mia, ben = office.desk("mia").open(ida), office.desk("ben").open(ida)
    expect(mia.at("identity")).to_have_count(0)

    phone = office.phone(ida)
    phone.get_by_test_id("new-phone").click()
    expect(phone.locator(".toast")).to_have_text("The number is on another phone now.")
    office.says(ida, text="It is me, from my new phone")

    for desk in (mia, ben):
        expect(desk.at("identity")).to_contain_text("The security code of Ida Newphone on WhatsApp changed")
        expect(desk.timeline).to_contain_text("The security code of Ida Newphone changed")
    mia.send("It is 1,204.50.")
    expect(mia.bubble("It is 1,204.50.")).to_have_attribute("data-status", "held")
    expect(mia.timeline).to_contain_text("it may be another person")
    assert office.got(ida) == []

    ben.at("confirm-identity").click()

    expect(ben.at("identity")).to_have_count(0)
    expect(mia.at("identity")).to_have_count(0)
    expect(phone.locator("[data-wamid]", has_text="It is 1,204.50.")).to_be_visible()
    expect(mia.timeline).to_contain_text("confirmed that it is the same person")
