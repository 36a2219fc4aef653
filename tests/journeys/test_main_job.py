"""The main job: a customer writes from a phone, agents see it at once, one answers, the ticks turn blue."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Eyes, Stack

NORTHWIND = "northwind-bank"
GRACE = "447700900311"


def picture() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((640, 480)).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def phone(eyes: Eyes, stack: Stack, number: str) -> Page:
    account = stack.tenant(NORTHWIND)["channels"][0]["external_id"]
    return eyes.window(f"{stack.run['simulator_url']}/phone/#/{account}/{number}")


def inbox(eyes: Eyes, stack: Stack, n: int) -> Page:
    page = eyes.window(stack.fresh_login(NORTHWIND, n))
    page.goto(f"{stack.url}/inbox/?view=all")
    expect(page.get_by_test_id("list")).to_be_visible()
    return page


def row(page: Page, name: str) -> object:
    return page.locator("[data-testid^=thread-row-]", has_text=name)


def bubble(page: Page, text: str) -> object:
    return page.get_by_test_id("message").filter(has_text=text)


def test_a_customer_writes_and_sends_a_photo_and_an_agent_answers_with_a_quote(
    stack: Stack, eyes: Eyes
) -> None:
    mia, ben = inbox(eyes, stack, 0), inbox(eyes, stack, 1)
    grace = phone(eyes, stack, GRACE)
    row(mia, "Grace Whitfield").first.click()  # type: ignore[attr-defined]
    row(ben, "Grace Whitfield").first.click()  # type: ignore[attr-defined]

    grace.get_by_test_id("phone-composer").fill("And on Sunday?")
    grace.get_by_test_id("phone-send").click()
    expect(bubble(mia, "And on Sunday?")).to_be_visible()  # type: ignore[arg-type]
    expect(bubble(ben, "And on Sunday?")).to_be_visible()  # type: ignore[arg-type]

    grace.get_by_test_id("phone-file").set_input_files(
        {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    grace.get_by_test_id("phone-send-files").click()
    shown = mia.get_by_test_id("message").locator("img").first
    expect(shown).to_be_visible()
    mia.wait_for_function("img => img.naturalWidth > 0", arg=shown.element_handle())

    question = bubble(mia, "And on Sunday?")
    question.hover()  # type: ignore[attr-defined]
    question.get_by_role("button", name="Quote").click()  # type: ignore[attr-defined]
    expect(mia.get_by_test_id("quote-bar")).to_be_visible()
    mia.get_by_test_id("composer").get_by_role("textbox").fill("Closed on Sunday, I am sorry.")
    mia.get_by_test_id("send").click()

    answer = grace.locator("[data-wamid]", has_text="Closed on Sunday")
    expect(answer).to_be_visible()
    expect(answer).to_contain_text("And on Sunday?")
    ours = bubble(mia, "Closed on Sunday")
    expect(ours).to_have_attribute("data-status", "read")  # type: ignore[arg-type]
    expect(bubble(ben, "Closed on Sunday")).to_have_attribute("data-status", "read")  # type: ignore[arg-type]
    assert [got["text"] for got in stack.far_end.outbox(GRACE)].count("Closed on Sunday, I am sorry.") == 1
