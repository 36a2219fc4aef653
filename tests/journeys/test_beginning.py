"""Writing first: to a number nobody knows, to a customer who was silent; and the addresses of a customer."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Locator, expect

from tests.far_end import wait_for
from tests.journeys.office import NORTHWIND, PATIENCE_S, Desk, Office


def begin(desk: Desk, text: str) -> Locator:
    """Press the key, type into the field of the dialog; the people it offers."""
    desk.press("c")
    field = desk.at("begin-search")
    expect(field).to_be_focused()
    field.fill(text)
    return desk.at("begin-people").get_by_role("button")


def test_a_conversation_is_begun_with_a_number_and_with_a_customer_who_was_silent(office: Office) -> None:
    office.eyes.forgive("409 (Conflict)")
    number = office.fresh_number()
    mia = office.desk("mia").go()
    mia.rows.first.wait_for()

    begin(mia, number[2:7])
    expect(mia.page.get_by_text("Write the whole number with its country code")).to_be_visible()
    mia.at("begin-search").fill(f"+{number}")
    mia.at("begin-people").get_by_role("button").filter(has_text=number[-6:]).click()
    mia.page.get_by_label("Name, if you know it").fill("Nora New")
    expect(mia.at("begin-channel").locator("option:checked")).to_contain_text("SMS")  # needs no template
    mia.at("begin-text").fill("Hello Nora, this is your bank.")
    mia.at("begin-send").click()

    expect(mia.bubble("Hello Nora, this is your bank.")).to_be_visible()
    expect(mia.page.get_by_role("heading", name="Nora New", exact=True)).to_be_visible()
    wait_for(
        lambda: (
            [one["text"] for one in office.stack.far_end.outbox(number)] == ["Hello Nora, this is your bank."]
        ),
        PATIENCE_S,
    )

    old = office.customer("Olga Silent", "Long ago", at=int(time.time()) - 30 * 3600)
    begin(mia, "Olga Silent").first.click()
    channels = mia.at("begin-channel")
    whatsapp = channels.locator("option").filter(has_text=re.compile("WhatsApp.*templates only"))
    channels.select_option(whatsapp.first.get_attribute("value"))
    dialog = mia.page.get_by_role("dialog", name="New conversation")
    dialog.get_by_test_id("template-hello_world").first.click()
    dialog.get_by_test_id("send").click()
    mia.shows(old)
    wait_for(
        lambda: "template" in [one["kind"] for one in office.stack.far_end.outbox(old.phone)], PATIENCE_S
    )


def test_an_address_is_added_removed_or_leads_to_whoever_has_it(office: Office) -> None:
    office.eyes.forgive("409 (Conflict)")
    vera = office.customer("Vera Second", "I have two phones")
    twin = office.customer("Vera Third", "This is the other one")
    fresh = office.fresh_number()
    mia = office.desk("mia").open(vera)

    mia.at("addresses").click()
    number = mia.at("address-text")
    expect(number).to_be_focused()
    number.fill(fresh[2:])
    mia.at("address-save").click()
    expect(mia.page.get_by_role("alert")).to_contain_text("country code")
    number.fill(f"+{fresh}")
    mia.at("address-save").click()
    remove = mia.page.get_by_role("button", name=re.compile(rf"Remove .*{fresh[-6:]}"))
    expect(remove).to_be_visible()
    expect(mia.at("customer-panel")).to_contain_text(fresh[-6:])
    remove.click()
    expect(remove).to_have_count(0)
    expect(mia.at("customer-panel")).not_to_contain_text(fresh[-6:])

    number.fill(f"+{twin.phone}")
    mia.at("address-save").click()
    expect(mia.at("address-taken")).to_contain_text("Vera Third")
    mia.page.get_by_role("button", name="Merge with Vera Third").click()
    expect(mia.at("merge-preview")).to_contain_text("1 conversation")
    assert office.stack.api(NORTHWIND, "GET", f"customers/{twin.id}").json()["id"] == twin.id
