"""Many conversations changed at once, with how far it is and one undo for all (A14)."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from tests.browser import PATIENCE_MS
from tests.far_end import wait_for
from tests.journeys import seed
from tests.journeys.office import CONTOSO, PATIENCE_S, Gate, Office

LABEL = "stormy night"
_STANDING = """
SELECT id, status, assignee_id, team_id, labels, snoozed_until, closed_at, waiting_since, active_at
FROM inbox_thread WHERE %s = ANY (labels) ORDER BY id
"""


def test_1204_are_chosen_changed_and_restored_by_one_undo(office: Office) -> None:
    before = _flood(office, 1204)
    tom = office.desk("tom", viewport={"width": 1440, "height": 900}).go(label=LABEL)
    page = tom.page
    rows = tom.at("list").locator("a[data-id]")

    rows.nth(0).focus()
    tom.press("x")
    tom.press("Shift+J")
    expect(tom.at("bulk")).to_contain_text("2 chosen")
    rows.nth(5).click(modifiers=["Shift"])
    expect(tom.at("bulk")).to_contain_text("6 chosen")
    rows.nth(7).locator(".avatar").first.click()
    expect(tom.at("bulk")).to_contain_text("7 chosen")
    expect(page.locator(".row.chosen")).to_have_count(7)
    tom.press("Escape")
    expect(tom.at("bulk")).to_have_count(0)

    tom.press("x")
    tom.at("bulk-all").click()
    expect(tom.at("bulk")).to_contain_text("All 1,204 that match")
    tom.at("bulk-close").click()
    done = tom.toasts.filter(has_text="1,204 conversations changed")
    expect(done).to_be_visible(timeout=3 * PATIENCE_MS)
    done.hover()  # it stays as long as the pointer does
    assert [row[1] for row in _standing(office)] == ["closed"] * 1204
    expect(rows.nth(0)).to_contain_text("Closed")

    tom.press("z")
    back = tom.toasts.filter(has_text="1,204 conversations are as they were")
    expect(back).to_be_visible(timeout=3 * PATIENCE_MS)
    assert _standing(office) == before
    expect(rows.nth(0)).not_to_contain_text("Closed")


def test_a_change_of_many_survives_a_reload_and_reaches_the_other_desk(office: Office) -> None:
    """Assign to a colleague by keys; who has a look at their own list finds them there."""
    people = [office.customer(name, "Hello", slug=CONTOSO) for name in ("Uma Fox", "Vic Gray")]
    tom, yuki = office.desk("tom").go(), office.desk("yuki").go(view="mine")

    tom.row(people[1]).focus()
    for person in people:
        tom.row(person).locator(".avatar").first.click()
    tom.at("bulk-assign").click()
    expect(tom.page.locator(".popover [role=combobox]")).to_be_focused()
    tom.page.keyboard.type("yuki")
    tom.press("Enter")
    expect(tom.toasts.filter(has_text="2 conversations changed")).to_be_visible()
    tom.page.reload()

    for person in people:
        expect(yuki.row(person)).to_be_visible()
    hers = office.hand("yuki")("GET", "me")["member"]["id"]
    assert [office.thread(person)["assignee_id"] for person in people] == [hers, hers]


def test_the_usual_keys_mean_the_chosen_conversations(office: Office) -> None:
    """Without a mouse, and not the open one; without any chosen they mean the open one again."""
    people = office.customers(("Key Ann", "Key Bob", "Key Cy"), slug=CONTOSO)
    ann, bob, cy = people
    hers = office.hand("yuki")("GET", "me")["member"]["id"]
    tom = office.desk("tom").open(cy)

    for person in (ann, bob):
        tom.row(person).focus()
        tom.press("x")
    expect(tom.at("bulk")).to_contain_text("2 chosen")
    tom.press("a")
    expect(tom.page.locator(".popover [role=combobox]")).to_be_focused()
    tom.page.keyboard.type("yuki")
    tom.press("Enter")
    expect(tom.toasts.filter(has_text="2 conversations changed")).to_be_visible()
    assert [office.thread(one)["assignee_id"] for one in people] == [hers, hers, None]

    for person in (ann, bob):
        tom.row(person).focus()
        tom.press("x")
    expect(tom.at("bulk-close")).to_have_attribute("title", "Close (E)")
    tom.press("e")
    wait_for(
        lambda: [office.thread(one)["status"] for one in people] == ["closed", "closed", "open"], PATIENCE_S
    )
    tom.press("e")
    wait_for(lambda: office.thread(cy)["status"] == "closed", PATIENCE_S)


def test_closing_many_waits_for_answers_that_are_still_on_their_way(office: Office) -> None:
    """A closed conversation takes no answer; one whose answer was taken back stays open."""
    label = "still on its way"
    people = office.customers(("Way Ann", "Way Bob", "Way Cy"), slug=CONTOSO)
    for one in people:
        office.hand("yuki")("PUT", f"threads/{one.thread}/labels", {"labels": [label]})
    ann, bob, _ = people
    tom = office.desk("tom").open(ann, label=label, status="open")
    gate = Gate(tom.page, re.compile(f"/threads/{ann.thread}/messages$"), "POST")
    tom.send("Bye, Ann")
    gate.wait()
    tom.switch(bob)
    tom.prefer("Undo send", "10 s")
    tom.send("Bye, Bob")
    tom.press("Escape")
    for person in people:
        tom.row(person).locator(".avatar").first.click()
    tom.at("bulk-close").click()
    expect(tom.toasts.filter(has_text="Closing waits until 2 answers have gone out.")).to_be_visible()
    tom.toasts.filter(has_text="Goes out in 10 s").last.get_by_role("button", name="Undo").click()
    assert [office.thread(one)["status"] for one in people] == ["open", "open", "open"]
    gate.open()

    expect(tom.toasts.filter(has_text="1 conversation stays open")).to_be_visible()
    wait_for(
        lambda: [office.thread(one)["status"] for one in people] == ["closed", "open", "closed"], PATIENCE_S
    )
    assert office.got(ann) == ["Bye, Ann"]
    expect(tom.row(bob)).to_contain_text("Draft: Bye, Bob")


def _flood(office: Office, n: int) -> list[tuple[Any, ...]]:
    """`n` open conversations under one label."""
    seed.many_threads(office.stack, CONTOSO, n)
    with office.stack.as_owner(CONTOSO) as cursor:
        cursor.execute(
            "UPDATE inbox_thread SET labels = ARRAY[%s] WHERE id IN (SELECT t.id FROM inbox_thread t "
            "JOIN customers_customer c ON c.id = t.customer_id WHERE c.name LIKE 'Passenger %%' "
            "AND t.labels = '{}' ORDER BY t.id DESC LIMIT %s)",
            [LABEL, n],
        )
    return _standing(office)


def _standing(office: Office) -> list[tuple[Any, ...]]:
    with office.stack.as_owner(CONTOSO) as cursor:
        cursor.execute(_STANDING, [LABEL])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
