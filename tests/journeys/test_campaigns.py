"""A campaign in a browser: a file, its columns, previews, the typed number, pause, resume, the funnel."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.office import Office

CAMPAIGNS = "/console/notifications/campaigns/"


def _file(office: Office, good: int) -> bytes:
    lines = [f"+{office.fresh_number()};Amara;12,40 EUR;ELEKTRO-24;4417" for _ in range(good)]
    return "\r\n".join(
        ["Handy;first_name;amount;merchant;card_end", *lines, "12;Ben;1 EUR;Shop;4417"]
    ).encode("utf-16")


def _prepare(page: Page, office: Office) -> None:
    page.get_by_label("Name").fill("Renewal")
    page.get_by_label("What is sent").select_option("fraud_alert")
    file = {"name": "cards.csv", "mimeType": "text/csv", "buffer": _file(office, 12)}
    page.get_by_label("File", exact=True).set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Read the file").click()


def _map(page: Page) -> None:
    """What was guessed is there; the one that was not is chosen."""
    expect(page.locator("[name='data.merchant']")).to_have_value("3")
    expect(page.locator("[name=phone]")).to_have_value("")
    page.locator("[name=phone]").select_option("0")
    page.get_by_role("button", name="Check the rows").click()


def test_a_file_of_people_from_upload_to_funnel(office: Office) -> None:
    """B23"""
    office.eyes.forgive("422 (Unprocessable")  # what is typed first is not their number
    page = office.page("mia", f"{CAMPAIGNS}new/")
    _prepare(page, office)
    _map(page)
    expect(page.locator("[data-count=goes]")).to_have_text("12")
    expect(page.locator("[data-count=bad]")).to_have_text("1")
    expect(page.locator("[data-sample]")).to_have_count(3)
    expect(page.locator("[data-sample]").first).to_contain_text("ELEKTRO-24")
    page.get_by_label("People per minute").fill("60")
    page.get_by_label("Type the number of recipients").fill("13")
    page.get_by_role("button", name="Start the campaign").click()
    expect(page.locator("#live")).to_contain_text("12 people would get this.")
    page.get_by_label("Type the number of recipients").fill("12")
    page.get_by_role("button", name="Start the campaign").click()

    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#live")).to_have_attribute("data-state", "paused")
    expect(page.locator("[data-stage=waiting]")).not_to_have_text("0")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("[data-stage=sent]")).not_to_have_text("0")
    expect(page.locator("#live")).to_have_attribute("data-state", re.compile("running|done"))
    page.get_by_role("link", name="Recipients").click()
    expect(page.locator("tbody tr")).to_have_count(13)
    page.get_by_label("State").select_option("bad")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("country code")
