"""Messages as they are seen: bubbles and ticks, failures, files, reactions."""

from __future__ import annotations

import re
import time
from typing import Any

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import ARRIVED, NORTHWIND, PATIENCE_S, Customer, Desk, Gate, Office

COLOUR = "element => getComputedStyle(element).backgroundColor"
#: Every status the message with these words ever showed.
WATCH = """words => {
    const seen = window.seen = [];
    const note = () => {
        const all = [...document.querySelectorAll("[data-testid=message]")];
        const row = all.find(one => one.innerText.includes(words));
        if (row && seen.at(-1) !== row.dataset.status) seen.push(row.dataset.status);
    };
    new MutationObserver(note).observe(document.body, {subtree: true, childList: true, attributes: true});
}"""


def status_report(office: Office, customer: Customer, message_id: str, status: str) -> dict[str, Any]:
    """A webhook as the provider would send it, in whatever order the story wants."""
    report = {
        "id": message_id,
        "status": status,
        "timestamp": str(int(time.time())),
        "recipient_id": customer.phone,
    }
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "442079460112", "phone_number_id": customer.account},
        "statuses": [report],
    }


# ---------------------------------------------------------------- bubbles


def test_bubbles_stand_on_their_sides_in_runs_and_days_and_in_the_writers_direction(office: Office) -> None:
    """A17: in both themes, and with the page turned to right-to-left."""
    yesterday = int(time.time()) - 24 * 3600
    zahra = office.customer("Zahra", "Good evening", at=yesterday)
    for words in ("مرحبا، أين بطاقتي؟", "And one in English"):
        office.says(zahra, text=words)
    mia = office.desk("mia", color_scheme="light").open(zahra)
    mia.send("It is on its way")

    expect(mia.timeline.locator(".day")).to_have_text(["Yesterday", "Today"])
    first = [has_class(mia, words, "first") for words in ("Good evening", "مرحبا", "And one in English")]
    assert first == [True, True, False]
    directions = [
        mia.bubble(words).locator(".text").evaluate("element => getComputedStyle(element).direction")
        for words in ("مرحبا", "And one in English")
    ]
    assert directions == ["rtl", "ltr"]
    assert side(mia, "Good evening") < 0 < side(mia, "It is on its way")

    light = colours(mia)
    mia.page.emulate_media(color_scheme="dark")
    dark = colours(mia)
    assert light == ["rgb(255, 255, 255)", "rgb(220, 245, 231)"]
    assert dark == ["rgb(38, 37, 35)", "rgb(19, 77, 59)"]
    mia.page.evaluate("document.dir = 'rtl'")
    assert side(mia, "It is on its way") < 0 < side(mia, "Good evening")


def has_class(desk: Desk, words: str, name: str) -> bool:
    return name in (desk.bubble(words).get_attribute("class") or "").split()


def side(desk: Desk, words: str) -> float:
    """How far right of the middle a bubble's middle stands."""
    middle = "element => { const box = element.getBoundingClientRect(); return box.left + box.right; }"
    bubble = desk.bubble(words).locator(".bubble").evaluate(middle)
    return float(bubble) - float(desk.timeline.evaluate(middle))


def colours(desk: Desk) -> list[str]:
    return [
        desk.bubble(words).locator(".bubble").evaluate(COLOUR)
        for words in ("Good evening", "It is on its way")
    ]


def test_ten_changes_fold_to_one_line(office: Office) -> None:
    """A28."""
    hugo = office.customer("Hugo Falk", "Hi")
    hand = office.hand("ben")
    for n in range(10):
        hand("PUT", f"threads/{hugo.thread}/priority", {"priority": ("low", "high")[n % 2]})
    mia = office.desk("mia").open(hugo)

    folded = mia.timeline.get_by_role("button", name="changes")
    expect(folded).to_have_count(1)
    expect(folded).to_contain_text("10 changes · Ben Adeyemi set priority to high")
    folded.click()
    expect(mia.timeline.locator(".fact")).to_have_count(11)


# ---------------------------------------------------------------- ticks


def test_a_message_read_before_it_was_delivered_stays_read(office: Office) -> None:
    """A18: reports in the wrong order; the ticks only ever rise."""
    anna = office.customer("Anna Roth", "Hello?")
    office.stack.far_end.faults(to=anna.phone, deliver=False)
    mia = office.desk("mia").open(anna)
    mia.page.evaluate(WATCH, "We are here")
    mia.send("We are here")
    expect(mia.bubble("We are here")).to_have_attribute("data-status", "sent")
    message = office.stack.far_end.outbox(anna.phone)[0]["provider_id"]

    for status in ("read", "delivered", "sent"):
        value = status_report(office, anna, message, status)
        office.stack.far_end.webhook(anna.account, value)
        wait_until_told(office, message, status)
    office.says(anna, text="Thank you")
    expect(mia.bubble("Thank you")).to_be_visible()

    expect(mia.bubble("We are here")).to_have_attribute("data-status", "read")
    rank = ["waiting", "sending", "queued", "sent", "delivered", "read"]
    seen = [rank.index(one) for one in mia.page.evaluate("window.seen")]
    assert seen == sorted(seen)
    assert seen[-1] == rank.index("read")


