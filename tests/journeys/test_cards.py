"""Templates of several parts: cards, offers that end, places; filled in by an agent, shown on the phone."""

from __future__ import annotations

import io
import itertools
import time
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect

from tests.far_end import wait_for
from tests.journeys.office import NORTHWIND, PATIENCE_S, Desk, Gate, Office

_names = itertools.count(time.time_ns() % 10**6)


def png(name: str) -> Any:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), name).save(out, "PNG")
    return {"name": f"{name}.png", "mimeType": "image/png", "buffer": out.getvalue()}


def fill_card(page: Page, place: int, colour: str) -> None:
    card = page.locator(".card-fields").nth(place)
    card.locator("[type=file]").set_input_files(png(colour))
    card.locator("textarea").fill(f"The {colour} one is here.")
    card.get_by_label("Words of the button").first.fill("Tell me more")


def write(page: Page, office: Office, name: str) -> None:
    """Three cards, the last one first, and the middle one taken out again."""
    page.locator("#name").fill(name)
    page.locator("#channel").select_option(office.stack.tenant(NORTHWIND)["channels"][0]["id"])
    page.locator("#layout").select_option("cards")
    expect(page.locator("#e-category")).to_contain_text("Only marketing takes cards")
    page.locator("#category").select_option("MARKETING")
    page.get_by_test_id("body").fill("These arrived today.")
    page.get_by_role("button", name="Add a card").click()
    for place, colour in enumerate(("red", "green", "blue")):
        fill_card(page, place, colour)
    page.locator("[data-card-earlier]").nth(2).click()
    page.locator("[data-card-remove]").nth(2).click()
    shown = page.get_by_test_id("preview").locator(".wa-cards li")
    expect(shown).to_have_count(2)
    expect(shown.nth(1)).to_contain_text("The blue one is here.")
    expect(shown.nth(1).locator("img[src^='blob:']")).to_be_visible()
    expect(page.locator("#e-cards")).to_be_empty()
    page.get_by_role("button", name="Submit to WhatsApp").click()
    expect(page.locator("main")).to_contain_text("Submitted")


def is_approved(office: Office, name: str) -> bool:
    found = office.stack.api(NORTHWIND, "GET", f"templates?q={name}").json()["data"]
    return bool(found) and found[0]["status"] == "APPROVED"


def approve(office: Office, name: str, category: str, *components: dict[str, Any]) -> None:
    """By a program: written, submitted, reviewed at once."""
    account = office.stack.account(NORTHWIND)
    office.stack.far_end._call("PUT", f"/control/numbers/{account}", {"template_review_s": 0.1})
    body = {
        "channel_id": office.stack.tenant(NORTHWIND)["channels"][0]["id"],
        "name": name,
        "language": "en",
        "category": category,
        "components": list(components),
    }
    made = office.stack.api(NORTHWIND, "POST", "templates", json=body)
    assert made.status_code == 201, made.text
    path = f"templates/{made.json()['id']}/submission"
    sent = office.stack.api(NORTHWIND, "POST", path, json={})
    assert sent.status_code in {200, 201, 202}, sent.text
    wait_for(lambda: is_approved(office, name), PATIENCE_S)


def test_an_offer_that_ends_and_a_place_are_filled_in(office: Office) -> None:
    """A41: what has passed is refused before it leaves; the phone shows the end and the place."""
    offer, place = f"offer_{next(_names)}", f"place_{next(_names)}"
    body = {"type": "BODY", "text": "For everybody who came by."}
    ends = {
        "type": "LIMITED_TIME_OFFER",
        "limited_time_offer": {"text": "A tenth off", "has_expiration": True},
    }
    code = {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "TENTH"}]}
    approve(office, offer, "MARKETING", ends, body, code)
    approve(office, place, "UTILITY", {"type": "HEADER", "format": "LOCATION"}, body)
    ada = office.customer("Ada Offers", "What is new?")
    ben, phone = office.desk("ben").open(ada), office.phone(ada)

    ben.page.get_by_role("button", name="Send a template").click()
    ben.at(f"template-{offer}").click()
    form = ben.page.locator(".template-form")
    form.get_by_label("The offer ends").fill("2020-01-01T10:00")
    form.get_by_label("code").fill("TENTH")
    ben.at("send").click()
    expect(form).to_contain_text("That moment has passed.")
    form.get_by_label("The offer ends").fill("2099-01-01T10:00")
    ben.at("send").click()
    expect(phone.locator("li.m.them").last).to_contain_text("A tenth off · ends")

    ben.page.get_by_role("button", name="Send a template").click()
    ben.at(f"template-{place}").click()
    form.get_by_label("Coordinates").fill("somewhere")
    form.get_by_label("Name of the place").fill("Waterloo Station")
    form.get_by_label("Address of the place").fill("London SE1")
    ben.at("send").click()
    expect(form).to_contain_text("No coordinates can be read from this.")
    form.get_by_label("Coordinates").fill("51.5033, -0.1195")
    ben.at("send").click()
    expect(phone.locator("li.m.them").last).to_contain_text("Waterloo Station")
    expect(ben.messages.last).to_contain_text("Waterloo Station")
    _sends_a_picture(ben, phone)


