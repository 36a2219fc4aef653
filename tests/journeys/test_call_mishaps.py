"""Calls with bad luck: a slow line, news out of order, a closed tab, a sign-in that ends, no network."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, Request, Route, expect

from tests.far_end import wait_for
from tests.journeys.office import NORTHWIND, PATIENCE_S, Customer, Desk, Gate, Office
from tests.journeys.test_alerts import tab, told
from tests.journeys.test_calls import INBOX, PHONE, RINGS, heard, hears, is_talking
from tests.journeys.test_voice import REFUSE

ALLOWS: dict[str, Any] = {
    "type": "interactive",
    "interactive": {
        "type": "call_permission_reply",
        "call_permission_reply": {"response": "accept", "is_permanent": True},
    },
}
#: Keeps what the page gets for microphones, so that a story can pull the last one out.
KEEP = """() => {
    window.microphones = [];
    window.ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await window.ask(wanted);
        window.microphones.push(stream);
        return stream;
    };
}"""
PULL_OUT = """() => {
    const [track] = window.microphones.at(-1).getAudioTracks();
    track.stop();
    track.dispatchEvent(new Event("ended"));
}"""
#: Whether another tab of this browser is in a call; asked after every sound that a timer has begun.
TALKS = """navigator.locks.query().then((all) => all.held.some((one) => one.name === "parley:talks"))"""


@pytest.fixture(autouse=True)
def free_line(office: Office) -> Any:
    """No call goes on before a story, and none after it."""
    account = office.stack.account(NORTHWIND)
    _hang_up_all(office, account)
    yield
    _hang_up_all(office, account)


def _hang_up_all(office: Office, account: str) -> None:
    for call in office.stack.far_end.calls(account):
        office.stack.far_end.on_call(call["call_id"], hang_up=True)


def running(office: Office, person: Customer) -> list[str]:
    """How far the provider's calls with this person have come."""
    found = office.stack.far_end.calls(person.account)
    return [one["status"] for one in found if one["number"] == person.phone]


def willing(office: Office, name: str) -> Customer:
    """A customer who has allowed calls for good."""
    person = office.customer(name, "Call me")
    office.says(person, raw=ALLOWS)
    return person


def until(page: Page, check: Callable[[], bool]) -> None:
    """Wait for it, and let the browser's news in meanwhile."""

    def is_so() -> bool:
        page.wait_for_timeout(50)
        return check()

    wait_for(is_so, PATIENCE_S)


def dials(desk: Desk) -> None:
    """The agent calls the customer whose conversation is open."""
    desk.at("call").click()
    desk.at("dial-go").click()


def test_a_call_of_ours_stands_in_the_bar_and_can_be_hung_up_from_its_first_moment(office: Office) -> None:
    """The provider takes its time, and the agent thinks better of it: by keys, like everything."""
    paul = willing(office, "Paul Patient")
    mia = office.desk("mia").open(paul)
    gate = Gate(mia.page, "**/threads/*/calls/*", "PUT")

    dials(mia)
    gate.wait()
    expect(mia.at("call-talking")).to_contain_text("Paul Patient")
    expect(mia.at("call-talking")).to_contain_text("Connecting…")
    mia.page.locator("main").focus()
    mia.press("Shift+H")
    expect(mia.at("call-talking")).to_have_count(0)
    gate.open()

    expect(mia.messages.filter(has_text="Outgoing call")).to_contain_text("Nobody answered")
    assert running(office, paul) == []


def test_a_call_of_ours_that_rings_is_hung_up_by_its_key(office: Office) -> None:
    rosa = willing(office, "Rosa Ringing")
    mia = office.desk("mia").open(rosa)

    dials(mia)
    expect(mia.page.locator("[data-testid=call-talking][data-phase=dialing]")).to_be_visible()
    mia.page.locator("main").focus()
    mia.press("Shift+H")

    expect(mia.at("call-talking")).to_have_count(0)
    wait_for(lambda: running(office, rosa) == [], PATIENCE_S)


