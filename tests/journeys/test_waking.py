"""The lid of a laptop was closed, or a new build was brought in, while the page stood open (A49)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.far_end import wait_for
from tests.journeys import seed
from tests.journeys.office import PATIENCE_S, Office
from tests.journeys.test_live import TOP, is_same_page


@dataclass
class Line:
    """The page's sockets. A deaf one stays open and brings nothing either way, like one whose other end went
    while the machine slept. build: what the server calls itself in new ones, where not what it is."""

    build: str = ""
    deaf: set[WebSocketRoute] = field(default_factory=set)
    open: list[WebSocketRoute] = field(default_factory=list)

    def through(self, page: Page) -> Line:
        page.route_web_socket("**/ws/", self._carry)
        return self

    def sleep(self) -> None:
        self.deaf |= set(self.open)

    def _carry(self, near: WebSocketRoute) -> None:
        far = near.connect_to_server()
        self.open.append(near)
        near.on_message(lambda words: None if near in self.deaf else far.send(words))
        far.on_message(lambda words: None if near in self.deaf else near.send(self._renamed(str(words))))

    def _renamed(self, words: str) -> str:
        said = json.loads(words)
        return json.dumps({**said, "version": self.build}) if self.build and "version" in said else words


def test_a_laptop_that_slept_for_hours_catches_up_alone_with_its_draft_and_place(office: Office) -> None:
    """The socket seems open and is not; no event tells of the lid, only the clock has jumped."""
    sven = office.customer("Sven Sleeper", "First of all")
    seed.long_past(office.stack, sven, 120)
    mia = office.desk("mia")
    mia.page.clock.install()
    line = Line().through(mia.page)
    mia.open(sven)
    mia.page.evaluate("window.stillHere = true")
    mia.field.fill("Half a thought")
    expect(mia.bubble("First of all")).to_be_in_viewport()
    expect(mia.bubble("Old line 90")).to_be_attached()  # the older rows have joined
    mia.timeline.evaluate("box => { box.scrollTop = box.scrollHeight - box.clientHeight - 500; }")
    words, offset = mia.timeline.evaluate(TOP)

    line.sleep()
    office.says(sven, text="Are you still there?")
    wait_for(lambda: office.thread(sven)["inbound_count"] == 122, PATIENCE_S)
    mia.page.clock.fast_forward("02:00:00")

    expect(mia.at("to-end")).to_have_text("1 new")
    mia.is_live()
    assert is_same_page(mia.page)
    assert len(line.open) == 2
    expect(mia.field).to_have_value("Half a thought")
    now = mia.timeline.evaluate(TOP)
    assert (now[0], abs(now[1] - offset) <= 2) == (words, True)


def test_a_new_build_is_taken_when_nobody_would_notice_and_leaves_draft_and_place(office: Office) -> None:
    """Not while somebody writes; after five minutes without a key the page is the new one, where it stood."""
    nina = office.customer("Nina Newbuild", "First of all")
    seed.long_past(office.stack, nina, 120)
    mia = office.desk("mia")
    mia.page.clock.install()
    line = Line().through(mia.page)
    mia.open(nina)
    mia.page.evaluate("window.stillHere = true")
    expect(mia.bubble("First of all")).to_be_in_viewport()

    line.build = "the next one"
    line.open[0].close()
    expect(mia.at("banner")).to_contain_text("A new version is here.")
    mia.field.fill("Half a thought")
    mia.field.press("End")
    mia.page.clock.fast_forward("04:00")
    mia.is_live()
    assert is_same_page(mia.page)
    expect(mia.bubble("Old line 90")).to_be_attached()
    mia.timeline.evaluate("box => { box.scrollTop = box.scrollHeight - box.clientHeight - 500; }")
    top = mia.timeline.evaluate(TOP)[0]

    line.build = ""
    with mia.page.expect_event("load"):
        mia.page.clock.fast_forward("02:00")
    mia.shows(nina)
    assert not is_same_page(mia.page)
    expect(mia.at("banner")).to_have_count(0)
    expect(mia.field).to_have_value("Half a thought")
    expect(mia.timeline.get_by_text(top, exact=True)).to_be_in_viewport()