def _sends_a_picture(ben: Desk, phone: Page) -> None:
    """A picture from one's own disk above a template, instead of its address."""
    ben.page.get_by_role("button", name="Send a template").click()
    ben.at("template-spring_offer").first.click()
    form = ben.page.locator(".template-form")
    ben.at("send").click()
    expect(form.locator(".field-error").first).to_have_text("Needed")
    with ben.page.expect_file_chooser() as chooser:
        ben.at("pick-file").click()
    chooser.value.set_files(png("teal"))
    expect(form.get_by_role("button", name="Take the file out")).to_be_visible()
    expect(form.locator(".template-preview img")).to_be_visible()
    for field in form.locator(".template-fields input").all():
        field.fill("Spring")
    ben.at("send").click()

    expect(phone.locator("li.m.them").last.locator("img")).to_be_visible()
    expect(ben.messages.last.get_by_role("img").first).to_be_visible()


def test_what_the_server_answers_never_moves_a_button_from_under_the_pressed_pointer(office: Office) -> None:
    """An error that goes away takes its line along; the click goes to what was pressed."""
    page = office.page("mia", "/console/templates/new/")
    page.locator("#layout").select_option("cards")
    expect(page.locator("#e-card_0_buttons")).to_contain_text("The button has no words.")
    expect(page.locator("#e-card_1_buttons")).to_contain_text("The button has no words.")
    removals = page.locator("[data-card-remove]")
    gate = Gate(page, "**/templates/check/", "POST")
    page.locator(".card-fields").first.get_by_label("Words of the button").first.fill("Tell me more")
    gate.wait()
    removals.nth(1).scroll_into_view_if_needed()
    box = removals.nth(1).bounding_box()
    assert box

    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 3)
    page.mouse.down()
    with page.expect_request_finished(lambda request: "/templates/check/" in request.url):
        gate.open()
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    expect(page.locator("#e-card_0_buttons")).to_contain_text("The button has no words.")
    page.mouse.up()
    expect(removals).to_have_count(1)
    expect(page.locator("#e-card_0_buttons")).to_be_empty()


def test_cards_from_the_console_to_a_button_pressed_on_the_phone(office: Office) -> None:
    """A41, B6: the composer asks for each card's picture; the phone shows them side by side."""
    name, account = f"cards_{next(_names)}", office.stack.account(NORTHWIND)
    office.stack.far_end._call("PUT", f"/control/numbers/{account}", {"template_review_s": 0.1})
    console = office.page("mia", "/console/templates/new/")
    write(console, office, name)

    wait_for(lambda: is_approved(office, name), PATIENCE_S)
    ada = office.customer("Ada Cards", "What is new?")
    ben, phone = office.desk("ben").open(ada), office.phone(ada)
    ben.page.get_by_role("button", name="Send a template").click()
    ben.at(f"template-{name}").click()
    ben.at("send").click()
    expect(ben.page.locator(".field-error").first).to_have_text("Needed")
    fields = ben.page.locator(".template-fields input")
    for place in range(2):
        fields.nth(place).fill(f"{office.stack.far_end.url}/samples/photo")
    ben.at("send").click()

    cards = phone.get_by_test_id("cards").locator("li")
    expect(cards).to_have_count(2)
    expect(cards.nth(1).locator("img")).to_be_visible()
    cards.nth(1).get_by_role("button", name="Tell me more").click()
    expect(ben.page.locator("[data-testid=message][data-direction=inbound]").last).to_contain_text(
        "Tell me more"
    )
    expect(ben.messages.filter(has_text="The blue one is here.")).to_have_attribute(
        "data-direction", "outbound"
    )
