"""Calls: a customer's phone rings the agents' browsers, and one of them talks; both are real browsers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.far_end import wait_for
from tests.journeys.office import NORTHWIND, PATIENCE_S, Desk, Office
from tests.journeys.test_alerts import tab, told
from tests.journeys.test_voice import REFUSE

INBOX, PHONE = "talk.js", "voice.js"
#: What came in by the connection: packets, and how loud it was in all. The module is the page's own.
HEARD = """async (module) => {
    const main = document.querySelector("script[type=module]").src;
    const rows = await (await import(new URL(module, main))).stats();
    const sound = rows.find((row) => row.type === "inbound-rtp");
    return sound ? [sound.packetsReceived, sound.totalAudioEnergy] : [0, 0];
}"""


def heard(page: Page, module: str) -> list[float]:
    """[packets, energy] of the sound that reached a page."""
    found: list[float] = page.evaluate(HEARD, module)
    return found


def hears(page: Page, module: str) -> None:
    """Sound comes in, and it is not silence."""

    def is_heard() -> bool:
        page.wait_for_timeout(50)  # lets the browser's news in
        packets, energy = heard(page, module)
        return packets > 10 and energy > 0

    wait_for(is_heard, PATIENCE_S)


def is_talking(desk: Desk) -> Any:
    return desk.page.locator("[data-testid=call-talking][data-phase=talking]")


@pytest.fixture
def is_kept(office: Office) -> Iterator[None]:
    """The bank has its calls recorded and written down."""
    account = office.stack.account(NORTHWIND)
    channels = office.hand("mia")("GET", "channels")["data"]
    (number,) = [one["id"] for one in channels if one["external_id"] == account]
    path = f"whatsapp/numbers/{number}/options"
    wanted = {"call_recording": True, "call_transcription": True, "call_purpose": "for quality"}
    office.hand("mia")("PATCH", path, wanted)
    yield
    office.hand("mia")("PATCH", path, {"call_recording": False, "call_transcription": False})


def test_a_customer_calls_an_agent_answers_they_hear_each_other_and_the_conversation_keeps_a_line(
    office: Office, is_kept: None
) -> None:
    """A67: it rings at both agents; one cannot take it for want of a microphone, the other does."""
    cleo, other = office.customer("Cleo Caller", "I will call you"), office.customer("Otto Other", "Hello")
    mia, ben = office.desk("mia").open(cleo), office.desk("ben").open(other)
    phone = office.phone(cleo)

    phone.get_by_test_id("voice-call").click()
    for desk in (mia, ben):
        expect(desk.at("call-ringing")).to_contain_text("Cleo Caller")
    expect(ben.at("call-ringing")).to_contain_text("Incoming call")

    ben.page.evaluate(REFUSE)
    ben.at("call-accept").click()
    expect(ben.at("call-refused")).to_contain_text("The microphone is not allowed for this page.")
    expect(ben.at("call-refused")).to_contain_text("It rings on for your colleagues.")
    expect(mia.at("call-accept")).to_be_visible()

    mia.at("call-accept").click()
    expect(is_talking(mia)).to_be_visible()
    expect(ben.at("call-refused")).to_have_count(0)
    expect(phone.locator("[data-testid=voice-screen][data-status=talking]")).to_be_visible()
    announced = "“This call is recorded and written down.” for quality"
    expect(phone.get_by_test_id("voice-keeps")).to_have_text(announced)
    hears(mia.page, INBOX)
    hears(phone, PHONE)

    mia.at("call-mute").click()
    expect(mia.at("call-mute")).to_have_attribute("aria-pressed", "true")
    mia.field.focus()
    mia.press("Control+Shift+M")  # also while writing
    expect(mia.at("call-mute")).to_have_attribute("aria-pressed", "false")
    mia.at("call-keypad").click()
    mia.at("key-5").click()
    mia.at("key-#").click()
    expect(mia.at("keypad").locator("output")).to_have_text("5#")
    expect(mia.at("keypad")).not_to_contain_text("carries no tones")
    mia.press("Escape")
    mia.at("call-hand-on").click()
    expect(mia.at("call-transfer")).to_contain_text("cannot be handed on")
    mia.press("Escape")

    mia.switch(other)
    expect(mia.page.locator(".call-bar.mini")).to_contain_text("Cleo Caller")
    expect(mia.page.locator(".call-bar.mini [role=timer]")).to_have_text(re.compile(r"0:\d\d"))
    mia.at("call-end").click()
    expect(mia.at("call-talking")).to_have_count(0)
    expect(phone.get_by_test_id("voice-screen")).to_have_count(0)

    mia.switch(cleo)
    line = mia.messages.filter(has_text="Incoming call")
    expect(line).to_contain_text(re.compile(r"Answered by Mia .* · 0:\d\d"))
    expect(phone.locator("[data-kind=voice_call]")).to_contain_text(re.compile(r"Voice call\s*0:\d\d"))
    expect(line.locator("[data-voice] .play")).to_be_visible()
    expect(line).to_contain_text("Cleo Caller: I am calling about my order.")


def test_a_call_is_passed_to_a_colleague_silenced_and_missed(office: Office) -> None:
    """A67: without a browser on the phone's side; the keys do what the buttons do."""
    finn = office.customer("Finn Fleeting", "Hello")
    mia, ben = office.desk("mia").open(finn), office.desk("ben").open(finn)
    call = office.stack.far_end.ring(finn.account, finn.phone)

    mia.at("call-pass").click()
    mia.page.get_by_role("option", name=re.compile("^Ben")).click()
    expect(mia.at("call-ringing")).to_contain_text("Passed on to Ben")
    expect(ben.at("call-ringing")).to_contain_text("Passed on to you")
    ben.page.locator("main").focus()
    ben.press("s")
    expect(ben.at("call-ringing")).to_have_count(0)
    office.stack.far_end.on_call(call, hang_up=True)

    expect(mia.at("call-ringing")).to_have_count(0)
    expect(mia.messages.filter(has_text="Missed call")).to_be_visible()
    assert office.thread(finn)["inbound_count"] == 2


