"""One customer, one thread: where an answer goes, what each channel allows, drafts that stay with theirs."""

from __future__ import annotations

import time

from playwright.sync_api import Locator, Page, expect

from channels_sms.segments import count_segments
from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Desk, Office
from tests.journeys.test_telephone import by_text, channel


def options(desk: Desk) -> Locator:
    """The channels one can answer on."""
    desk.at("place").click()
    return desk.page.get_by_role("listbox", name="Answer on").get_by_role("option")


def answer_on(desk: Desk, label: str) -> None:
    options(desk).filter(has_text=label).first.click()  # other stories connect numbers too


def test_when_the_window_is_closed_the_answer_goes_as_a_text_until_the_customer_says_stop(
    office: Office,
) -> None:
    """A42, A43: WhatsApp takes only templates now, so a text goes; STOP ends it, with the reason."""
    grace = office.customer("Grace Elsewhere", "Anybody?", at=int(time.time()) - 26 * 3600)
    texting = by_text(office, grace)
    mia = office.desk("mia").open(grace)
    expect(mia.at("window-chip")).to_contain_text("Reply window closed")

    found = options(mia)
    expect(found.filter(has_text="WhatsApp").first).to_contain_text("templates only")
    expect(found.filter(has_text="Phone call")).to_have_attribute("aria-disabled", "true")
    expect(found.filter(has_text="Phone call")).to_contain_text("carries no written answers")
    found.filter(has_text="SMS").click()

    expect(mia.at("window-chip")).to_have_count(0)
    phone = office.phone(texting)
    mia.send("Sorry for the wait, we write by text now.")
    expect(phone.locator("[data-wamid]", has_text="Sorry for the wait")).to_be_visible()
    expect(mia.bubble("Sorry for the wait")).to_have_attribute("data-status", "delivered")

    phone.get_by_test_id("phone-composer").fill("STOP")
    phone.get_by_test_id("phone-send").click()
    expect(mia.at("barred")).to_contain_text("opted out of messages on SMS")
    expect(mia.field).to_have_count(0)
    expect(options(mia).filter(has_text="SMS")).to_have_attribute("aria-disabled", "true")
    mia.press("Escape")

    phone.get_by_test_id("phone-composer").fill("START")
    phone.get_by_test_id("phone-send").click()
    expect(mia.field).to_be_visible()


def test_each_channel_keeps_a_draft_of_its_own_also_in_another_browser(office: Office) -> None:
    """A43: words for one channel never stand in the composer of another."""
    grace = office.customer("Grace Drafting", "Hello")
    mia = office.desk("mia").open(grace)
    mia.field.fill("Long words for WhatsApp")
    answer_on(mia, "SMS")
    expect(mia.field).to_have_value("")
    mia.field.fill("Short text")

    answer_on(mia, "WhatsApp")
    expect(mia.field).to_have_value("Long words for WhatsApp")
    expect(options(mia).filter(has_text="SMS")).to_contain_text("draft")
    mia.press("Escape")

    sms = channel(office, "sms")["id"]
    hand = office.hand("mia")

    def kept() -> dict[str | None, str]:
        drafts = hand("GET", "bootstrap")["drafts"]
        return {one["channel_id"]: one["text"] for one in drafts if one["thread_id"] == grace.thread}

    wait_for(lambda: len(kept()) == 2, PATIENCE_S)
    assert kept()[sms] == "Short text"

    elsewhere = office.desk("mia").open(grace)
    expect(elsewhere.field).to_have_value("Long words for WhatsApp")
    answer_on(elsewhere, "SMS")
    expect(elsewhere.field).to_have_value("Short text")
    elsewhere.field.press("Enter")
    wait_for(lambda: office.got(grace) == ["Short text"], PATIENCE_S)
    answer_on(elsewhere, "WhatsApp")
    expect(elsewhere.field).to_have_value("Long words for WhatsApp")


