"""A named notification's whole life in a browser: installed, edited, published, tried, answered, told."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.journeys.office import NORTHWIND, Customer, Office

TYPES = "/console/notifications/types/"


@pytest.fixture
def console(office: Office) -> Page:
    """Mia's window on the list of types."""
    return office.page("mia", TYPES)


def _write(page: Page) -> None:
    """New words for texts, with one mistake that is said beside the field."""
    text, said = page.locator("[name=sms__text]"), page.locator("[id='e-sms__text']")
    text.fill("See you {{nowhere}}")
    expect(said).to_contain_text("{{nowhere}} is not declared as a variable.")
    expect(page.get_by_test_id("previews")).to_contain_text("See you nowhere")
    text.fill("")
    text.press_sequentially("Are you coming, {{")
    page.locator(".slots button").first.press("Enter")  # by keyboard: the first variable
    text.press_sequentially("? Answer 1 or 2.")
    expect(said).to_be_empty()
    expect(page.get_by_test_id("previews")).to_contain_text("Are you coming, Amara? Answer 1 or 2.")


def _publish(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Publish v")).click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".notices")).to_contain_text("is in use.")


def _try(page: Page, phone: str) -> None:
    page.get_by_role("link", name="Test send").click()
    page.get_by_label("Phone number").fill(f"+{phone}")
    page.get_by_role("button", name="Send the test").click()


def test_a_type_from_the_starter_set_to_an_answer(office: Office, console: Page) -> None:
    """B2, B4, B5, B6, B8, B10, B11, B12: all an admin does with a type before the first real one goes."""
    page, number = console, office.fresh_number()
    page.get_by_role("button", name="Install Appointment reminder").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Appointment reminder")
    page.get_by_role("link", name="Ladder", exact=True).click()
    page.get_by_role("button", name="Remove rung 1").click()  # its template is not approved here
    expect(page.locator(".rung")).to_have_count(1)
    page.get_by_role("link", name=re.compile("^Content")).click()
    _write(page)
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator(".notices")).to_contain_text("Nothing changes for customers yet.")
    _publish(page)

    _try(page, number)
    state = page.locator("#story .chip[data-state]")
    expect(state).to_have_attribute("data-state", re.compile("delivered|read"))
    expect(page.locator("#story [data-kind=attempt]")).to_contain_text(
        "Are you coming, •••?"
    )  # a name is personal
    texts = next(one for one in office.stack.tenant(NORTHWIND)["channels"] if one["kind"] == "sms")
    phone = office.phone(Customer(number, "", texts["external_id"]))
    expect(phone.locator("li.m.them").last).to_contain_text("Are you coming, Amara?")
    phone.get_by_test_id("phone-composer").fill("1")
    phone.keyboard.press("Enter")

    expect(page.locator("#story [data-kind=answer]")).to_contain_text("Answered")
    expect(state).to_have_attribute("data-state", "answered")
    page.goto(f"{office.stack.url}{TYPES}?q=appointment")
    expect(page.locator("[data-label=Sent]")).to_have_text("0")  # a test is in no figure
    page.goto(f"{office.stack.url}/console/notifications/log/?type=appointment_reminder&test=yes")
    expect(page.locator("[data-state=answered]")).to_be_visible()


def test_a_changed_text_asks_before_it_is_left(office: Office, console: Page) -> None:
    """B30"""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    console.on("dialog", stay)
    console.goto(f"{office.stack.url}{TYPES}fraud_alert/")

    console.locator("[name=sms__text]").fill("Changed")
    console.evaluate("location.assign('/console/')")
    expect(console.locator("[name=sms__text]")).to_have_value("Changed")

    assert asked == ["beforeunload"]


def test_a_ladder_is_climbed_and_changed_without_scripts(office: Office) -> None:
    """B10, B32"""
    page = office.page("mia", f"{TYPES}fraud_alert/ladder/", java_script_enabled=False)

    page.locator("#fate1").select_option("answered")
    page.get_by_role("button", name="Show what happens").click()

    expect(page.locator(".moments")).to_have_attribute("data-end", "answered")
    expect(page.locator(".moments time")).to_have_text(["0:00", "1:00", "1:00", "1:00"])
