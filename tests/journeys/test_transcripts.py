"""Going to a day of a long conversation, and keeping all of it as a file (A32)."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys import seed
from tests.journeys.office import NORTHWIND, Office

_FIRST_OF_YESTERDAY = """
SELECT text, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD') FROM inbox_message
WHERE thread_id = %s AND at >= date_trunc('day', now(), 'UTC') - interval '1 day'
ORDER BY at LIMIT 1
"""


def test_a_day_is_gone_to_and_the_whole_is_saved(office: Office, tmp_path: Path) -> None:
    dora = office.customer("Dora Days", "Just now")
    seed.long_past(office.stack, dora, 4_000)
    with office.stack.as_owner(NORTHWIND) as cursor:
        cursor.execute(_FIRST_OF_YESTERDAY, [dora.thread])
        text, day = cursor.fetchone()
    mia = office.desk("mia", timezone_id="UTC").open(dora)

    mia.at("more").click()
    mia.page.get_by_role("option", name="Go to a day").click()
    mia.at("day").fill(day)
    mia.press("Enter")
    expect(mia.bubble(text).first).to_be_in_viewport()

    mia.at("more").click()
    with mia.page.expect_download() as coming:
        mia.page.get_by_role("option", name="Save as text").click()
    coming.value.save_as(tmp_path / "kept.txt")
    kept = (tmp_path / "kept.txt").read_text()
    assert coming.value.suggested_filename == f"conversation-{dora.thread}.txt"
    assert kept.count("Old line") == 4_000
    assert kept.rstrip().endswith("Just now")
