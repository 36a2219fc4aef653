"""Emoji: by a code while typing, by a picker, in one's own skin tone, without the network."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Office


def test_emoji_are_found_by_code_and_by_keys_alone_in_the_chosen_tone_also_offline(office: Office) -> None:
    """A44."""
    office.eyes.forgive("ERR_INTERNET_DISCONNECTED", "WebSocket")
    emil = office.customer("Emil Emoji", "Hello")
    mia = office.desk("mia").open(emil)

    mia.field.press_sequentially("Done :tad")
    expect(mia.at("suggestions").get_by_role("option").first).to_contain_text(":tada:")
    mia.press("Enter")
    expect(mia.field).to_have_value("Done 🎉 ")
    mia.field.press_sequentially("at 12:30 :+1:")
    expect(mia.field).to_have_value("Done 🎉 at 12:30 👍 ")

    mia.at("pick-emoji").click()
    mia.page.get_by_role("radio", name="Medium dark").click()
    mia.page.get_by_role("combobox", name="Find an emoji").fill("wave")
    mia.press("Enter")
    expect(mia.field).to_have_value("Done 🎉 at 12:30 👍 👋🏾")
    expect(mia.field).to_be_focused()

    mia.page.context.set_offline(True)
    mia.at("pick-emoji").click()
    first = mia.page.get_by_role("group", name="Used lately").get_by_role("option")
    expect(first).to_have_text(["👋🏾", "👍🏾", "🎉"])
    mia.press("ArrowDown")
    mia.press("ArrowUp")
    mia.press("ArrowRight")
    expect(mia.page.get_by_role("option", selected=True)).to_have_text("👍🏾")
    mia.press("Escape")
    mia.page.context.set_offline(False)
    mia.is_live()
    mia.field.press("Control+Enter")
    expect(mia.bubble("👋🏾")).to_be_visible()
    wait_for(lambda: office.got(emil) == ["Done 🎉 at 12:30 👍 👋🏾"], PATIENCE_S)
