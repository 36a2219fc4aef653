"""What a new chat offers and a short link: set in the console, used on a phone, seen in the inbox."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import NORTHWIND, PATIENCE_S, Office
from tests.journeys.test_signup import look


def test_a_text_to_tap_and_a_short_link_bring_customers_into_the_inbox(office: Office) -> None:
    stack = office.stack
    account = stack.account(NORTHWIND)
    channels = stack.api(NORTHWIND, "GET", "channels").json()["data"]
    channel = next(one["id"] for one in channels if one["external_id"] == account)
    page = office.eyes.window(
        f"{stack.url}/console/channels/{channel}/openers/", storage_state=office.sign_ins.of("mia")
    )
    look(page)
    page.get_by_role("button", name=re.compile("^Read")).click()
    page.get_by_label("Text 1").fill("Where is my new card?")
    expect(page.get_by_test_id("preview")).to_contain_text("Where is my new card?")
    look(page)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("New chats with this number show it.").wait_for()

    page.goto(f"{stack.url}/console/channels/{channel}/links/")
    page.get_by_label("Text that stands in the chat already").fill("I read your leaflet")
    page.get_by_role("button", name="Make a link").click()
    page.get_by_text("The link is made").wait_for()
    look(page)
    page.get_by_role("link", name="I read your leaflet").click()
    picture = page.get_by_test_id("qr")
    expect(picture).to_be_visible()
    wait_for(lambda: picture.evaluate("one => one.complete && one.naturalWidth > 100"), PATIENCE_S)
    look(page)
    address = page.locator("#link-url").inner_text()

    number = office.fresh_number()
    stack.far_end._call("POST", "/phone/customers", {"number": number, "name": "Lea Leaflet"})
    phone = office.eyes.window(f"{stack.far_end.url}/phone/#/{account}/{number}")
    offered = phone.get_by_test_id("openers").get_by_role("button", name="Where is my new card?")
    expect(offered).to_be_visible()
    phone.get_by_role("button", name="Open a link").click()
    field = phone.get_by_test_id("link")
    expect(field).to_be_focused()
    field.fill(address)
    phone.get_by_test_id("link-open").click()
    composer = phone.get_by_test_id("phone-composer")
    expect(composer).to_have_value("I read your leaflet")
    composer.fill("")
    offered.click()

    def found() -> list[str]:
        rows = stack.api(NORTHWIND, "GET", f"threads?q={number}&view=all").json().get("data", [])
        return [row["last_message"]["text"] for row in rows if row.get("last_message")]

    assert wait_for(lambda: found() == ["Where is my new card?"])
    nothing: dict[str, list[str]] = {"prompts": [], "commands": []}
    assert stack.api(NORTHWIND, "PUT", f"whatsapp/numbers/{channel}/openers", json=nothing).ok
