"""Filters that combine and orders that hold, beside SQL of the story's own, also while things change."""

from __future__ import annotations

import random
import re
import time
from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import NORTHWIND, PATIENCE_S, Customer, Desk, Hand, Office

DICE = random.Random(11)
PRIORITIES = ("none", "low", "normal", "high", "urgent")
LIVE = "t.status <> 'closed'"
UNREAD = """t.inbound_count > coalesce((SELECT read_count FROM inbox_threadread r
    WHERE r.thread_id = t.id AND r.member_id = %(me)s), 0)"""

#: What stands in the address → the same in SQL. {…} is filled from the story.
COMBINATIONS: tuple[tuple[dict[str, str], str], ...] = (
    ({"status": "open"}, "t.status = 'open'"),
    ({"status": "closed", "priority": "high"}, "t.status = 'closed' AND t.priority = 3"),
    ({"assignee": "me"}, "t.assignee_id = %(me)s"),
    ({"assignee": "none", "status": "open"}, "t.assignee_id IS NULL AND t.status = 'open'"),
    ({"assignee": "{ben}", "priority": "urgent"}, "t.assignee_id = %(ben)s AND t.priority = 4"),
    ({"team": "{team}", "assignee": "me"}, "t.team_id = %(team)s AND t.assignee_id = %(me)s"),
    ({"team": "none", "unread": "true"}, f"t.team_id IS NULL AND {UNREAD}"),
    ({"channel": "{channel}", "priority": "none"}, "t.channel_id = %(channel)s AND t.priority = 0"),
    ({"from": "today", "status": "open"}, "t.active_at >= %(today)s AND t.status = 'open'"),
    ({"from": "{week_ago}", "to": "{yesterday}"}, "t.active_at >= %(week_ago)s AND t.active_at < %(today)s"),
    (
        {"unread": "true", "view": "waiting"},
        f"t.status = 'open' AND t.waiting_since IS NOT NULL AND {UNREAD}",
    ),
)
ORDERS = {
    "newest": "t.active_at DESC, t.id DESC",
    "waiting": "t.waiting_since ASC NULLS LAST, t.id",
    "priority": "t.priority DESC, t.active_at DESC, t.id DESC",
}


class Crowd:
    """Twelve conversations under one label, and what SQL says of them."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.people = [office.customer(f"Filter {n}", f"Hello {n}") for n in range(12)]
        self.hands = office.hand("mia"), office.hand("ben")
        start = self.hands[0]("GET", "bootstrap?view=all")
        ids = {one["name"].split()[0].lower(): one["id"] for one in start["members"]}
        today = datetime.now().astimezone().date()
        self.label = f"crowd {time.time_ns()}"
        self.facts: dict[str, Any] = {
            "me": start["me"]["id"], "ben": ids["ben"], "team": start["teams"][0]["id"],
            "channel": start["channels"][0]["id"], "today": today, "label": self.label,
            "week_ago": today - timedelta(days=7), "yesterday": today - timedelta(days=1),
        }  # fmt: skip
        for n, person in enumerate(self.people):
            self.hands[0]("PUT", f"threads/{person.thread}/labels", {"labels": [self.label]})
            deed(self, person, self.hands[n % 2], n)
        self.age(self.people[:4])

    def age(self, people: list[Customer]) -> None:
        """Let some have been quiet for days, as only the tables' owner can."""
        with self.office.stack.as_owner(NORTHWIND) as cursor:
            for days, person in enumerate(people, start=1):
                cursor.execute(
                    "UPDATE inbox_thread SET active_at = active_at - %s * interval '1 day', "
                    "version = version + 1 WHERE id = %s",
                    [days * 3, person.thread],
                )

    def by_sql(self, condition: str, order: str = "newest") -> list[str]:
        with self.office.stack.as_owner(NORTHWIND) as cursor:
            cursor.execute(
                f"SELECT t.id FROM inbox_thread t WHERE %(label)s = ANY (t.labels) AND {condition} "
                f"ORDER BY {ORDERS[order]}",
                self.facts,
            )
            return [str(row[0]) for row in cursor.fetchall()]

    def place(self, filters: dict[str, str]) -> dict[str, str]:
        return {"label": self.label} | {name: value.format(**self.facts) for name, value in filters.items()}

    def stir(self, turns: int) -> None:
        for turn in range(turns):
            deed(self, DICE.choice(self.people), DICE.choice(self.hands), DICE.randrange(8), turn)


