"""Words that are offered while one writes: saved replies, people and teams; labels and priority by keys."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import NORTHWIND, PATIENCE_S, Office


def test_a_saved_reply_is_found_filled_and_sent_by_keys_alone_unless_a_place_is_empty(office: Office) -> None:
    """A36."""
    ada = office.customer("Ada Lovelace", "Where is my card?")
    mark = ada.phone[-6:]
    hand = office.hand("mia")
    hand("POST", "saved_replies", {
        "name": f"Card on its way {mark}",
        "text": "Dear {{customer.first_name}}, your card goes to {{customer.branch}}. {{agent.first_name}}",
    })  # fmt: skip
    mia, ben = office.desk("mia").open(ada), office.desk("ben").open(ada)

    mia.press("r")
    expect(mia.field).to_be_focused()
    mia.page.keyboard.type(f"/crdway{mark}")  # fuzzy
    option = mia.at("suggestions").get_by_role("option")
    expect(option).to_have_count(1)
    expect(option).to_contain_text("Dear Ada,")
    mia.press("Enter")
    expect(mia.field).to_have_value("Dear Ada, your card goes to {{customer.branch}}. Mia")
    expect(mia.at("gaps")).to_contain_text("{{customer.branch}}")
    mia.press("Enter")
    expect(mia.toasts.last).to_contain_text("Fill in {{customer.branch}} first")
    assert office.got(ada) == []

    mia.page.keyboard.type("Lagos Marina")  # the empty place is selected
    expect(mia.at("gaps")).to_have_count(0)
    mia.press("Enter")
    wait_for(lambda: office.got(ada) == ["Dear Ada, your card goes to Lagos Marina. Mia"], PATIENCE_S)

    version = hand("GET", f"customers/{ada.id}")["version"]
    hand("PATCH", f"customers/{ada.id}", {"attributes": {"branch": "Ikeja"}, "version": version})
    mia.page.keyboard.type(f"/card on its way {mark}")
    expect(option).to_contain_text("goes to Ikeja")
    mia.press("Escape")
    expect(mia.at("suggestions")).to_have_count(0)

    ben.press("r")
    expect(ben.field).to_be_focused()
    ben.page.keyboard.type(f"/{mark}")
    expect(ben.at("suggestions")).to_have_count(0)  # it is Mia's own


def test_a_note_mentions_a_person_and_a_team_and_only_they_are_told(office: Office) -> None:
    """A27."""
    eva = office.customer("Eva Mention", "Help")
    hand = office.hand("mia")
    start = hand("GET", "bootstrap?view=all")
    team = start["teams"][0]["name"]
    mia, ines = office.desk("mia").open(eva), office.desk("ines").open(eva, view="all")

    mia.press("n")
    expect(mia.field).to_be_focused()
    mia.page.keyboard.type("Can you look, @in")
    expect(mia.at("suggestions").get_by_role("option").first).to_contain_text("Ines")
    mia.press("Enter")
    mia.page.keyboard.type(f"and @{team[:3].lower()}")
    expect(mia.at("suggestions").get_by_role("option").first).to_contain_text(team)
    mia.press("Tab")
    before = ines.count("mentions")
    mia.press("Enter")

    note = mia.at("note")
    expect(note.locator(".at")).to_have_count(2)
    expect(ines.at("note")).to_be_visible()
    expect(ines.at("view-mentions")).to_have_attribute("data-count", str(before + 1))
    ines.at("view-mentions").click()
    expect(ines.row(eva)).to_be_visible()
    told = told_of(office, eva.thread)
    assert start["me"]["id"] not in told
    assert next(one["id"] for one in start["members"] if one["name"].startswith("Ines")) in told
    assert office.got(eva) == []


def told_of(office: Office, thread: str) -> set[str]:
    """Who was alerted of a mention in this conversation."""
    with office.stack.as_owner(NORTHWIND) as cursor:
        cursor.execute(
            "SELECT audience FROM events_event WHERE type = 'member.mentioned' AND data->>'thread_id' = %s",
            [thread],
        )
        return {str(row[0]) for row in cursor.fetchall()}


def test_labels_and_priority_are_chosen_and_made_by_keys_alone(office: Office) -> None:
    """A55: a second browser follows."""
    lou = office.customer("Lou Label", "Hello")
    name = f"made {lou.phone}"
    mia, ben = office.desk("mia").open(lou), office.desk("ben").open(lou)

    mia.press("l")
    expect(mia.page.locator(".popover [role=combobox]")).to_be_focused()
    mia.page.keyboard.type(name)
    mia.press("Enter")
    mia.press("Escape")
    expect(mia.at("customer-panel")).to_contain_text(name)
    expect(ben.at("customer-panel")).to_contain_text(name)

    mia.press("p")
    expect(mia.page.locator(".popover [role=combobox]")).to_be_focused()
    mia.page.keyboard.type("urg")
    mia.press("Enter")
    expect(ben.page.locator(".thread-head .tag.hot")).to_have_text("Urgent")
    ben.press("l")
    expect(ben.page.locator(".popover [role=combobox]")).to_be_focused()
    ben.page.keyboard.type(name)
    expect(ben.page.get_by_role("option", name=name)).to_have_count(1)  # known, not made again
    ben.press("Enter")
    ben.press("Escape")
    expect(mia.at("customer-panel")).not_to_contain_text(name)
    assert office.thread(lou)["labels"] == []


def test_a_place_with_a_name_in_any_letters_is_filled_or_stops_the_message(office: Office) -> None:
    """A36: what an attribute is called is the business's own affair."""
    uma, hand = office.customer("Uma Umlaut", "Which size?"), office.hand("mia")
    mark = uma.phone[-6:]
    text = "Size {{customer.größe}}, branch {{ customer.branch name }}."
    reply = hand("POST", "saved_replies", {"name": f"Size {mark}", "text": text})
    version = hand("GET", f"customers/{uma.id}")["version"]
    hand("PATCH", f"customers/{uma.id}", {"attributes": {"größe": "42"}, "version": version})
    mia = office.desk("mia").open(uma)

    mia.press("r")
    mia.page.keyboard.type(f"/size {mark}")
    expect(mia.at("suggestions").get_by_role("option")).to_contain_text("Size 42,")
    mia.press("Enter")
    expect(mia.field).to_have_value("Size 42, branch {{ customer.branch name }}.")
    expect(mia.at("gaps")).to_contain_text("branch name")
    mia.press("Enter")
    expect(mia.toasts.last).to_contain_text("Fill in {{ customer.branch name }} first")
    mia.page.keyboard.type("Ikeja")
    mia.press("Enter")
    wait_for(lambda: office.got(uma) == ["Size 42, branch Ikeja."], PATIENCE_S)
    hand("DELETE", f"saved_replies/{reply['id']}")


_MANY = """
INSERT INTO inbox_savedreply (tenant_id, id, name, text, owner_id, updated_at)
SELECT current_setting('app.tenant_id')::uuid, gen_random_uuid(), 'Many ' || lpad(n::text, 3, '0'),
    'Text ' || n, %s, now()
FROM generate_series(1, 230) n
"""


def test_the_last_of_many_saved_replies_is_found(office: Office) -> None:
    """A36: whoever has more of them than one page of the list holds."""
    lars = office.customer("Lars Last", "Hello")
    me = office.hand("mia")("GET", "bootstrap?view=all")["me"]["id"]
    with office.stack.as_owner(NORTHWIND) as cursor:
        cursor.execute(_MANY, [me])
    mia = office.desk("mia").open(lars)

    mia.press("r")
    mia.page.keyboard.type("/many 229")

    expect(mia.at("suggestions").get_by_role("option")).to_contain_text(["Text 229"])
    with office.stack.as_owner(NORTHWIND) as cursor:
        cursor.execute("DELETE FROM inbox_savedreply WHERE name LIKE 'Many %%' AND owner_id = %s", [me])
