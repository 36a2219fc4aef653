"""Contoso Air's story: a delay told to a plane full of people in three languages, one of them held back."""

from __future__ import annotations

import contextlib
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

import requests
from playwright.sync_api import Page, expect

from tests.far_end import wait_for
from tests.journeys.office import CONTOSO, NORTHWIND, Customer, Office

#: `make bench ARGS=notifications` tells 100,000 by the same calls (5,000 with `quick`); 300 show that it is
#: right.
PASSENGERS, WITHOUT_WHATSAPP = 300, 30
PATIENCE_S = 60
_keys = itertools.count(time.time_ns() % 10**6)

#: Our language → its code at the provider, what a template says, what a text says.
LANGUAGES = {
    "en": (
        "en",
        "Hello {{1}}, flight {{2}} now leaves at {{3}}. We are sorry for the wait.",
        "{{first_name}}, flight {{flight}} now leaves at {{new_time}}.",
    ),
    "pt": (
        "pt_BR",
        "Olá {{1}}, o voo {{2}} sai agora às {{3}}. Pedimos desculpa pela espera.",
        "{{first_name}}, o voo {{flight}} sai agora às {{new_time}}.",
    ),
    "es": (
        "es",
        "Hola {{1}}, el vuelo {{2}} sale ahora a las {{3}}. Sentimos la espera.",
        "{{first_name}}, el vuelo {{flight}} sale ahora a las {{new_time}}.",
    ),
}
VARIABLES = [
    {"name": name, "type": "text", "required": True, "example": example, "personal": name == "first_name"}
    for name, example in (("first_name", "Amara"), ("flight", "CA 204"), ("new_time", "18:40"))
]


