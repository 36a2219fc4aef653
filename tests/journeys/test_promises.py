"""Promised answers, and colleagues who do not take work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.far_end import wait_for
from tests.journeys.office import NORTHWIND, PATIENCE_S, Desk, Gate, Office
from tests.journeys.test_live import catch_up


@pytest.fixture
def promised(office: Office) -> Iterator[Desk]:
    """Mia has set in the console that a first answer comes within ten minutes; taken back at the end."""
    mia = office.desk("mia")
    _promise(mia.page, office, "10")
    yield mia
    _promise(mia.page, office, "")


def _promise(page: Page, office: Office, minutes: str) -> None:
    page.goto(f"{office.stack.url}/console/inboxes/")
    page.locator("table a").first.click()
    page.get_by_label("First answer within").fill(minutes)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_a_promised_answer_counts_down_in_row_and_conversation(office: Office, promised: Desk) -> None:
    """A57: until it is answered."""
    nils = office.customer("Nils Promised", "How long will it take?", slug=NORTHWIND)
    mia = promised.go(sort="due", q=nils.phone)
    expect(mia.row(nils)).to_contain_text("m left")

    mia.open(nils)
    expect(mia.at("due")).to_contain_text("m left")
    mia.send("Two days.")
    expect(mia.at("due")).to_have_count(0)
    expect(mia.row(nils)).not_to_contain_text("m left")


def seven(rows: list[dict[str, Any]]) -> bool:
    """Does somebody take seven conversations at most?"""
    return any(row["capacity"] == 7 for row in rows)


def test_a_colleague_who_is_away_is_told_of_when_a_conversation_is_given_to_them(office: Office) -> None:
    """A58: chosen in one's own menu, seen by everybody who chooses somebody."""
    elsa = office.customer("Elsa Away", "Hello")
    mia, ben = office.desk("mia").open(elsa), office.desk("ben")
    known, told = Gate(ben.page, "**/api/v1/availability"), Gate(ben.page, "**/me/availability", "PUT")
    here = Gate(ben.page, "**/me/activity", "PUT")

    ben.go().at("me").click()
    theme = ben.page.get_by_role("radiogroup", name="Theme")
    known.wait()
    before = theme.bounding_box()
    known.open()
    ben.at("way-away").click()
    assert theme.bounding_box() == before, "nothing moves when it is known who takes work"
    told.wait()
    ben.at("capacity").fill("7")
    told.open()
    here.open()
    expect(ben.at("way-away")).to_have_attribute("aria-checked", "true")
    expect(ben.at("capacity")).to_have_value("7")
    late: list[tuple[Route, APIResponse]] = []
    mia.page.route("**/api/v1/availability", lambda route: late.append((route, route.fetch())))
    mia.press("a")

    def is_asked() -> bool:
        mia.page.wait_for_timeout(20)  # lets the browser's news in
        return bool(late)

    wait_for(is_asked, PATIENCE_S)
    ben.at("capacity").press("Enter")
    wait_for(lambda: seven(office.hand("mia")("GET", "availability")["data"]), PATIENCE_S)
    catch_up(office, mia)
    for route, answer in late:  # it was read before
        route.fulfill(response=answer)

    option = mia.page.get_by_role("option", name="Ben Adeyemi")
    expect(option).to_contain_text("Away")
    expect(option).to_contain_text("of 7")
    option.click()
    expect(mia.toasts.filter(has_text="is away")).to_be_visible()

    ben.at("way-online").click()
    expect(ben.at("way-online")).to_have_attribute("aria-checked", "true")
    mia.press("a")
    expect(mia.page.get_by_role("option", name="Ben Adeyemi")).to_contain_text("Online")
