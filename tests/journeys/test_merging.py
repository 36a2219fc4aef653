"""One person with two phones: found, looked at, merged, and told apart again."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Office


def test_two_customers_become_one_after_a_look_and_two_again(office: Office) -> None:
    """A62: a stale look is shown anew; a colleague in the joined conversation is led along; undo."""
    office.eyes.forgive("409 (Conflict)")
    vera = office.customer("Vera Lindt", "I lost my card")
    twin = office.customer("Vera L.", "It is me again, from my other phone")
    mia, ben = office.desk("mia").open(vera), office.desk("ben").open(twin)
    hand = office.hand("ines")

    mia.at("merge").click()
    mia.at("merge-search").fill(twin.phone)
    mia.at("merge-choices").get_by_role("button", name="Vera L.").click()
    look = mia.at("merge-preview")
    expect(look).to_contain_text("1 of them joins an open one")
    hand("PATCH", f"customers/{twin.id}", {"labels": ["lost card"]})
    mia.at("merge-now").click()
    expect(look.get_by_role("alert")).to_contain_text("Something changed since")
    expect(look).to_contain_text("lost card")
    mia.at("merge-now").click()

    expect(mia.bubble("It is me again, from my other phone")).to_be_visible()
    expect(mia.bubble("I lost my card")).to_be_visible()
    expect(ben.bubble("I lost my card")).to_be_visible()
    expect(ben.page).to_have_url(re.compile(vera.thread))
    office.says(twin, text="Are you there?")
    expect(mia.bubble("Are you there?")).to_be_visible()

    mia.at("merge").click()
    mia.at("unmerge").click()
    expect(mia.bubble("It is me again, from my other phone")).to_have_count(0)
    expect(mia.bubble("I lost my card")).to_be_visible()
    ben.open(twin)
    expect(ben.bubble("Are you there?")).to_be_visible()
    expect(ben.bubble("I lost my card")).to_have_count(0)
    wait_for(lambda: office.thread(twin)["customer"]["id"] == twin.id, PATIENCE_S)


def test_somebody_who_shared_a_record_is_taken_out_and_back(office: Office) -> None:
    hand = office.hand("ines")
    rosa = office.customer("Rosa Blum", "My order is late")
    brother = office.customer("R. Blum", "Mine is here")
    token = hand("GET", f"customers/{rosa.id}/merge_preview?other={brother.id}")["token"]
    hand("POST", f"customers/{rosa.id}/merges", {"other_id": brother.id, "token": token})
    mia = office.desk("mia").open(rosa)
    expect(mia.bubble("Mine is here")).to_be_visible()

    mia.at("addresses").click()
    mia.page.locator(".addresses li").filter(has_text=brother.phone[-4:]).first.get_by_test_id(
        "take-out"
    ).click()

    expect(mia.bubble("Mine is here")).to_have_count(0)
    expect(mia.bubble("My order is late")).to_be_visible()
    mia.toasts.get_by_role("button", name="Undo").click()
    expect(mia.bubble("Mine is here")).to_be_visible()