@dataclass
class Flight:
    """One late flight: a type of its own, and its passengers' numbers by language."""

    office: Office
    key: str = field(default_factory=lambda: f"delay_{next(_keys)}")
    phones: dict[str, list[str]] = field(default_factory=dict)

    def api(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.office.stack.api(CONTOSO, method, path, json=body)
        assert answer.ok, f"{path}: {answer.text[:300]}"
        return answer.json()

    def write_templates(self) -> None:
        """Three languages, submitted through the API and approved by the provider."""
        channel = self.office.stack.tenant(CONTOSO)["channels"][0]["id"]
        for code, words, _ in LANGUAGES.values():
            sample = {"body_text": [["Amara", "CA 204", "18:40"]]}
            made = self.api("POST", "templates", {
                "channel_id": channel, "name": self.key, "language": code, "category": "UTILITY",
                "components": [{"type": "BODY", "text": words, "example": sample}],
            })  # fmt: skip
            self.api("POST", f"templates/{made['id']}/submission")
        wait_for(lambda: set(self.statuses().values()) == {"APPROVED"}, PATIENCE_S)

    def statuses(self) -> dict[str, str]:
        found = self.api("GET", f"templates?q={self.key}")["data"]
        return {one["language"]: one["status"] for one in found}

    def fate(self, fate: str, status: str) -> None:
        """What the provider decides of the Portuguese template, once we have heard of it."""
        said = {"channel": self.office.stack.account(CONTOSO), "name": self.key, "language": "pt_BR"}
        self.office.stack.far_end._call("POST", "/control/templates", said | {"fate": fate})
        wait_for(lambda: self.statuses()["pt_BR"] == status, PATIENCE_S)

    def publish(self) -> None:
        body = ["{{first_name}}", "{{flight}}", "{{new_time}}"]
        whatsapp = {
            ours: {"name": self.key, "language": code, "body": body, "text": text}
            for ours, (code, _, text) in LANGUAGES.items()
        }
        rung = {"reach": "delivered", "patience_s": 3600}
        self.api("POST", "notification_types", {
            "key": self.key, "name": f"Late flight {self.key}", "category": "utility", "quiet_hours": "pass",
            "variables": VARIABLES, "ladder": [{"channel": kind, **rung} for kind in ("whatsapp", "sms")],
            "contents": {
                "whatsapp": whatsapp, "sms": {ours: {"text": text} for ours, (*_, text) in LANGUAGES.items()}
            },
        })  # fmt: skip
        self.api("POST", f"notification_types/{self.key}/publication")

    def board(self) -> None:
        """Everybody has a phone; some are not on WhatsApp, ten in each language."""
        for language in LANGUAGES:
            numbers = [self.office.fresh_number() for _ in range(PASSENGERS // len(LANGUAGES))]
            self.phones[language] = numbers
            for number in numbers[: WITHOUT_WHATSAPP // len(LANGUAGES)]:
                _leaves_whatsapp(self.office.stack.run["simulator_url"], number)

    def tell(self) -> None:
        """One call for everybody."""
        asked = [
            {
                "type": self.key, "to": {"phone": f"+{number}"}, "language": language,
                "data": {"first_name": f"Passenger {n}", "flight": "CA 204", "new_time": "18:40"},
            }
            for language, numbers in self.phones.items() for n, number in enumerate(numbers)
        ]  # fmt: skip
        assert self.api("POST", "notification_batches", {"notifications": asked})["accepted"] == PASSENGERS

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        with self.office.stack.as_owner(CONTOSO) as cursor:
            cursor.execute(statement, {"key": self.key})
            return list(cursor.fetchall())

    def come_to(self, expected: dict[tuple[str, str], int]) -> None:
        """Wait until so many are in each (language, state)."""
        found: dict[tuple[str, str], int] = {}

        def is_so() -> bool:
            cursor.execute(_STATES, {"key": self.key})
            found.clear()
            found.update({(row[0], row[1]): row[2] for row in cursor.fetchall()})
            return found == expected

        with self.office.stack.as_owner(CONTOSO) as cursor:
            with contextlib.suppress(AssertionError):
                wait_for(is_so, PATIENCE_S)
        assert found == expected


_MINE = "type_id = (SELECT id FROM notifications_notificationtype WHERE key = %(key)s)"
_STATES = f"SELECT language, state, count(*)::int FROM notifications_notification WHERE {_MINE} GROUP BY 1, 2"
_BY_LANGUAGE = f"""
SELECT language, count(*)::int, count(*) FILTER (WHERE state IN ('sent', 'delivered', 'read'))::int,
  count(*) FILTER (WHERE state IN ('delivered', 'read'))::int, count(*) FILTER (WHERE state = 'read')::int,
  0, count(*) FILTER (WHERE state = 'failed')::int
FROM notifications_notification WHERE {_MINE} GROUP BY 1
"""
#: From the messages themselves, not from the steps that the report counts.
_BY_CHANNEL = """
SELECT c.name, count(*)::int, count(*) FILTER (WHERE m.status IN ('sent', 'delivered', 'read'))::int,
  count(*) FILTER (WHERE m.status IN ('delivered', 'read'))::int,
  count(*) FILTER (WHERE m.status = 'read')::int, 0, count(*) FILTER (WHERE m.status = 'failed')::int
FROM inbox_message m JOIN inbox_channel c ON c.id = m.channel_id
WHERE m.content #>> '{notification,type}' = %(key)s GROUP BY 1
"""


def _leaves_whatsapp(simulator: str, number: str) -> None:
    phone = f"{simulator}/phone/customers"
    requests.post(phone, json={"number": number, "name": ""}, timeout=10).raise_for_status()
    settings = {"settings": {"on_whatsapp": False}}
    requests.patch(f"{phone}/{number}", json=settings, timeout=10).raise_for_status()


def report(page: Page, url: str, key: str, by: str) -> set[tuple[Any, ...]]:
    """The lines of one of the page's tables."""
    page.goto(f"{url}/console/notifications/reports/?days=1&type={key}")
    rows = page.locator(f"#by-{by} tbody tr").evaluate_all(
        """rows => rows.map(row => [row.dataset.name, ...[...row.querySelectorAll("[data-stage]")]
            .map(cell => Number(cell.textContent.replaceAll(",", "")))])"""
    )
    return {tuple(row) for row in rows}


def look_at_phones(office: Office, flight: Flight) -> None:
    """What two of them read: in Portuguese after the pause, and in Spanish as a text."""
    line = next(one for one in office.stack.tenant(CONTOSO)["channels"] if one["kind"] == "sms")
    for number, account, words in (
        (flight.phones["pt"][-1], office.stack.account(CONTOSO), "o voo CA 204 sai agora às 18:40"),
        (flight.phones["es"][0], line["external_id"], "el vuelo CA 204 sale ahora a las 18:40."),
    ):
        phone = office.phone(Customer(number, "", account, CONTOSO))
        expect(phone.locator("li.m.them")).to_have_count(1)
        expect(phone.locator("li.m.them")).to_contain_text(words)


def test_a_delay_reaches_a_whole_plane_in_three_languages(office: Office) -> None:
    """Issue 4, B7, B17, B25: by the bulk call; some by text, some after a pause; the report equals SQL."""
    flight = Flight(office)
    flight.write_templates()
    flight.publish()
    flight.board()
    flight.fate("pause", "PAUSED")
    each, by_text = PASSENGERS // len(LANGUAGES), WITHOUT_WHATSAPP // len(LANGUAGES)
    told = {"read": each - by_text, "delivered": by_text}

    flight.tell()
    held = {("pt", "held"): each}
    rest = {(language, state): n for language in ("en", "es") for state, n in told.items()}
    flight.come_to(held | rest)
    waiting = flight.api("GET", f"notifications?type={flight.key}&state=held&limit=1")["data"][0]
    assert "is paused" in waiting["reason"]

    flight.fate("unpause", "APPROVED")
    arrived = {("pt", state): n for state, n in told.items()}
    flight.come_to(arrived | rest)

    look_at_phones(office, flight)
    page = office.eyes.tab(office.browser("tom"))
    assert report(page, office.stack.url, flight.key, "language") == set(flight.sql(_BY_LANGUAGE))
    by_channel = report(page, office.stack.url, flight.key, "channel")
    assert by_channel == set(flight.sql(_BY_CHANNEL))
    assert sorted(row[1:] for row in by_channel) == [
        (WITHOUT_WHATSAPP, WITHOUT_WHATSAPP, WITHOUT_WHATSAPP, 0, 0, 0),
        (PASSENGERS, PASSENGERS - WITHOUT_WHATSAPP, PASSENGERS - WITHOUT_WHATSAPP,
         PASSENGERS - WITHOUT_WHATSAPP, 0, WITHOUT_WHATSAPP),
    ]  # fmt: skip
    stranger = office.stack.api(NORTHWIND, "GET", f"notifications?type={flight.key}").json()
    assert stranger["data"] == []
