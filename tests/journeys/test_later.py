"""Answers that leave later: chosen, changed, taken back, sent on time, or told why not."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Locator, expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Customer, Desk, Hand, Office


def choose(desk: Desk, when: str) -> None:
    desk.at("later").click()
    desk.page.get_by_role("option", name=when).click()


def leaves_now(hand: Hand, customer: Customer) -> None:
    """The clock of the story: what waits in this conversation is due in a moment."""
    [row] = hand("GET", f"scheduled_messages?thread={customer.thread}")["data"]
    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    hand("PATCH", f"scheduled_messages/{row['id']}", {"send_at": soon})


def test_an_answer_leaves_at_its_time_and_can_be_changed_or_taken_back_until_then(office: Office) -> None:
    """A45: by the same moments as snoozing; undone; changed here and by a colleague; sent; not sent."""
    nora, hand = office.customer("Nora Later", "Is it there yet?"), office.hand("ben")
    mia = office.desk("mia").open(nora)
    rows: Locator = mia.at("scheduled")

    mia.field.fill("Too early")
    choose(mia, "Tomorrow, 9:00")
    expect(rows).to_have_count(1)
    expect(mia.field).to_have_value("")
    mia.toasts.get_by_role("button", name="Undo").last.click()
    expect(rows).to_have_count(0)
    expect(mia.field).to_have_value("Too early")
    choose(mia, "Tomorrow, 9:00")
    expect(rows).to_have_count(1)
    mia.field.fill("And this, begun since")
    mia.toasts.get_by_role("button", name="Undo").last.click()
    expect(rows).to_have_count(0)
    expect(mia.field).to_have_value("Too early\nAnd this, begun since")

    mia.field.fill("Has it arrived?")
    mia.field.press("Control+k")
    mia.page.get_by_role("combobox", name="Commands").fill("send later")
    mia.press("Enter")
    mia.page.get_by_role("combobox", name="Send later").fill("monday")
    mia.press("Enter")
    expect(rows).to_contain_text("Has it arrived?")
    expect(mia.timeline.locator(".fact").last).to_contain_text("You wrote a message that leaves")
    rows.get_by_role("button", name=re.compile("Change")).click()
    mia.page.get_by_label("Message", exact=True).fill("Has your card arrived?")
    mia.page.get_by_role("button", name="Save").click()
    expect(rows).to_contain_text("Has your card arrived?")
    assert office.got(nora) == []
    leaves_now(hand, nora)
    wait_for(lambda: office.got(nora) == ["Has your card arrived?"], PATIENCE_S)
    expect(rows).to_have_count(0)
    expect(mia.bubble("Has your card arrived?")).to_be_visible()

    mia.field.fill("One thing more")
    choose(mia, "In 3 hours")
    expect(mia.field).to_be_focused()
    expect(rows).to_have_count(1)
    hand("PUT", f"threads/{nora.thread}/closure", {})
    leaves_now(hand, nora)
    expect(rows.locator("[role=alert]")).to_contain_text("This conversation is closed")
    assert office.hand("mia")("GET", f"threads/{nora.thread}")["mentioned"]
    mia.page.get_by_role("button", name="Reopen to reply").click()
    rows.get_by_role("button", name=re.compile("Send now")).click()
    wait_for(lambda: office.got(nora)[1:] == ["One thing more"], PATIENCE_S)
    expect(rows).to_have_count(0)


def test_two_who_change_what_leaves_later_lose_neither_words_nor_time(office: Office) -> None:
    """A45: Mia has it open to move it to another time while Ben puts its words right."""
    olga, hand = office.customer("Olga Later", "Is it there yet?"), office.hand("ben")
    mia = office.desk("mia", timezone_id="UTC").open(olga)
    mia.field.fill("Has it arived?")
    choose(mia, "Tomorrow, 9:00")
    mia.at("scheduled").get_by_role("button", name=re.compile("Change")).click()
    when = mia.page.get_by_label("Send at")
    expect(when).to_be_visible()

    [row] = hand("GET", f"scheduled_messages?thread={olga.thread}")["data"]
    hand("PATCH", f"scheduled_messages/{row['id']}", {"text": "Has it arrived?"})
    expect(mia.at("scheduled")).to_contain_text("Has it arrived?")
    day = datetime.now(UTC).date() + timedelta(days=3)
    when.fill(f"{day}T10:30")
    mia.page.get_by_role("button", name="Save").click()

    def kept() -> tuple[str, str]:
        now = hand("GET", f"scheduled_messages/{row['id']}")
        return now["text"], now["send_at"][:16]

    wait_for(lambda: kept()[1] == f"{day}T10:30", PATIENCE_S)
    assert kept()[0] == "Has it arrived?"
    hand("DELETE", f"scheduled_messages/{row['id']}")
