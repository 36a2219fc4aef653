"""Choices: a program sends each kind, the phone shows it, the customer answers, the agent sees the answer."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.office import NORTHWIND, Customer, Desk, Office

ROWS = [{"id": "mon", "title": "Monday", "description": "9–12"}, {"id": "tue", "title": "Tuesday"}]
#: HOME: where the provider can fetch a picture.
CARD = {"header": {"image": {"link": "HOME/samples/photo"}}}

#: What is sent → the button the phone shows, what is pressed after it, and the kind and words of the answer.
CHOICES: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "buttons": ({"buttons": [{"id": "y", "title": "Yes"}, {"id": "n", "title": "No"}]}, ["Yes"], "Yes"),
    "list": ({"button": "Choose a day", "sections": [{"rows": ROWS}]}, ["Choose a day", "Monday"], "Monday"),
    "flow": (
        {"flow_id": "77", "title": "Book a table", "screen": "START", "data": {"guests": 2}},
        ["Book a table"],
        "guests",
    ),
    "location_request": ({}, ["Send location", "Waterloo Station"], "Waterloo Station"),
    "contact_request": ({}, ["Share contact info"], "+44771"),
    "address_request": ({"country": "IN"}, ["Provide address"], "4 Dock Road, Mumbai"),
    "product": ({"catalog_id": "55", "product_id": "sku-1"}, ["Order this item"], "sku-1"),
    "products": (
        {
            "header": {"text": "Bikes"},
            "catalog_id": "55",
            "sections": [{"title": "City", "product_ids": ["sku-2"]}],
        },
        ["View items"],
        "sku-2",
    ),
    "catalog": ({"product_id": "sku-3"}, ["View catalog"], "sku-3"),
    "call_request": ({}, ["Allow calls"], "Calls allowed"),
    "carousel": (
        {
            "cards": [
                {**CARD, "text": name, "buttons": [{"id": name, "title": f"Take {name}"}]}
                for name in ("Red", "Blue")
            ]
        },
        ["Take Blue"],
        "Take Blue",
    ),
}


def sends(office: Office, customer: Customer, type_: str, words: str, content: dict[str, Any]) -> None:
    """A program asks for it with a key, knowing docs/wire.md alone."""
    body = {"kind": "interactive", "text": words, "content": {"type": type_, **content}}
    body = json.loads(json.dumps(body).replace("HOME", office.stack.far_end.url))
    answer = office.stack.api(NORTHWIND, "POST", f"threads/{customer.thread}/messages", json=body)
    assert answer.status_code == 201, answer.text


def presses(phone: Page, words: str, names: list[str]) -> None:
    """The customer presses the button under these words, then what opens after it."""
    row = phone.locator("li.m.them").filter(has_text=words)
    row.get_by_role("button", name=names[0]).click()
    for name in names[1:]:
        phone.get_by_role("dialog").get_by_text(name, exact=True).click()
        if phone.get_by_role("dialog").get_by_role("button", name="Send").count():
            phone.get_by_role("dialog").get_by_role("button", name="Send").click()


def test_each_choice_is_sent_shown_answered_and_the_answer_seen(office: Office) -> None:
    """All in one conversation: two windows stand open meanwhile, which is most of the work."""
    ada = office.customer("Ada Choice", "Hello")
    desk, phone = office.desk("mia").open(ada), office.phone(ada)

    for type_, (content, buttons, answer) in CHOICES.items():
        words = f"What would you like of {type_}?"
        sends(office, ada, type_, words, content)
        presses(phone, words, buttons)

        expect(desk.messages.filter(has_text=words).first).to_be_visible()
        reply = desk.page.locator("[data-testid=message][data-direction=inbound]").last
        expect(reply.locator(".quote")).to_contain_text(words)
        expect(reply).to_contain_text(answer)

    _looks_as_on_the_phone(desk)
    sends(office, ada, "link", "Your order", {"title": "Track it", "url": "https://ex.example/o/7"})
    link = phone.locator("li.m.them").get_by_role("link", name="Track it")
    expect(link).to_have_attribute("href", "https://ex.example/o/7")
    expect(desk.bubble("Your order").locator(".buttons")).to_contain_text("Track it")


def _looks_as_on_the_phone(desk: Desk) -> None:
    """The pictures on the cards, which the server fetched and keeps, and what the list offered."""
    cards = desk.bubble("What would you like of carousel?").get_by_role("img", name="Picture")
    expect(cards).to_have_count(2)
    for source in cards.evaluate_all("all => all.map((one) => new URL(one.src).pathname)"):
        assert source.startswith("/api/v1/attachments/")
    expect(cards.first).to_have_js_property("complete", True)
    assert cards.first.evaluate("one => one.naturalWidth") > 0

    rows = desk.bubble("What would you like of list?").locator("details")
    expect(rows.get_by_text("9–12")).to_be_hidden()
    rows.get_by_text("2 options").click()
    expect(rows.get_by_text("9–12")).to_be_visible()


def test_a_strangers_key_finds_no_such_conversation(office: Office) -> None:
    ada = office.customer("Ada Alone", "Hello")

    body = {"kind": "interactive", "text": "?", "content": {"type": "location_request"}}
    answer = office.stack.api("contoso-air", "POST", f"threads/{ada.thread}/messages", json=body)

    assert answer.status_code == 404
