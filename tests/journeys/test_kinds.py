"""Each kind of message that a page can send, from both sides: made in one browser and seen in the other."""

from __future__ import annotations

import re

import requests
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.journeys.office import Office

#: What the simulator offers to send without having any → what a person would call it.
FILES = {
    "photo": ("card.jpg", "image/jpeg"),
    "video": ("walk.mp4", "video/mp4"),
    "document": ("letter.pdf", "application/pdf"),
}


def file(office: Office, sample: str) -> FilePayload:
    """A real file of this kind."""
    name, mime = FILES[sample]
    answer = requests.get(f"{office.stack.far_end.url}/samples/{sample}", timeout=30)
    answer.raise_for_status()
    return {"name": name, "mimeType": mime, "buffer": answer.content}


class Phone:
    """The customer's side: every way the phone page has to send something."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.composer = page.get_by_test_id("phone-composer")

    def says(self, words: str) -> None:
        self.composer.fill(words)
        self.page.get_by_test_id("phone-send").click()

    def sends_file(self, one: FilePayload, caption: str = "", field: str = "phone-file") -> None:
        self.page.get_by_test_id(field).set_input_files(one)
        self.page.get_by_test_id("phone-caption").fill(caption)
        self.page.get_by_test_id("phone-send-files").click()

    def attaches(self, what: str) -> None:
        self.page.get_by_test_id("phone-attach").click()
        self.page.get_by_role("menuitem", name=what).click()

    def records(self) -> None:
        self.page.get_by_test_id("phone-record").click()
        expect(self.page.get_by_role("timer")).to_have_text(re.compile("0:0[1-9]"))
        self.page.get_by_test_id("phone-record-send").click()

    def menu_of_last(self, item: str) -> None:
        self.composer.press("ArrowUp")
        self.page.get_by_role("menuitem", name=item).click()

    def theirs(self, words: str) -> Locator:
        """What the business wrote."""
        return self.page.locator("li.m.them", has_text=words).locator("[data-wamid]")

    def got(self, kind: str) -> Locator:
        return self.page.locator(f"li.m.them [data-kind={kind}]")


def test_the_phone_sends_each_kind_it_can_and_the_agent_sees_it(office: Office) -> None:
    pia = office.customer("Pia Phone", "Hello")
    mia, phone = office.desk("mia").open(pia), Phone(office.phone(pia))
    seen = mia.timeline
    mia.send("What is it?")
    expect(phone.theirs("What is it?")).to_be_visible()

    phone.theirs("What is it?").focus()
    phone.page.keyboard.press("q")
    expect(phone.composer).to_be_focused()
    phone.says("It is this 👇")
    expect(mia.bubble("It is this 👇").locator(".quote")).to_contain_text("What is it?")
    phone.sends_file(file(office, "photo"), "My card")
    expect(mia.bubble("My card").locator("img")).to_be_visible()
    phone.sends_file(file(office, "video"))
    expect(seen.locator("video")).to_have_count(1)
    phone.sends_file(file(office, "document"), field="phone-document")
    expect(seen.locator("a.doc")).to_contain_text("letter.pdf")
    phone.attaches("Location")
    phone.page.get_by_role("dialog").get_by_text("Waterloo Station", exact=True).click()
    expect(seen.locator("a.place")).to_contain_text("Waterloo Station")
    phone.attaches("Contact")
    card = phone.page.get_by_role("dialog").locator("li button").first
    name = card.locator("b").inner_text()
    card.click()
    expect(seen.locator(".vcard")).to_contain_text(name)
    phone.records()
    expect(seen.get_by_role("button", name="Play Voice message")).to_have_count(1)

    phone.theirs("What is it?").focus()
    phone.page.keyboard.press("+")
    expect(phone.page.get_by_role("menuitemradio", name="React 👍")).to_be_focused()
    phone.page.keyboard.press("Enter")
    expect(mia.bubble("What is it?").first.locator(".react")).to_have_text("👍")
    phone.says("Come on Tuesday")
    expect(mia.bubble("Come on Tuesday")).to_be_visible()
    phone.menu_of_last("Edit")
    phone.says("Come on Wednesday")
    expect(mia.bubble("Come on Wednesday")).to_contain_text("edited")
    phone.menu_of_last("Delete for everyone")
    phone.page.get_by_test_id("revoke").click()
    expect(mia.messages.last).to_contain_text("The customer took this message back.")


def test_an_agent_sends_each_kind_the_page_can_and_the_phone_shows_it(office: Office) -> None:
    """Voice notes: test_voice.py; templates with cards: test_cards.py; the request to call: test_calls.py."""
    ann = office.customer("Ann Agent", "What can I do?")
    mia, phone = office.desk("mia").open(ann), Phone(office.phone(ann))

    question = mia.bubble("What can I do?").first
    question.hover()
    question.get_by_role("button", name="Quote").click()
    mia.send("Read *this* first 👇")
    answer = phone.theirs("Read this first")
    expect(answer).to_contain_text("What can I do?")
    expect(answer.locator("strong, b").filter(has_text="this")).to_be_visible()
    for sample in FILES:
        mia.at("attach-input").set_input_files(file(office, sample))
        expect(mia.page.locator("[data-testid=file-chip][data-state=ready]")).to_have_count(1)
        mia.field.fill(f"A {sample}")
        mia.at("send").click()
        expect(phone.theirs(f"A {sample}")).to_be_visible()
    expect(phone.got("image").locator("img")).to_be_visible()
    expect(phone.got("video").locator("video")).to_have_count(1)
    expect(phone.got("document")).to_contain_text("letter.pdf")
    mia.page.get_by_role("button", name="Send a template").click()
    mia.at("template-hello_world").first.click()
    mia.at("send").click()
    expect(phone.got("template")).to_be_visible()
    question.hover()
    question.get_by_role("button", name="React").click()
    mia.page.get_by_role("button", name="👍").click()
    expect(phone.page.locator("li.m.me", has_text="What can I do?").locator(".reactions")).to_contain_text(
        "👍"
    )

    kinds = [one["kind"] for one in office.stack.far_end.outbox(ann.phone)]
    assert kinds == ["text", "image", "video", "document", "template", "reaction"]
    stranger = office.stack.api("contoso-air", "GET", f"threads/{ann.thread}")
    assert stranger.status_code == 404
