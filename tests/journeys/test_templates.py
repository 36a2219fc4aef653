"""The life of a template: written, approved, sent by an agent, paused and held, let go again."""

from __future__ import annotations

import itertools
import re
import time

from playwright.sync_api import Page, expect

from tests.far_end import wait_for
from tests.journeys.office import NORTHWIND, PATIENCE_S, Gate, Office

_names = itertools.count(time.time_ns() % 10**6)


def _fate(office: Office, name: str, fate: str, **more: str) -> None:
    said = {"channel": office.stack.account(NORTHWIND), "name": name, "language": "en", "fate": fate, **more}
    office.stack.far_end._call("POST", "/control/templates", said)


def _is(office: Office, name: str, status: str) -> None:
    """Wait until our copy stands so."""

    def stands() -> bool:
        found = office.stack.api(NORTHWIND, "GET", f"templates?q={name}").json()["data"]
        return bool(found) and found[0]["status"] == status

    wait_for(stands, PATIENCE_S)


def _write(page: Page, office: Office, name: str) -> None:
    """From a starter to a submission, with one mistake on the way."""
    page.get_by_role("link", name="answer_ready").first.click()
    page.locator("#name").fill(name)
    number = page.locator("#channel")
    if number.count():  # other stories connect numbers too
        number.select_option(office.stack.tenant(NORTHWIND)["channels"][0]["id"])
    body = page.get_by_test_id("body")
    text = body.input_value()
    body.fill("Hello {{first_name}}, here is the answer to {{subject}}")
    expect(page.locator("#e-body")).to_contain_text("ends with a variable")
    body.fill(text)
    expect(page.locator("#e-body")).to_be_empty()
    expect(page.get_by_test_id("preview")).to_contain_text("Hello Ada")
    page.get_by_role("button", name="Submit to WhatsApp").click()
    expect(page.locator("main")).to_contain_text("Submitted")


def test_a_template_from_its_draft_to_a_held_message_that_leaves(office: Office) -> None:
    """A41, B6, B7: the picker shows what is approved and why something is paused; what waits leaves later."""
    name = f"answer_{next(_names)}"
    office.stack.far_end._call(
        "PUT", f"/control/numbers/{office.stack.account(NORTHWIND)}", {"template_review_s": None}
    )
    console = office.page("mia", "/console/templates/starters/")
    _write(console, office, name)
    _is(office, name, "PENDING")
    _fate(office, name, "approve")
    expect(console.locator("#state [data-status]")).to_have_attribute("data-status", "APPROVED")
    expect(console.get_by_test_id("life")).to_contain_text("Approved")

    ada = office.customer("Ada Template", "What about my card?")
    ben = office.desk("ben").open(ada)
    ben.page.get_by_role("button", name="Send a template").click()
    ben.at(f"template-{name}").click()
    fields = ben.page.locator(".template-fields input")
    fields.nth(0).fill("Ada")
    fields.nth(1).fill("your card")
    ben.at("send").click()
    wait_for(
        lambda: "template" in [one["kind"] for one in office.stack.far_end.outbox(ada.phone)], PATIENCE_S
    )

    _fate(office, name, "pause", description="Paused for low quality.")
    expect(console.locator("#live .notice")).to_contain_text("Paused for low quality")
    ben.page.get_by_role("button", name="Send a template").click()
    expect(ben.at(f"template-{name}")).to_be_disabled()
    expect(ben.at(f"template-{name}")).to_contain_text("Paused for low quality")

    values = [{"type": "text", "parameter_name": key, "text": "Ada"} for key in ("first_name", "subject")]
    template = {"name": name, "language": "en", "components": [{"type": "body", "parameters": values}]}
    sent = office.stack.api(
        NORTHWIND, "POST", f"threads/{ada.thread}/messages", json={"template": template, "client_ref": "held"}
    ).json()
    held = ben.page.locator("[data-testid=message][data-status=held]")
    expect(held).to_contain_text("Paused for low quality")

    _fate(office, name, "unpause")
    expect(held).to_have_count(0)
    wait_for(
        lambda: (
            office.stack.api(NORTHWIND, "GET", f"messages/{sent['id']}").json()["status"]
            in {"sent", "delivered", "read"}
        ),
        PATIENCE_S,
    )
    expect(console.get_by_test_id("life")).to_contain_text("May be used again")
    expect(console.locator("#live .notice")).to_have_count(0)


def test_a_template_is_found_filled_in_and_sent_by_keys_alone(office: Office) -> None:
    """A41, A63: the focus is where the next key belongs, and Esc goes a step back."""
    lena = office.customer("Lena Keys", "Is my flight late?")
    mia = office.desk("mia").open(lena)
    mia.timeline.focus()
    search = mia.at("template-picker").get_by_role("searchbox")

    mia.press("t")
    expect(search).to_be_focused()
    mia.press("Escape")
    expect(mia.field).to_be_focused()
    mia.press("Escape")
    expect(mia.timeline).to_be_focused()

    mia.press("t")
    expect(search).to_be_focused()
    usable = mia.page.locator("[data-testid^=template-]:not([data-testid=template-picker])")
    expect(usable.first).to_be_visible()
    assert usable.evaluate_all("rows => rows.map(row => row.disabled)") == sorted(
        usable.evaluate_all("rows => rows.map(row => row.disabled)")
    ), "what cannot be sent stands last"
    mia.press("ArrowDown")
    expect(usable.first).to_be_focused()
    mia.press("ArrowUp")
    expect(search).to_be_focused()
    search.fill("flight delay")
    mia.press("Enter")

    fields = mia.page.locator(".template-fields input")
    expect(fields.first).to_be_focused()
    mia.press("Escape")
    expect(search).to_be_focused()
    search.fill("flight delay")
    mia.press("Enter")
    expect(fields.first).to_be_focused()
    for n in range(fields.count()):
        fields.nth(n).fill(f"Value {n}")
    mia.press("Enter")
    expect(mia.field).to_be_focused()
    sent = wait_for(lambda: office.stack.far_end.outbox(lena.phone), PATIENCE_S)
    assert [one["kind"] for one in sent] == ["template"]


def test_a_key_pressed_before_the_templates_came_is_carried_out_when_they_do(office: Office) -> None:
    lena = office.customer("Lena Early", "Is my flight late?")
    mia = office.desk("mia").open(lena)
    search = mia.at("template-picker").get_by_role("searchbox")
    rows = mia.page.locator("[data-testid^=template-]:not([data-testid=template-picker])")

    gate = Gate(mia.page, re.compile(r"/templates\?"))
    mia.page.get_by_role("button", name="Send a template").click()
    expect(search).to_be_focused()
    gate.wait()
    mia.press("ArrowDown")
    gate.open()
    expect(rows.first).to_be_focused()

    mia.page.reload()
    gate = Gate(mia.page, re.compile(r"/templates\?"))
    mia.page.get_by_role("button", name="Send a template").click()
    gate.wait()
    mia.page.keyboard.type("flight delay")
    mia.press("Enter")
    gate.open()
    expect(mia.page.locator(".template-fields input").first).to_be_focused()
    expect(mia.page.locator(".template-form header")).to_contain_text("flight delay")