def wait_until_told(office: Office, provider_id: str, status: str) -> None:
    """Until the server has taken in this report."""

    def told() -> bool:
        asked = {"provider_id": provider_id}
        found = office.stack.api(NORTHWIND, "GET", "messages", params=asked).json()["data"]
        return status in words_of(found[0])

    wait_for(told, PATIENCE_S)


def words_of(message: dict[str, Any]) -> set[str]:
    return {step["status"] for step in message["status_history"]}


def our_message(office: Office, customer: Customer) -> dict[str, Any]:
    """The only message we sent them, as the API tells it."""
    entries = office.hand("mia")("GET", f"threads/{customer.thread}/timeline")["data"]
    [message] = [
        entry["message"]
        for entry in entries
        if entry["type"] == "message" and entry["message"]["direction"] == "outbound"
    ]
    found: dict[str, Any] = message
    return found


def test_a_refused_message_says_why_and_retry_makes_a_second_attempt_in_the_same_bubble(
    office: Office,
) -> None:
    """A19."""
    dario = office.customer("Dario Conti", "Are you open?")
    office.stack.far_end.faults(to=dario.phone, fail_next=131026)
    mia = office.desk("mia").open(dario)
    mia.send("Until six")

    ours = mia.bubble("Until six")
    expect(ours).to_have_attribute("data-status", "failed")
    expect(ours.locator(".trouble")).to_contain_text("131026")
    assert office.got(dario) == []
    ours.get_by_test_id("retry").click()

    expect(ours).to_have_attribute("data-status", ARRIVED)
    expect(ours).to_have_count(1)
    assert office.got(dario) == ["Until six"]
    # The provider may tell that it arrived before its answer to our request is noted
    wait_for(lambda: our_message(office, dario)["attempts"] == 2, PATIENCE_S)
    assert {"failed", "sent"} <= words_of(our_message(office, dario))
    menu = ours.get_by_role("button", name="Message menu")
    ours.hover()
    expect(menu.locator("svg")).to_be_visible()
    menu.click()
    mia.page.get_by_role("option", name="Details").click()
    expect(mia.page.locator("dialog .details")).to_contain_text("Not sent")
    expect(mia.page.locator("dialog .ids")).to_contain_text("Attempts2")


def test_a_reaction_is_seen_on_both_sides_and_taken_back(office: Office) -> None:
    """A22."""
    kofi = office.customer("Kofi Mensah", "It works again!")
    mia = office.desk("mia").open(kofi)
    mia.send("Glad to hear it")
    wait_for(lambda: office.got(kofi), PATIENCE_S)
    [sent] = office.stack.far_end.outbox(kofi.phone)

    office.says(kofi, reaction={"target": sent["provider_id"], "emoji": "🙏"})
    expect(mia.bubble("Glad to hear it").locator(".react")).to_have_text("🙏")
    office.says(kofi, reaction={"target": sent["provider_id"], "emoji": None})
    expect(mia.bubble("Glad to hear it").locator(".react")).to_have_count(0)

    theirs = mia.bubble("It works again!")
    theirs.hover()
    theirs.get_by_role("button", name="React").click()
    mia.page.get_by_role("button", name="👍").click()
    expect(theirs.locator(".react.ours")).to_have_text("👍")
    reacted = wait_for(
        lambda: [one for one in office.stack.far_end.outbox(kofi.phone) if one["kind"] == "reaction"],
        PATIENCE_S,
    )
    assert reacted[0]["content"]["reaction"]["emoji"] == "👍"
    on_phone = office.phone(kofi).locator("li.m.me", has_text="It works again!").locator(".reactions")
    expect(on_phone).to_contain_text("👍")
    theirs.locator(".react.ours").click()
    expect(theirs.locator(".react")).to_have_count(0)
    expect(on_phone).to_have_count(0)


# ---------------------------------------------------------------- files