def test_a_customer_who_declines_at_once_leaves_no_question_behind_when_the_page_is_left(
    office: Office,
) -> None:
    """The end of the call is told before the answer that began it."""
    nora = willing(office, "Nora No")
    mia = office.desk("mia").open(nora)
    asked: list[str] = []

    def note(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    mia.page.on("dialog", note)

    def late(route: Route) -> None:
        answer = route.fetch()
        [call] = office.stack.far_end.calls(nora.account)
        office.stack.far_end.on_call(call["call_id"], decline=True)
        key = answer.json()["id"]
        wait_for(lambda: office.hand("mia")("GET", f"calls/{key}")["state"] == "ended", PATIENCE_S)
        route.fulfill(response=answer)

    mia.page.route("**/threads/*/calls/*", late)
    dials(mia)
    expect(mia.messages.filter(has_text="Outgoing call")).to_contain_text("Declined")
    expect(mia.at("call-talking")).to_have_count(0)
    mia.page.unroute("**/threads/*/calls/*", late)
    mia.page.reload()

    mia.shows(nora)
    assert asked == []


def test_they_hear_each_other_though_the_answer_was_told_before_the_session(office: Office) -> None:
    """Webhooks come in any order: of a call of ours first that it is answered, then by what way."""
    zoe = willing(office, "Zoe Zigzag")
    mia = office.desk("mia").open(zoe)

    dials(mia)
    expect(mia.page.locator("[data-testid=call-talking][data-phase=dialing]")).to_be_visible()
    [call] = office.stack.far_end.calls(zoe.account)
    answered = {
        "id": call["call_id"], "type": "call", "status": "ACCEPTED", "timestamp": str(int(time.time())),
        "recipient_id": zoe.phone,
    }  # fmt: skip
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "447700900201", "phone_number_id": zoe.account},
        "statuses": [answered],
    }
    office.stack.far_end.webhook(zoe.account, value, field="calls")
    expect(is_talking(mia)).to_be_visible()
    phone = office.phone(zoe)
    phone.get_by_test_id("voice-answer").click()

    hears(mia.page, INBOX)
    hears(phone, PHONE)
    mia.at("call-end").click()
    expect(mia.at("call-talking")).to_have_count(0)


def test_who_calls_off_and_takes_the_call_again_while_the_first_try_waits_has_it_once(office: Office) -> None:
    """Else two sessions would answer one call, and the page would hang up on itself."""
    theo = office.customer("Theo Twice", "Hello")
    mia = office.desk("mia").open(theo)
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "PUT" and "/calls/" in request.url:
            sent.append(request.url.rsplit("/", 1)[1])

    mia.page.on("request", note)
    gate = Gate(mia.page, "**/calls/*/session")
    office.stack.far_end.ring(theo.account, theo.phone)

    for n in (1, 2):
        mia.at("call-accept").click()
        gate.wait(n)
        if n == 1:
            mia.at("call-end").click()
    gate.open()

    expect(is_talking(mia)).to_be_visible()
    assert running(office, theo) == ["talking"]
    mia.at("call-end").click()
    wait_for(lambda: running(office, theo) == [], PATIENCE_S)
    assert sent == ["answer", "end"]


def test_a_page_that_goes_while_the_call_is_being_connected_leaves_nobody_on_the_line(office: Office) -> None:
    """The server has taken it for this page; the customer would hear nothing for half a minute."""
    gina = office.customer("Gina Gone", "Hello")
    mia = office.desk("mia").open(gina)
    mia.page.on("dialog", lambda dialog: dialog.accept())
    taken: list[int] = []
    mia.page.route("**/calls/*/answer", lambda route: taken.append(route.fetch().status))
    office.stack.far_end.ring(gina.account, gina.phone)

    mia.at("call-accept").click()
    until(mia.page, lambda: taken == [200])
    assert running(office, gina) == ["talking"]
    mia.page.reload()

    wait_for(lambda: running(office, gina) == [], PATIENCE_S)
    expect(mia.messages.filter(has_text="Incoming call")).to_be_visible()


def test_who_must_sign_in_again_in_a_call_can_be_silent_and_hang_up(office: Office) -> None:
    """The dialog that asks for it lies over the page; the microphone is open below it."""
    office.eyes.forgive("401", "403", "WebSocket")
    sina, other = office.customer("Sina Signed", "Hello"), office.customer("Otis Other", "Hello")
    mia = office.desk("mia").open(sina)
    browser = mia.page.context
    cookies = browser.cookies()
    office.stack.far_end.ring(sina.account, sina.phone)
    mia.at("call-accept").click()
    expect(is_talking(mia)).to_be_visible()

    gate = Gate(mia.page, "**/messages", "POST")
    mia.send("One moment")
    gate.wait()
    browser.clear_cookies()
    gate.open()
    expect(mia.at("sign-in")).to_be_visible()
    office.stack.far_end.ring(other.account, other.phone)
    mia.at("call-mute").click()
    expect(mia.at("call-mute")).to_have_attribute("aria-pressed", "true")
    mia.at("call-end").click()
    expect(mia.at("call-talking")).to_have_count(0)
    expect(mia.at("call-ringing")).to_have_count(0)

    browser.add_cookies(cookies)  # type: ignore[arg-type]
    expect(mia.at("sign-in")).to_have_count(0)
    expect(mia.at("call-ringing")).to_contain_text("Otis Other")
    expect(mia.page.locator("body > #calls")).to_be_visible()


