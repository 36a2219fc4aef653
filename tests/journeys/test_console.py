"""The console in a real browser: accessible, narrow or wide, by keyboard, and without scripts."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Dialog

from tests.journeys.eyes import Eyes
from tests.journeys.looks import faults
from tests.journeys.office import NORTHWIND, SignIns
from tests.journeys.stack import Stack


@pytest.fixture
def session(sign_ins: SignIns) -> Any:
    """Mia, owner of Northwind Bank, signed in."""
    return sign_ins.of("mia")


def test_menus_are_accessible_and_close_by_escape(stack: Stack, eyes: Eyes, session: dict[str, Any]) -> None:
    page = eyes.window(f"{stack.url}/console/", storage_state=session)

    page.get_by_role("button", name="You: Mia Laurent").click()
    assert not faults(page)
    page.get_by_label("Dark").check()
    page.keyboard.press("Escape")

    assert not page.get_by_role("button", name="Sign out").is_visible()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_number_is_connected_and_checked_step_by_step(
    stack: Stack, eyes: Eyes, session: dict[str, Any]
) -> None:
    page = eyes.window(f"{stack.url}/console/channels/", storage_state=session)
    page.get_by_role("button", name="Add channel").click()
    page.get_by_role("link", name="WhatsApp").click()
    page.get_by_label("Name").fill("Orders")
    page.get_by_label("Phone number", exact=True).fill("+44 7700 900209")
    page.get_by_label("Phone number ID").fill("106540352242999")
    page.get_by_label("WhatsApp Business Account ID").fill("102290129340399")
    page.get_by_label("Access token").fill("EAAGwrong")
    page.get_by_label("App secret", exact=True).fill("0123456789abcdef0123456789abcdef")
    page.locator("summary", has_text="Address of the API").click()
    page.get_by_label("Address of the API").fill(stack.run["simulator_url"])
    page.get_by_role("button", name="Save and check").click()

    page.locator(".steps .node.bad").first.wait_for()

    assert page.locator(".steps .fix").first.inner_text()
    assert "/hooks/whatsapp/" in page.locator("#webhook-url").inner_text()
    assert page.locator("h1").inner_text() == "Orders"
    assert page.locator(".titleline").get_by_text("Needs you").is_visible()


def test_a_working_number_passes_every_step(stack: Stack, eyes: Eyes, session: dict[str, Any]) -> None:
    channel = stack.tenant(NORTHWIND)["channels"][0]
    page = eyes.window(f"{stack.url}/console/channels/{channel['id']}/", storage_state=session)

    page.get_by_role("button", name="Check now").click()
    page.locator(".steps li").nth(5).wait_for()

    assert page.locator(".steps .node.bad").count() == 0
    assert page.evaluate("document.activeElement.innerText").strip() == "Check again"


def test_leaving_a_changed_form_asks_first(stack: Stack, eyes: Eyes, session: dict[str, Any]) -> None:
    page = eyes.window(f"{stack.url}/console/teams/new/", storage_state=session)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)

    page.get_by_label("Name").fill("Night shift")
    page.evaluate("location.assign('/console/')")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Teams", exact=True).wait_for()

    assert asked == ["beforeunload"]


def test_it_all_works_without_scripts(stack: Stack, eyes: Eyes, session: dict[str, Any]) -> None:
    eyes.forgive("422")
    page = eyes.window(f"{stack.url}/console/members/", storage_state=session, java_script_enabled=False)

    page.get_by_role("link", name="Invite").click()
    page.get_by_label("Email").fill("wrong")
    page.get_by_label("Admin").check()
    page.get_by_role("button", name="Make the link").click()
    assert page.get_by_label("Email").input_value() == "wrong"
    assert page.get_by_label("Admin").is_checked()
    page.get_by_label("Email").fill("dora@northwind.example")
    page.get_by_role("button", name="Make the link").click()
    link = page.locator("#invitation-link").inner_text()

    newcomer = eyes.window(link, java_script_enabled=False)
    newcomer.get_by_label("Name").fill("Dora")
    newcomer.get_by_label("Password").fill("correct horse battery")
    newcomer.get_by_role("button", name="Join").click()
    newcomer.goto(f"{stack.url}/console/")

    assert newcomer.get_by_role("heading", name="Home").is_visible()


def test_keys_open_every_page_of_the_rail(stack: Stack, eyes: Eyes, session: dict[str, Any]) -> None:
    page = eyes.window(f"{stack.url}/console/", storage_state=session)

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for name in ("Channels", "Members", "Teams", "API keys", "Receipts"):
        page.get_by_role("navigation").get_by_role("link", name=name).focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name=name, exact=True, level=1).wait_for()
        assert page.locator(".rail [aria-current=page]").inner_text() == name
