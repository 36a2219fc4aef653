"""A named notification's whole life in a browser: installed, edited, published, tried, answered, told."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.office import NORTHWIND, Customer, Office

TYPES = "/console/notifications/types/"
KEY = "delivery"


@pytest.fixture
def console(office: Office) -> Iterator[Page]:
    """Mia's window on the list of types."""
    page = office.browser("mia").new_page()
    page.goto(f"{office.stack.url}{TYPES}")
    yield page
    page.close()


def _write(page: Page) -> None:
    """New words for texts and calls, with one mistake that is said beside the field."""
    text = page.locator("[name=sms__text]")
    before = text.input_value()
    text.fill(f"{before} {{{{nob")
    expect(page.locator("[id='e-sms__text']")).to_be_empty()  # not a variable yet
    text.fill(f"{before} {{{{nobody}}}}")
    expect(page.locator("[id='e-sms__text']")).to_contain_text("{{nobody}} is not declared as a variable.")
    expect(page.get_by_test_id("previews")).to_contain_text("nobody")
    text.fill("")
    text.press_sequentially("Look out for us, {{")
    page.locator(".slots button").first.press("Enter")  # by keyboard: the first variable
    text.press_sequentially(".")
    expect(page.locator("[id='e-sms__text']")).to_be_empty()
    expect(page.get_by_test_id("previews")).to_contain_text("Look out for us, ")


def test_a_type_from_the_starter_set_to_an_answer(office: Office, console: Page) -> None:
    """B2, B4, B5, B6, B8, B11, B12: everything an admin does with a type before the first real one goes."""
    page = console
    page.get_by_role("button", name="Install Delivery").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delivery")

    page.get_by_role("link", name="Ladder", exact=True).click()
    _only_sms(page)
    page.get_by_role("link", name=re.compile("^Content")).click()
    _write(page)
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator(".notices")).to_contain_text("is saved. Nothing changes for customers yet.")

    page.get_by_role("link", name=re.compile("Publish v")).click()
    expect(page.locator(".diff ins").first).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".notices")).to_contain_text("is in use.")

    ada = Customer(phone=office.number(), name="", account=office.stack.account(NORTHWIND))
    page.get_by_role("link", name="Test send").click()
    page.get_by_label("Phone number").fill(f"+{ada.phone}")
    page.get_by_role("button", name="Send the test").click()
    expect(page.locator("#story [data-kind=attempt]")).to_contain_text("Look out for us")
    expect(page.locator("#story .titleline, .titleline")).to_contain_text("Test")
    expect(page.locator("#story .chip[data-state]")).to_have_attribute("data-state", re.compile("sent|delivered|read"))


def _only_sms(page: Page) -> None:
    while page.locator(".rung").count() > 1:
        other = page.locator(".rung").filter(has_not=page.locator("option[value=sms][selected]")).first
        other.get_by_role("button", name=re.compile("^Remove")).click()
        page.wait_for_load_state()
