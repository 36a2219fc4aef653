"""The reply window has closed, and a number that may write without a template does so."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.office import NORTHWIND, Office


@pytest.fixture
def may_write(office: Office) -> Iterator[str]:
    """The bank's number is set to Direct Send; gives the path of its options."""
    account = office.stack.account(NORTHWIND)
    channels = office.hand("mia")("GET", "channels")["data"]
    (number,) = [one["id"] for one in channels if one["external_id"] == account]
    path = f"whatsapp/numbers/{number}/options"
    office.hand("mia")("PATCH", path, {"direct_send": True})
    yield path
    office.hand("mia")("PATCH", path, {"direct_send": False})


def test_after_the_window_has_closed_a_short_text_goes_without_a_template(
    office: Office, may_write: str
) -> None:
    """The offer stands beside the templates while the number has it, and goes when it has not."""
    hugo = office.customer("Hugo Late", "Where is my card?", at=int(time.time()) - 26 * 3600)
    mia = office.desk("mia").open(hugo)

    mia.at("write-direct").click()
    expect(mia.field).to_be_focused()
    mia.field.fill("x" * 1025)
    mia.press("Enter")
    expect(mia.toasts).to_contain_text("At most 1,024 characters can go without a template.")
    mia.send("Your new card was posted today.")

    expect(mia.bubble("Your new card was posted today.")).to_be_visible()
    phone = office.phone(hugo)
    expect(phone.locator("[data-wamid]", has_text="Your new card was posted today.")).to_be_visible()
    expect(mia.field).to_have_value("")
    mia.at("to-templates").click()
    expect(mia.at("template-picker")).to_be_visible()

    office.hand("mia")("PATCH", may_write, {"direct_send": False})
    expect(mia.at("write-direct")).to_have_count(0)
