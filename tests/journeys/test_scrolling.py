"""The list under a wheel: it goes where the reader turns it, wherever the focus is."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Office

TURNS, STEP = 8, 200


def test_the_list_stays_where_it_is_scrolled_to_while_the_focus_is_in_a_row_far_away(office: Office) -> None:
    """A7, A9: down from the row that was clicked, up from the one clicked then; each keeps the focus."""
    office.customers(f"Wheel {n}" for n in range(45))
    mia = office.desk("mia").go()
    box = mia.at("list")

    def top() -> int:
        return int(box.evaluate("box => box.scrollTop"))

    def turn(step: int) -> None:
        """Once the last turn is drawn too: it may move what has the focus."""
        there = top() + step
        mia.page.mouse.wheel(0, step)
        wait_for(lambda: top() == there, PATIENCE_S)
        box.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert top() == there

    for place, step in (("2", STEP), ("30", -STEP)):
        row = mia.page.locator(f"li[aria-posinset='{place}'] [data-id]")
        row.click()
        expect(row).to_be_focused()
        for _ in range(TURNS):
            turn(step)
        expect(row).to_be_focused()
        expect(row).not_to_be_in_viewport()