def test_a_call_rings_no_longer_than_calls_do_when_the_line_is_down(office: Office) -> None:
    """The customer has hung up, and nobody can tell the page."""
    office.eyes.forgive("ERR_INTERNET_DISCONNECTED", "WebSocket")
    lena = office.customer("Lena Lost", "Hello")
    mia = tab(office, office.browser("mia"))
    mia.page.clock.install()
    mia.open(lena)
    office.stack.far_end.ring(lena.account, lena.phone)
    expect(mia.at("call-ringing")).to_be_visible()
    wait_for(lambda: mia.page.evaluate(RINGS) == 1, PATIENCE_S)

    mia.page.context.set_offline(True)
    _hang_up_all(office, lena.account)
    mia.page.clock.fast_forward("02:10")

    expect(mia.at("call-ringing")).to_have_count(0)
    wait_for(lambda: mia.page.evaluate(RINGS) == 0, PATIENCE_S)
    mia.page.context.set_offline(False)
    expect(mia.messages.filter(has_text="Missed call")).to_be_visible()


def test_who_has_no_microphone_for_one_call_still_hears_the_next_one_ring(office: Office) -> None:
    """Two ring at once."""
    one, two = office.customer("Uma First", "Hello"), office.customer("Udo Second", "Hello")
    ben = office.desk("ben").open(one)
    office.stack.far_end.ring(one.account, one.phone)
    ben.page.evaluate(REFUSE)
    ben.at("call-accept").click()
    expect(ben.at("call-refused")).to_contain_text("Uma First")

    office.stack.far_end.ring(two.account, two.phone)
    expect(ben.at("call-ringing")).to_contain_text("Udo Second")
    wait_for(lambda: ben.page.evaluate(RINGS) == 1, PATIENCE_S)

    _hang_up_all(office, one.account)
    expect(ben.at("call-refused")).to_have_count(0)
    expect(ben.at("call-ringing")).to_have_count(0)


def test_who_talks_in_one_tab_hears_no_other_call_ring_in_the_next(office: Office) -> None:
    """It would ring into the talk; once that is over, it rings."""
    one, two = office.customer("Ivo First", "Hello"), office.customer("Isa Second", "Hello")
    browser = office.browser("mia")
    here, beside = (tab(office, browser) for _ in range(2))
    beside.page.clock.install()
    for desk in (here, beside):
        desk.open(one)
    office.stack.far_end.ring(one.account, one.phone)
    here.at("call-accept").click()
    expect(is_talking(here)).to_be_visible()
    expect(beside.at("call-ringing")).to_have_count(0)
    before = told([beside])["sounds"]

    office.stack.far_end.ring(two.account, two.phone)
    expect(beside.at("call-ringing")).to_contain_text("Isa Second")
    wait_for(lambda: beside.page.evaluate(RINGS) == 1, PATIENCE_S)
    beside.page.clock.fast_forward("00:10")
    assert beside.page.evaluate(TALKS) is True
    assert told([beside]) == {"sounds": before, "notices": []}

    here.at("call-end").click()
    wait_for(lambda: not beside.page.evaluate(TALKS), PATIENCE_S)
    beside.page.clock.fast_forward("00:10")
    wait_for(lambda: told([beside])["sounds"] > before, PATIENCE_S)


def test_a_microphone_pulled_out_in_a_call_is_told_of_and_another_one_goes_on(office: Office) -> None:
    """The customer would hear nothing, and the agent would not know."""
    moe = office.customer("Moe Muted", "I will call you")
    mia, phone = office.desk("mia").open(moe), office.phone(moe)
    mia.page.evaluate(KEEP)
    phone.get_by_test_id("voice-call").click()
    mia.at("call-accept").click()
    expect(is_talking(mia)).to_be_visible()
    hears(phone, PHONE)

    mia.page.evaluate(PULL_OUT)
    expect(mia.toasts.filter(has_text="another one goes on")).to_be_visible()
    before = heard(phone, PHONE)[1]
    until(phone, lambda: heard(phone, PHONE)[1] > before)
    mia.at("call-mute").click()
    assert mia.page.evaluate("microphones.map((one) => one.getAudioTracks()[0].enabled)") == [True, False]

    mia.page.evaluate(REFUSE)
    mia.page.evaluate(PULL_OUT)
    expect(mia.toasts.filter(has_text="the customer hears nothing")).to_be_visible()
    expect(is_talking(mia)).to_be_visible()
    mia.page.evaluate(KEEP.replace("window.ask = ", "window.ask ||= "))
    mia.page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    wait_for(lambda: mia.page.evaluate("microphones.length") == 1, PATIENCE_S)
    assert mia.page.evaluate("microphones[0].getAudioTracks()[0].enabled") is False
    mia.at("call-end").click()
    expect(mia.at("call-talking")).to_have_count(0)
