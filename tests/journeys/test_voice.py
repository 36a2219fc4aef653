"""Voice notes: recorded and sent from the composer; heard, moved in and sped up by keys alone."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Office
from tests.journeys.test_messages import ready_files

REFUSE = """() => {
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError"); };
}"""


def test_a_voice_note_is_recorded_paused_heard_discarded_and_arrives_as_one(office: Office) -> None:
    """A39: with Chromium's own microphone; and what is said when there is none."""
    vera = office.customer("Vera Voice", "Please tell me")
    mia = office.desk("mia").open(vera)
    bar = mia.at("recorder")

    mia.at("record").click()
    expect(bar.get_by_role("timer")).to_have_text(re.compile("0:0[1-9]"))
    expect(bar.locator(".level i").first).to_be_visible()
    bar.get_by_role("button", name="Pause").click()
    expect(bar).to_have_attribute("data-phase", "paused")
    bar.get_by_role("button", name="Discard the recording").click()
    expect(bar).to_have_count(0)
    expect(mia.field).to_be_focused()

    mia.at("record").click()
    expect(bar).to_be_focused()
    expect(bar.get_by_role("timer")).to_have_text(re.compile("0:0[1-9]"))
    bar.get_by_role("button", name="Stop and listen").click()
    bar.get_by_role("button", name="Play your recording").click()
    expect(bar.get_by_role("button", name=re.compile("Pause|Play"))).to_be_visible()
    mia.at("send-voice").click()
    expect(bar).to_have_count(0)
    expect(mia.messages.last.locator("[data-voice]")).to_be_visible()

    [got] = wait_for(lambda: office.stack.far_end.outbox(vera.phone), PATIENCE_S)
    [file] = ready_files(office.hand("mia")("GET", f"threads/{vera.thread}/timeline"))
    assert (got["kind"], got["content"]["audio"]["voice"], file["mime"]) == ("voice", True, "audio/ogg")
    expect(office.phone(vera).locator("[data-kind=voice]")).to_have_count(1)

    mia.page.evaluate(REFUSE)
    mia.at("record").click()
    expect(bar.get_by_role("alert")).to_contain_text("The microphone is not allowed for this page.")
    bar.get_by_role("button", name="Discard the recording").click()
    expect(mia.at("send")).to_be_visible()


def test_voice_messages_are_played_moved_in_and_sped_up_by_keys_and_the_next_plays_on(office: Office) -> None:
    """A24."""
    otis = office.customer("Otis Voice", "Listen")
    for _ in range(2):
        office.says(otis, voice="voice")
    hand = office.hand("mia")
    line = f"threads/{otis.thread}/timeline"

    def heard() -> list[dict[str, Any]]:
        return ready_files(hand("GET", line))

    wait_for(lambda: len(heard()) == 2, PATIENCE_S)
    assert all(len(set(one["waveform"])) > 1 and one["duration_s"] > 0 for one in heard())
    mia = office.desk("mia").open(otis)
    first, second = mia.timeline.locator("[data-voice]").all()
    expect(first.locator(".wave i")).to_have_count(len(heard()[0]["waveform"]))

    mia.field.focus()
    mia.press("Shift+Tab")
    mia.press("ArrowUp")
    mia.press("Space")
    expect(first.get_by_role("button", name="Pause")).to_be_visible()
    slider = first.get_by_role("slider", name="Position")
    speed = first.get_by_role("button", name=re.compile("Speed"))
    speed.focus()
    mia.press("Enter")
    mia.press("Enter")
    expect(speed).to_have_text("2×")
    slider.focus()
    for _ in range(20):
        mia.press("ArrowRight")
    expect(second.get_by_role("button", name="Pause")).to_be_visible()
    expect(first.get_by_role("button", name="Pause")).to_have_count(0)
