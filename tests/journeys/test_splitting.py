"""One conversation that was about two things: parted from its menu, seen at once next door, and undone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.office import Gate, Office


def test_the_later_part_becomes_a_conversation_of_its_own_and_part_of_it_again(office: Office) -> None:
    office.eyes.forgive("400 (Bad Request)")  # an address leads to where a message was
    nora = office.customer("Nora Lund", "I lost my card", "And when do you open on Monday?")
    mia, ben = office.desk("mia").open(nora), office.desk("ben").open(nora)

    bubble = mia.bubble("And when do you open")
    bubble.hover()
    bubble.get_by_role("button", name="Message menu").click()
    mia.page.get_by_role("option", name="Start a new conversation from here").click()

    expect(mia.bubble("I lost my card")).to_have_count(0)
    mia.toasts.last.hover()  # it stays as long as the pointer does
    expect(mia.bubble("And when do you open")).to_be_visible()
    expect(mia.timeline).to_contain_text("You began this out of an earlier conversation")
    expect(ben.bubble("And when do you open")).to_have_count(0)
    expect(ben.timeline).to_contain_text("what follows is a conversation of its own")
    assert office.thread(nora)["status"] == "closed"
    office.says(nora, text="Hello?")
    expect(mia.bubble("Hello?")).to_be_visible()
    ben.at("other-part").click()
    expect(ben.bubble("Hello?")).to_be_visible()

    mia.toasts.get_by_role("button", name="Undo").click()
    for desk in (mia, ben):
        expect(desk.page).to_have_url(re.compile(nora.thread))
        expect(desk.bubble("I lost my card")).to_be_visible()
        expect(desk.bubble("Hello?")).to_be_visible()
    assert office.thread(nora)["status"] == "open"

    moved = str(bubble.get_attribute("data-id"))
    office.hand("ines")("POST", f"threads/{nora.thread}/splits", {"message_id": moved})
    expect(mia.bubble("Hello?")).to_have_count(0)
    ben.go(thread=nora.thread, message=moved)  # an address from before the split
    expect(ben.bubble("And when do you open")).to_be_visible()
    mia.at("more").click()
    mia.page.get_by_role("option", name="Join with another").click()
    mia.page.get_by_role("option", name="Hello?").click()
    expect(mia.bubble("I lost my card")).to_be_visible()
    expect(mia.bubble("Hello?")).to_be_visible()
    for desk in (mia, ben):
        expect(desk.page).not_to_have_url(re.compile(nora.thread))
        expect(desk.timeline).to_contain_text("joined two conversations here")


def test_the_part_opened_while_the_list_is_still_read_anew_keeps_its_messages(office: Office) -> None:
    nora = office.customer("Nora Late", "I lost my card", "And when do you open on Monday?")
    ben = office.desk("ben")
    ben.go(view="all", sort="oldest", thread=nora.thread)
    expect(ben.bubble("And when do you open")).to_be_visible()
    second = str(ben.bubble("And when do you open").get_attribute("data-id"))
    gate = Gate(ben.page, re.compile(r"/threads\?.*sort=oldest"))

    office.hand("ines")("POST", f"threads/{nora.thread}/splits", {"message_id": second})
    gate.wait()
    ben.at("other-part").click()
    expect(ben.bubble("And when do you open")).to_be_visible()
    with ben.page.expect_response(re.compile(r"/threads\?.*sort=oldest")):
        gate.open()
    expect(ben.bubble("And when do you open")).to_be_visible()
    office.says(nora, text="Hello?")
    expect(ben.bubble("Hello?")).to_be_visible()
    expect(ben.bubble("And when do you open")).to_be_visible()
