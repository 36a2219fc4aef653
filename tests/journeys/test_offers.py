"""What an agent sends beside words and files: chosen on the page, seen on the phone, answered there."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.office import Customer, Desk, Office

TEXT = "What would you like?"
#: Kind → what is typed into its form, a line apart from the next, and what the phone shows of it.
OFFERS: dict[str, tuple[dict[str, list[str]], list[str]]] = {
    "buttons": (
        {"text": [TEXT], "title": ["Yes", "No"], "footer": ["Until noon"]},
        ["Yes", "No", "Until noon"],
    ),
    "list": (
        {"text": [TEXT], "button": ["Choose"], "title": ["Mon", "Tue"], "description": ["9–12", ""]},
        ["Choose"],
    ),
    "carousel": (
        {
            "text": [TEXT],
            "picture": ["HOME/samples/photo", "HOME/samples/photo"],
            "below": ["The red one", ""],
            "title": ["Red", "Blue"],
        },
        ["The red one", "Red", "Blue"],
    ),
    "link": ({"text": [TEXT], "title": ["Track it"], "url": ["https://ex.example/o/7"]}, ["Track it"]),
    "location": (
        {"at": ["https://map.example/@51.5033,-0.1195,17z"], "name": ["Waterloo"]},
        ["Waterloo"],
    ),
    "contacts": ({"name": ["Fraud Desk"], "phone": ["+44 20 7946 0000"]}, ["Fraud Desk"]),
    "location_request": ({"text": [TEXT]}, ["Send location"]),
    "contact_request": ({"text": [TEXT]}, ["Share contact info"]),
    "address_request": ({"text": [TEXT], "country": ["in"]}, ["Provide address"]),
    "call": ({"text": [TEXT], "title": ["Call us"]}, ["Call us"]),
    "product": ({"text": [TEXT], "catalog": ["55"], "product": ["sku-1"]}, ["Order this item"]),
    "products": (
        {
            "header": ["Bikes"],
            "text": [TEXT],
            "catalog": ["55"],
            "title": ["City"],
            "products": ["sku-2\nsku-3"],
        },
        ["View items"],
    ),
    "catalog": ({"text": [TEXT], "product": ["sku-3"]}, ["View catalog"]),
    "flow": ({"text": [TEXT], "title": ["Book"], "flow": ["77"], "screen": ["START"]}, ["Book"]),
}


def fill(desk: Desk, kind: str, typed: dict[str, list[str]], home: str = "") -> None:
    """home: where the provider can fetch a picture."""
    desk.at("offers").click()
    desk.at(f"offer-{kind}").click()
    form = desk.at(f"offer-form-{kind}")
    for _ in range(max(map(len, typed.values())) - 1):
        form.get_by_test_id("offer-more").click()
    for name, lines in typed.items():
        for n, text in enumerate(lines):
            form.get_by_test_id(f"offer-{name}").nth(n).fill(text.replace("HOME", home))


def last_on(phone: Page) -> str:
    return phone.locator("li.m.them").last.inner_text()


def test_each_kind_is_filled_in_and_reaches_the_phone(office: Office) -> None:
    ada = office.customer("Ada Offer", "Hello")
    desk, phone = office.desk("mia").open(ada), office.phone(ada)

    for n, (kind, (typed, shown)) in enumerate(OFFERS.items(), start=1):
        fill(desk, kind, typed, office.stack.far_end.url)
        desk.at("offer-send").click()

        expect(phone.locator("li.m.them")).to_have_count(n)
        expect(desk.messages).to_have_count(n + 1)
        for words in shown:
            assert words in last_on(phone), (kind, last_on(phone))


def test_the_customers_answer_comes_back(office: Office) -> None:
    ada = office.customer("Ada Answers", "Hello")
    desk, phone = office.desk("mia").open(ada), office.phone(ada)

    fill(desk, "buttons", {"text": [TEXT], "title": ["Yes", "No"]})
    expect(desk.at("offer-form-buttons").locator(".template-preview")).to_contain_text("Yes")
    desk.at("offer-send").click()
    phone.locator("li.m.them").get_by_role("button", name="Yes").click()

    expect(desk.messages.last).to_contain_text("Yes")


def test_what_is_missing_is_said_and_nothing_leaves(office: Office) -> None:
    ada = office.customer("Ada Missing", "Hello")
    desk = office.desk("mia").open(ada)

    fill(desk, "link", {"text": [TEXT], "title": ["Track"], "url": ["ftp://nowhere"]})
    desk.at("offer-send").click()

    expect(desk.at("offer-url")).to_be_focused()
    expect(desk.at("offer-form-link")).to_contain_text("An address begins with https://.")
    assert office.got(ada) == []


def test_a_channel_for_texts_alone_offers_nothing_else(office: Office) -> None:
    ada: Customer = office.customer("Ada Note", "Hello")
    desk = office.desk("mia").open(ada)

    desk.press("n")

    expect(desk.at("send")).to_have_text("Add note↵")
    expect(desk.at("offers")).to_have_count(0)