def deed(crowd: Crowd, person: Customer, hand: Hand, n: int, turn: int = 0) -> None:
    path, facts = f"threads/{person.thread}", crowd.facts
    whose = {"assignee_id": DICE.choice((facts["me"], facts["ben"], None))}
    team = {"team_id": DICE.choice((facts["team"], None))}
    deeds = (
        lambda: hand("PUT", f"{path}/assignment", {**whose, **team}),
        lambda: hand("PUT", f"{path}/priority", {"priority": DICE.choice(PRIORITIES)}),
        lambda: hand("PUT", f"{path}/closure", {}),
        lambda: hand("PUT", f"{path}/priority", {"priority": "high"}),
        lambda: hand("PUT", f"{path}/read", {"read_count": 9}),
        lambda: hand("PUT", f"{path}/assignment", {"assignee_id": facts["me"], "team_id": facts["team"]}),
        lambda: crowd.office.says(person, text=f"Again {turn}"),
        lambda: hand("PUT", f"{path}/priority", {"priority": "urgent"}),
    )
    deeds[n % len(deeds)]()


def ids_of(desk: Desk) -> list[str]:
    """The conversations in the list, from the top."""
    places = desk.rows.evaluate_all(
        "rows => rows.map(row => [row.getBoundingClientRect().top, row.dataset.id])"
    )
    return [one for _, one in sorted(places)]


def agree(desk: Desk, crowd: Crowd, condition: str, order: str = "newest") -> None:
    def same() -> bool:
        desk.page.wait_for_timeout(30)  # lets the page's own events in
        return ids_of(desk) == crowd.by_sql(condition, order)

    wait_for(same, PATIENCE_S)


def test_eleven_combinations_of_filters_show_what_sql_finds_also_while_things_change(office: Office) -> None:
    """A11: in the address, as removable chips, with live updates."""
    crowd = Crowd(office)
    mia = office.desk("mia")
    mia.page.set_viewport_size({"width": 1440, "height": 1400})  # the whole crowd is drawn

    for filters, condition in COMBINATIONS:
        mia.go(**crowd.place(filters))
        agree(mia, crowd, condition)
        crowd.stir(5)
        agree(mia, crowd, condition)

    mia.at("chip-unread").click()
    expect(mia.page).not_to_have_url(re.compile("unread"))
    agree(mia, crowd, "t.status = 'open' AND t.waiting_since IS NOT NULL")


def test_filters_are_chosen_by_name_and_days_by_a_small_form(office: Office) -> None:
    """A11: chips say what they hold; taking one away widens the list."""
    crowd = Crowd(office)
    mia = office.desk("mia").go(label=crowd.label)
    mia.page.set_viewport_size({"width": 1440, "height": 1400})
    agree(mia, crowd, "true")

    mia.at("add-filter").click()
    expect(mia.page.locator(".popover [role=combobox]")).to_be_focused()
    mia.page.keyboard.type("high")
    mia.press("Enter")
    expect(mia.at("chip-priority")).to_contain_text("Priority: High")
    agree(mia, crowd, "t.priority = 3")

    mia.at("add-filter").click()
    expect(mia.page.locator(".popover [role=combobox]")).to_be_focused()
    mia.page.keyboard.type("choose days")
    mia.press("Enter")
    mia.page.get_by_label("From").fill(str(crowd.facts["week_ago"]))
    mia.page.get_by_label("Until").fill(str(crowd.facts["today"]))
    mia.page.get_by_role("button", name="Show").click()
    expect(mia.page).to_have_url(re.compile(f"from={crowd.facts['week_ago']}"))
    expect(mia.at("chip-from")).to_contain_text("Active since")
    agree(mia, crowd, "t.priority = 3 AND t.active_at >= %(week_ago)s")

    mia.at("chip-priority").click()
    agree(mia, crowd, "t.active_at >= %(week_ago)s")


def test_each_order_holds_after_live_updates(office: Office) -> None:
    """A12: newest, longest waiting, most urgent."""
    crowd = Crowd(office)
    mia = office.desk("mia")
    mia.page.set_viewport_size({"width": 1440, "height": 1400})

    for order in ORDERS:
        mia.go(label=crowd.label, sort=order)
        agree(mia, crowd, "true", order)
        crowd.stir(12)
        agree(mia, crowd, "true", order)