def test_files_of_every_kind_are_shown_and_nothing_moves_while_they_load(office: Office) -> None:
    """A23: the files are held back until the places of all messages are known, then let through."""
    rosa = office.customer("Rosa Marin", "Here is everything")
    for kind in ("image", "voice", "video", "document", "sticker"):
        office.says(rosa, **{kind: "photo" if kind == "image" else kind})
    place = {"latitude": 38.7223, "longitude": -9.1393, "name": "Our shop", "address": "Rua Nova 1"}
    office.says(rosa, location=place)
    card = {
        "name": {"formatted_name": "Pia Lund", "first_name": "Pia"},
        "phones": [{"phone": "+351 912 000 111"}],
    }
    office.says(rosa, contacts=[card])
    office.says(rosa, text="That is all")
    mine = f"threads/{rosa.thread}/timeline"
    hand = office.hand("mia")
    wait_for(lambda: len(ready_files(hand("GET", mine))) == 5, PATIENCE_S)
    hand("PUT", f"threads/{rosa.thread}/read", {"read_count": 9})

    mia = office.desk("mia")
    gate = Gate(mia.page, re.compile("/files/|/content"))
    mia.open(rosa)
    expect(mia.bubble("That is all")).to_be_in_viewport()
    mia.timeline.evaluate("box => { for (const one of box.querySelectorAll('img')) one.loading = 'eager'; }")
    mia.page.wait_for_function("() => document.querySelectorAll('[data-testid=timeline] img').length === 2")
    gate.wait(2)
    before = places(mia)

    gate.open()
    mia.page.wait_for_function(
        """() => [...document.querySelectorAll('[data-testid=timeline] img')]
            .every(one => one.complete && one.naturalWidth > 0)"""
    )
    assert places(mia) == before
    expect(mia.timeline.locator(".sticker img")).to_have_count(1)
    expect(mia.timeline.locator("video")).to_have_count(1)
    expect(mia.timeline.get_by_role("button", name="Play Voice message")).to_be_attached()
    expect(mia.timeline.locator("a.doc")).to_have_attribute("rel", "noopener noreferrer")
    expect(mia.timeline.locator("a.place")).to_contain_text("Our shop")
    expect(mia.timeline.locator(".vcard")).to_contain_text("Pia Lund")

    mia.timeline.locator("button.photo").click()
    lightbox = mia.page.locator("dialog.lightbox")
    expect(lightbox.locator("img")).to_be_visible()
    mia.press("+")
    expect(lightbox.locator("img.zoomed")).to_be_visible()
    mia.press("Escape")
    expect(lightbox).to_have_count(0)

    office.says(rosa, image="photo")
    photos, place_of = mia.timeline.locator("button.photo"), lightbox.locator("header .num")
    expect(photos).to_have_count(2)
    photos.last.click()
    expect(place_of).to_have_text("2 / 2")
    expect(lightbox.locator(":focus")).to_have_count(1)
    for key, shown in (("ArrowLeft", "1 / 2"), ("ArrowLeft", "1 / 2"), ("ArrowRight", "2 / 2")):
        mia.press(key)
        expect(place_of).to_have_text(shown)


def ready_files(timeline: dict[str, Any]) -> list[dict[str, Any]]:
    messages = [entry["message"] for entry in timeline["data"] if entry["type"] == "message"]
    return [file for one in messages for file in one["attachments"] if file["state"] == "ready"]


def places(desk: Desk) -> Any:
    """Where every message stands: [[id, top, height], …]."""
    return desk.timeline.evaluate(
        """box => [...box.querySelectorAll("[data-entry]")].map(one => {
            const {top, height} = one.getBoundingClientRect();
            return [one.dataset.entry, Math.round(top), Math.round(height)];
        })"""
    )


def test_what_a_message_came_by_is_shown_and_how_long_answers_are_free(office: Office) -> None:
    """An ad with its words, a forwarded text; our answer's price says until when the next ones are free."""
    ada = office.customer("Ada Came By", "Hello")
    referral = {
        "source_type": "ad",
        "source_url": "https://fb.me/bikes",
        "headline": "Chat with us",
        "body": "Spring bikes are here",
        "image_url": "https://scontent.example/bike.png",
    }
    office.says(ada, text="Can I get more info?", referral=referral)
    forwarded = {
        "from": ada.phone,
        "id": f"wamid.F{ada.phone}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": "Look at this"},
        "context": {"forwarded": True},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": ada.account},
        "contacts": [{"wa_id": ada.phone, "profile": {"name": ada.name}}],
        "messages": [forwarded],
    }
    office.stack.far_end.webhook(ada.account, value)
    mia = office.desk("mia").open(ada)

    card = mia.bubble("Can I get more info?").get_by_test_id("referral")
    expect(card).to_contain_text("Came by an ad")
    expect(card).to_contain_text("Spring bikes are here")
    expect(card.get_by_role("link")).to_have_attribute("href", "https://fb.me/bikes")
    expect(mia.bubble("Look at this").get_by_test_id("origin")).to_have_text("Forwarded")
    mia.send("Of course")
    expect(mia.at("free")).to_contain_text("costs nothing until")
