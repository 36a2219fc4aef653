"""Alerts a business sent stand in the conversation they led to, with what became of them."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import NORTHWIND, PATIENCE_S, Customer, Desk, Gate, Office
from tests.journeys.test_telephone import by_text, message, rings

FRAUD = {
    "first_name": "Grace",
    "amount": {"amount": 31900, "currency": "EUR"},
    "merchant": "ELEKTRO-24 BERLIN",
    "card_end": "4417",
}


#: The last bubble grows, and again before the browser tells of the scroll that the first growth caused.
#: How far the reader is from the end when that is drawn, in px.
GROW = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    const box = document.querySelector("[data-testid=timeline]");
    const bubble = [...box.querySelectorAll("[data-testid=message]")].at(-1);
    bubble.style.minHeight = "400px";
    await new Promise(done => new ResizeObserver(() => bubble.offsetHeight >= 400 && done()).observe(bubble));
    bubble.style.minHeight = "800px";
    for (let n = 0; n < 4; n++) await frame();
    return box.scrollHeight - box.scrollTop - box.clientHeight;
}"""


def notify(office: Office, customer: Customer) -> str:
    """Northwind's program raises a fraud alert; returns its id."""
    body = {"type": "fraud_alert", "to": {"customer_id": customer.id}, "data": FRAUD}
    answer = office.stack.api(NORTHWIND, "POST", "notifications", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def alert(office: Office, key: str) -> dict[str, Any]:
    found: dict[str, Any] = office.stack.api(NORTHWIND, "GET", f"notifications/{key}").json()["notification"]
    return found


def test_an_alert_stands_in_the_thread_and_the_panel_and_its_answer_shows_at_once(office: Office) -> None:
    """A61: marked with its name, its steps in the panel, the pressed button marked; all without a reload."""
    grace = office.customer("Grace Alerted", "Hello")
    mia = office.desk("mia").open(grace)
    phone = office.phone(grace)
    expect(mia.at("notice-led")).to_have_count(0)

    key = notify(office, grace)

    mark = mia.at("notice-mark").filter(has_text="Fraud alert")
    expect(mark).to_be_visible()
    led = mia.at("notice-led")
    expect(led).to_contain_text("Fraud alert")
    expect(led.get_by_test_id("notice-steps").locator("li").first).to_contain_text("WhatsApp · ")

    phone.get_by_role("button", name="Not me").click()

    expect(led).to_contain_text("Answered “Not me”")
    bubble = mia.messages.filter(has=mark)
    expect(bubble.locator(".buttons .hit")).to_contain_text("Not me")
    expect(bubble.locator(".card-head")).to_have_text("A payment needs your answer")
    assert wait_for(lambda: alert(office, key)["state"] == "answered", PATIENCE_S)
    assert alert(office, key)["name"] == "Fraud alert"

    led.get_by_role("button", name="Fraud alert").click()
    expect(bubble).to_be_in_viewport()

    fresh = office.desk("mia").open(grace)
    expect(fresh.at("notice-led")).to_contain_text("Answered “Not me”")
    hand = office.hand("tom")
    assert hand("GET", f"notifications?customer={grace.id}")["data"] == []


def test_a_conversation_stays_at_its_end_while_what_stands_below_and_in_it_grows(office: Office) -> None:
    """A5, A29: templates come later than the rows, below them and as the words of a bubble."""
    silent = office.customer("Nora Silent", "Hello", at=int(time.time()) - 26 * 3600)
    for _ in range(3):
        notify(office, silent)
    office.hand("mia")("PUT", f"threads/{silent.thread}/read", {"read_count": 9})
    mia = office.desk("mia")

    for width in (1440, 390):
        mia.page.set_viewport_size({"width": width, "height": 844})
        gate = Gate(mia.page, "**/api/v1/templates*")
        mia.open(silent)
        expect(mia.messages.last).to_be_in_viewport()
        gate.open()
        expect(mia.timeline.locator(".card-head")).to_have_count(3)
        expect(mia.at("template-picker")).to_contain_text("flight delay")
        expect(mia.messages.last).to_be_in_viewport()
        assert mia.page.evaluate(GROW) <= 2


def test_a_call_tells_how_it_went_while_the_page_is_open(office: Office) -> None:
    """A61: ringing, the pressed key and the length of the call change in the bubble by themselves."""
    grace = office.customer("Grace Called", "Hello")
    mia = office.desk("mia").open(grace)
    phone = office.phone(by_text(office, grace))

    call = rings(office, grace)
    bubble = mia.bubble("Did you pay 319 euros?").first
    expect(bubble).to_contain_text("Not me")
    phone.get_by_test_id("call-answer").click()
    expect(phone.get_by_test_id("call-words")).to_contain_text("This is Northwind Bank.")
    phone.get_by_test_id("call-key-2").click()

    found = wait_for(lambda: (one := message(office, call))["content"].get("duration_s") and one, PATIENCE_S)
    takes = int(found["content"]["duration_s"])
    expect(bubble.locator(".call-head")).to_contain_text(f"{takes // 60}:{takes % 60:02}")


def _tells_what_was_written_before(office: Office, mia: Desk, grace: Customer) -> None:
    """The customer changes their last word; its details still have the first one."""
    said = office.stack.api(NORTHWIND, "GET", f"messages?thread={grace.thread}&limit=50").json()["data"]
    [target] = [one["provider_id"] for one in said if one["text"] == "Word 29"]
    edit = {"target": target, "text": "Another word"}
    office.stack.far_end.write(office.stack.account(NORTHWIND), grace.phone, edit=edit)

    changed = mia.bubble("Another word")
    expect(changed).to_contain_text("edited")
    changed.hover()
    changed.get_by_role("button", name="Message menu").click()
    mia.page.get_by_role("option", name="Details").click()
    expect(mia.at("versions").locator("li")).to_have_count(1)
    expect(mia.at("versions")).to_contain_text("Word 29")
    mia.press("Escape")


def test_the_details_of_a_message_equal_the_api_and_its_link_opens_at_it(office: Office) -> None:
    """A31, A32: every status with its time, the attempts, the ids to copy; the copied link leads back."""
    grace = office.customer("Grace Detailed", *[f"Word {n}" for n in range(1, 30)])
    mia = office.desk("mia")
    mia.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    mia.open(grace)
    mia.send("Look me up")
    expect(mia.bubble("Look me up")).to_have_attribute("data-status", "read")
    key = str(mia.bubble("Look me up").get_attribute("data-id"))

    mia.bubble("Look me up").hover()
    mia.bubble("Look me up").get_by_role("button", name="Message menu").click()
    mia.page.get_by_role("option", name="Details").click()
    known = message(office, key)
    expect(mia.at("statuses").locator("tr")).to_have_count(len(known["status_history"]))
    dialog = mia.page.get_by_role("dialog")
    for value in (known["id"], known["provider_id"], known["client_ref"], str(known["attempts"])):
        expect(dialog).to_contain_text(value)
    expect(dialog).to_contain_text(known["pricing"]["category"])
    dialog.get_by_role("button", name="Copy Provider id").click()
    assert mia.page.evaluate("navigator.clipboard.readText()") == known["provider_id"]
    mia.press("Escape")
    _tells_what_was_written_before(office, mia, grace)

    first = mia.bubble("Word 1").first
    first.scroll_into_view_if_needed()
    first.hover()
    first.get_by_role("button", name="Message menu").click()
    mia.page.get_by_role("option", name="Copy text").click()
    expect(mia.toasts.filter(has_text="Copied").first).to_be_visible()
    assert mia.page.evaluate("navigator.clipboard.readText()") == "Word 1"
    first.hover()
    first.get_by_role("button", name="Message menu").click()
    mia.page.get_by_role("option", name="Copy link").click()
    link = wait_for(lambda: (one := mia.page.evaluate("navigator.clipboard.readText()")) != "Word 1" and one)

    place = {name: values[0] for name, values in parse_qs(urlparse(link).query).items()}
    assert place["message"] == first.get_attribute("data-id")
    other = office.desk("ben").go(**place)
    expect(other.bubble("Word 1").first).to_be_in_viewport()
