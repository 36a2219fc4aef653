"""Ctrl-C and start again: everything is still there."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Office


def test_after_ctrl_c_and_a_second_start_everything_is_still_there(office: Office) -> None:
    """Messages, notes, drafts, reads, the sign-in, and the page that stood open all the while."""
    office.eyes.forgive("ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "ERR_ABORTED", "WebSocket", "503", "502")
    mara = office.customer("Mara Stone", "Before the night")
    mia = office.desk("mia").open(mara)
    mia.send("Good night")
    expect(mia.bubble("Good night")).to_have_attribute("data-status", "read")
    mia.at("mode-note").click()
    mia.send("Call her tomorrow")
    expect(mia.at("note")).to_have_attribute("data-status", "saved")
    mia.at("mode-reply").click()
    mia.field.fill("Good mor")
    hand = office.hand("mia")
    wait_for(lambda: hand("GET", f"threads/{mara.thread}")["draft"] == "Good mor", PATIENCE_S)
    before = hand("GET", f"threads/{mara.thread}/timeline")["data"]

    office.stack.stop()
    assert office.stack.pids() == {}
    office.stack.start()

    assert hand("GET", f"threads/{mara.thread}/timeline")["data"] == before
    assert office.got(mara) == ["Good night"]
    mia.is_live()
    expect(mia.field).to_have_value("Good mor")
    office.says(mara, text="And good morning")
    expect(mia.bubble("And good morning")).to_be_visible()
    mia.field.press("Enter")
    wait_for(lambda: office.got(mara) == ["Good night", "Good mor"], PATIENCE_S)
    fresh = office.desk("mia").open(mara)
    for words in ("Before the night", "Good night", "And good morning", "Good mor"):
        expect(fresh.bubble(words).first).to_be_visible()
    expect(fresh.at("note")).to_contain_text("Call her tomorrow")