def test_the_composer_answers_where_the_customer_wrote_last(office: Office) -> None:
    """A43: a text moves the answer to texts, unless words for another channel are being written."""
    grace = office.customer("Grace Moving", "Hello on WhatsApp")
    texting = by_text(office, grace)
    mia = office.desk("mia").open(grace)
    expect(mia.at("place")).to_contain_text("WhatsApp")

    office.says(texting, text="Now by text")
    expect(mia.bubble("Now by text")).to_be_visible()
    expect(mia.at("place")).to_contain_text("SMS")

    mia.field.fill("Half a text")
    office.says(grace, text="Back on WhatsApp")
    expect(mia.bubble("Back on WhatsApp")).to_be_visible()
    expect(mia.at("place")).to_contain_text("SMS")
    expect(mia.field).to_have_value("Half a text")


def test_after_a_merge_both_numbers_can_be_answered_and_the_last_one_is(office: Office) -> None:
    """A43, A62: each number is a place of its own, with its own window."""
    hour = 3600  # WhatsApp tells whole seconds: of two words in one, nobody knows which was the last
    first = office.customer("Grace First", "From my old phone", at=int(time.time()) - 26 * hour)
    again = office.customer("Grace Again", "From my new phone", at=int(time.time()) - hour)
    hand = office.hand("ines")
    look = hand("GET", f"customers/{first.id}/merge_preview?other={again.id}")
    hand("POST", f"customers/{first.id}/merges", {"other_id": again.id, "token": look["token"]})
    mia = office.desk("mia").open(first)
    expect(mia.at("place")).to_contain_text(again.phone[-6:])

    old = options(mia).filter(has_text=first.phone[-6:])
    expect(old.first).to_contain_text("templates only")
    mia.press("Escape")
    office.says(first, text="And from the old one")
    expect(mia.at("place")).to_contain_text(first.phone[-6:])
    mia.send("Hello old phone")
    options(mia).filter(has_text=again.phone[-6:]).first.click()
    expect(mia.at("place")).to_contain_text(again.phone[-6:])
    mia.send("Hello new phone")

    wait_for(lambda: office.got(again) == ["Hello new phone"], PATIENCE_S)
    wait_for(lambda: office.got(first) == ["Hello old phone"], PATIENCE_S)


TEXTS = [
    "",
    "Hello",
    "a" * 160,
    "a" * 161,
    "€" * 80,
    "€" * 81,
    "a" * 152 + "€" + "b" * 10,
    "Olá João",
    "ж" * 70,
]
TEXTS += ["ж" * 71, "🙂" * 35, "🙂" * 36, "a" * 66 + "🙂" + "ж" * 10, "[x]{y}~" * 40, "line\nbreak"]


def test_parts_of_a_text_are_counted_as_the_channel_counts_them(office: Office) -> None:
    """A42: how many texts it will be, in which alphabet, while one types."""
    grace = office.customer("Grace Counting", "Hello")
    mia = office.desk("mia").open(grace)
    answer_on(mia, "SMS")

    mia.field.fill("a" * 161)
    expect(mia.at("parts")).to_contain_text("2 texts · GSM-7 · 145 left")
    mia.field.fill("Até já 🙂")
    expect(mia.at("parts")).to_contain_text("1 text · UCS-2")
    mia.field.fill("")

    for text in TEXTS:
        found = count_segments(text)
        assert counted(mia.page, channel(office, "sms")["id"], text) == [
            found.segments,
            found.encoding == "UCS-2",
        ], text


def counted(page: Page, channel_id: str, text: str) -> list[object]:
    """[parts, is it wide?] as the page's own module counts."""
    found: list[object] = page.evaluate(
        """async ([id, text]) => {
            const [{ channel }, { partsOf }] = await Promise.all(
                ["store", "ui/parts"].map((name) => import(
                    document.querySelector("script[type=module]").src.replace("main.js", `${name}.js`))));
            const { parts, isWide } = partsOf(text, channel(id).limits.alphabet);
            return [parts, isWide];
        }""",
        [channel_id, text],
    )
    return found


def test_a_channel_says_why_it_takes_no_such_file(office: Office) -> None:
    """A42: what one channel takes another refuses, with its own name in the reason."""
    grace = office.customer("Grace Attaching", "Hello")
    mia = office.desk("mia").open(grace)
    answer_on(mia, "SMS")

    mia.at("attach-input").set_input_files(
        {"name": "sheet.xlsx", "mimeType": "application/x-unknown", "buffer": b"PK"}
    )
    expect(mia.toasts.filter(has_text="SMS takes no such files")).to_be_visible()
