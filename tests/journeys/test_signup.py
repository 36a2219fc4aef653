"""A number comes in by Meta's signup and gets a PIN and a profile, in a browser; a customer writes to it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.far_end import wait_for
from tests.journeys.eyes import Eyes
from tests.journeys.looks import faults
from tests.journeys.office import NORTHWIND, SignIns
from tests.journeys.stack import Stack

CARDS, LOANS = "106540352242011", "106540352242012"


def test_a_number_is_connected_by_signup_registered_and_written_to(
    stack: Stack, eyes: Eyes, sign_ins: SignIns
) -> None:
    page = eyes.window(f"{stack.url}/console/channels/new/whatsapp/", storage_state=sign_ins.of("mia"))
    page.get_by_role("link", name="Connect by Meta's signup").click()
    look(page)
    page.get_by_role("link", name="Continue at Meta").click()
    page.get_by_role("link", name="Northwind Cards").click()
    look(page)
    page.get_by_label("+44 20 7946 0132").check()
    page.get_by_label("Name for your team").last.fill("Loans desk")
    page.get_by_role("button", name="Connect", exact=True).click()

    # It came here by one click, yet is not registered.
    page.get_by_text("Loans desk is connected.").wait_for()
    assert page.get_by_text("Not registered yet").is_visible()
    look(page)
    page.get_by_label("PIN").fill("246810")
    page.get_by_role("button", name="Register", exact=True).click()
    page.get_by_text("The number is registered: it can send and receive.").wait_for()
    assert page.get_by_text("Registered and connected").is_visible()
    assert page.get_by_test_id("errands").get_by_text("Refused").count() == 0

    page.get_by_role("link", name="Profile").click()
    page.get_by_role("button", name="Read it").click()
    look(page)
    page.get_by_label("About").fill("Loans for people and boats")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Customers see it at once").wait_for()

    stack.far_end.write(LOANS, "447700901977", text="May I borrow a boat?", name="Nils Boatman")
    assert wait_for(lambda: _has(stack, "447700901977"))


def look(page: Page) -> None:
    """Accessible, and not wider than the narrowest screen."""
    page.get_by_role("heading", level=1).wait_for()
    assert not faults(page)
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1440, "height": 900})


def _has(stack: Stack, phone: str) -> Any:
    found = stack.api(NORTHWIND, "GET", f"threads?q={phone}&view=all").json()
    return found.get("data")