#: The calls that some tab of this browser rings for.
RINGS = """navigator.locks.query().then((all) =>
    all.held.filter((one) => one.name.startsWith("parley:ring:")).length)"""


def test_a_call_rings_aloud_in_one_tab_of_an_agent_again_and_again_until_it_is_over(office: Office) -> None:
    """A67: none in the other tab, and none for whoever wants to hear no calls."""
    rita = office.customer("Rita Ringing", "Hello")
    browser = office.browser("mia")
    tabs = [tab(office, browser).open(rita) for _ in range(2)]
    quiet = tab(office, office.browser("ben")).open(rita)
    quiet.at("bell").click()
    quiet.page.get_by_label("Incoming calls").uncheck()
    quiet.press("Escape")

    call = office.stack.far_end.ring(rita.account, rita.phone)
    try:
        for desk in (*tabs, quiet):
            expect(desk.at("call-ringing")).to_be_visible()
        wait_for(lambda: told(tabs)["sounds"] >= 2, PATIENCE_S)
        assert min(told([one])["sounds"] for one in tabs) == 0
        assert (tabs[0].page.evaluate(RINGS), quiet.page.evaluate(RINGS)) == (1, 0)
    finally:
        office.stack.far_end.on_call(call, hang_up=True)
    for desk in (*tabs, quiet):
        expect(desk.at("call-ringing")).to_have_count(0)
    wait_for(lambda: tabs[0].page.evaluate(RINGS) == 0, PATIENCE_S)
    assert told([quiet])["sounds"] == 0


def test_an_agent_asks_to_call_is_allowed_and_speaks_with_the_customer(office: Office) -> None:
    """A67, the other way round: the customer's phone rings, and it has a browser too."""
    dora = office.customer("Dora Dialled", "Call me")
    mia, phone = office.desk("mia").open(dora), office.phone(dora)

    mia.at("call").click()
    expect(mia.at("dial")).to_contain_text("Dora Dialled has not allowed calls yet.")
    mia.at("dial-go").click()
    phone.get_by_role("button", name="Allow calls").click()
    expect(mia.messages.filter(has_text="Calls allowed")).to_be_visible()
    mia.at("call").click()
    expect(mia.at("dial")).to_contain_text("Dora Dialled has allowed calls until")
    mia.at("dial-go").click()
    expect(mia.page.locator("[data-testid=call-talking][data-phase=dialing]")).to_contain_text("Calling…")
    phone.get_by_test_id("voice-answer").click()
    expect(is_talking(mia)).to_be_visible()
    hears(mia.page, INBOX)
    hears(phone, PHONE)

    phone.get_by_test_id("voice-end").click()
    expect(mia.at("call-talking")).to_have_count(0)
    expect(mia.messages.filter(has_text="Outgoing call")).to_contain_text(re.compile(r"0:\d\d"))
