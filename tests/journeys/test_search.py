"""The search box: people in any spelling, words that open at their message, what was searched before."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.journeys.office import NORTHWIND, Desk, Office


def look_for(desk: Desk, text: str) -> None:
    """Press / and write."""
    desk.press("/")
    expect(desk.at("search")).to_be_focused()
    desk.at("search").fill(text)


def test_every_spelling_of_a_number_finds_the_same_person(office: Office) -> None:
    """A15: +351 912, 00351912 and 912 find her; by name, too; by keys alone."""
    ines = office.customer("Inês Carvalho", "Olá", phone="351912" + office.fresh_number()[-6:])
    office.customer("Somebody Else", "Hello")
    mia = office.desk("mia").go()

    for spelling in ("+351 912", "00351912", "912", f"+{ines.phone}", "carvalho"):
        look_for(mia, spelling)
        expect(mia.at("found-people").filter(has_text="Inês Carvalho")).to_have_count(1)
        mia.press("Escape")
        expect(mia.at("search-panel")).to_have_count(0)

    look_for(mia, f"+{ines.phone}")
    expect(mia.at("found-people")).to_have_count(1)
    mia.press("Enter")
    mia.shows(ines)


_SILENT = """
WITH person AS (
    INSERT INTO customers_customer
        (tenant_id, id, name, language, timezone, attributes, labels, created_at, version)
    VALUES (%(tenant)s, gen_random_uuid(), %(name)s, '', '', '{}', '{}', now(), 1) RETURNING id
)
INSERT INTO customers_address (tenant_id, id, customer_id, kind, value, label, created_at)
SELECT %(tenant)s, gen_random_uuid(), id, 'phone', %(phone)s, '', now() FROM person
"""


def test_somebody_without_a_conversation_is_found_and_written_to(office: Office) -> None:
    """As one is whom a program told of something, or who was brought in."""
    phone = office.fresh_number()
    facts = {"tenant": office.stack.tenant(NORTHWIND)["id"], "name": f"Sil Ent{phone}", "phone": f"+{phone}"}
    with office.stack.as_owner(NORTHWIND) as cursor:
        cursor.execute(_SILENT, facts)
    mia = office.desk("mia").go()

    look_for(mia, f"Ent{phone}")
    expect(mia.at("found-people")).to_contain_text("No conversation yet")
    mia.press("Enter")
    dialog = mia.page.get_by_role("dialog", name="New conversation")
    expect(dialog.locator(".begin-to")).to_contain_text(f"Sil Ent{phone}")
    dialog.get_by_test_id("begin-text").fill("Good morning!")
    dialog.get_by_test_id("begin-send").click()
    expect(mia.bubble("Good morning!")).to_be_visible()


def test_found_words_are_set_apart_and_open_at_their_message(office: Office) -> None:
    """A15: 150 messages back; the search is remembered; nothing found and a failure say so."""
    office.eyes.forgive("500 (Internal Server Error)")
    word = f"needle{office.fresh_number()}"
    lars = office.customer("Lars Search", f"The {word} is here", *(f"Line {n}" for n in range(150)))
    mia = office.desk("mia").go()
    look_for(mia, f"{word} THE")
    hit = mia.at("found-messages")
    expect(hit).to_have_count(1)
    expect(hit.locator("mark").first).to_have_text("The")
    hit.click()
    mia.shows(lars)
    expect(mia.bubble(word)).to_be_in_viewport()
    expect(mia.page).to_have_url(re.compile("message="))

    mia.press("/")
    expect(mia.at("found-before").first).to_contain_text(word)
    mia.press("Enter")
    expect(mia.at("found-messages")).to_have_count(1)
    mia.press("ArrowUp")
    mia.press("Enter")
    expect(mia.at("chip-q")).to_contain_text(word)
    expect(mia.rows).to_have_count(1)

    look_for(mia, "nobody ever wrote this")
    expect(mia.at("search-panel")).to_contain_text("Nothing found")

    def fail(route: Route) -> None:
        route.fulfill(status=500, json={"title": "Something broke here."})

    mia.page.route("**/api/v1/search*", fail)
    mia.at("search").fill(word)
    expect(mia.at("search-panel").get_by_role("alert")).to_contain_text("Something broke here.")
    mia.page.unroute_all()
    mia.at("search-panel").get_by_role("button", name="Try again").click()
    expect(mia.at("found-messages")).to_have_count(1)
