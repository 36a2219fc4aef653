"""Macros: several steps at once, and one undo."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Office


def test_a_macro_is_previewed_run_by_keys_alone_and_undone_at_once(office: Office) -> None:
    """A56: reply, note, label and close."""
    rosa, hand = office.customer("Rosa Macro", "My card is gone"), office.hand("mia")
    steps = {"reply": "Dear {{customer.first_name}}, it is blocked.", "note": "Blocked for {{customer.name}}",
             "add_labels": [f"blocked {rosa.phone}"], "close": True}  # fmt: skip
    name = f"Block {rosa.phone}"
    macro = hand("POST", "macros", {"name": name, "steps": steps})
    mia, ben = office.desk("mia").open(rosa), office.desk("ben").open(rosa)
    sheet = mia.at("macro")

    mia.press(";")
    mia.page.get_by_role("combobox", name="Run a macro").fill(name)
    mia.press("Enter")
    expect(sheet.get_by_label("Reply")).to_have_value("Dear Rosa, it is blocked.")
    expect(sheet).to_contain_text(f"Add label blocked {rosa.phone}")
    mia.press("Enter")
    expect(mia.page.locator(f"main[data-thread='{rosa.thread}']")).to_have_count(0)  # on to the next
    mia.toasts.last.hover()  # it stays as long as the pointer does
    assert office.thread(rosa)["status"] == "closed"
    expect(ben.bubble("Dear Rosa, it is blocked.")).to_be_visible()
    expect(ben.at("note")).to_contain_text("Blocked for Rosa Macro")
    mia.press("z")
    expect(mia.toasts.last).to_contain_text("Everything is as it was.")
    mia.shows(rosa)
    expect(mia.at("note")).to_have_count(0)
    assert (office.thread(rosa)["status"], office.thread(rosa)["labels"]) == ("open", [])
    assert office.got(rosa) == []

    mia.at("macros").click()
    mia.page.get_by_role("option", name=name).click()
    sheet.get_by_label("Reply").fill("Rosa, done.")
    mia.page.get_by_role("button", name="Do it all").click()
    wait_for(lambda: office.got(rosa) == ["Rosa, done."], PATIENCE_S * 2)
    hand("DELETE", f"macros/{macro['id']}")
