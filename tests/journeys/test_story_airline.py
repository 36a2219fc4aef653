"""Contoso Air's story: a file of 5,000 passengers is told of a delay in three languages, one of them held
back while it goes out; everybody is reached, and the report's figures are those of SQL."""

from __future__ import annotations

import contextlib
import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import requests
from playwright.sync_api import Page, expect

from tests.far_end import wait_for
from tests.journeys.office import CONTOSO, NORTHWIND, Customer, Office

PASSENGERS, WITHOUT_WHATSAPP = 5_001, 300
PATIENCE_S = 60
#: All of them, beside whoever else works on the machine.
LONG_S = 300
#: As a provider grants to whoever sends much.
FAST_PER_S = 1_000
LOG = "/console/notifications/log/"
CAMPAIGNS, TYPES = "/console/notifications/campaigns/", "/console/notifications/types/"
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

    def file(self) -> bytes:
        """The passengers as their airline's system writes them, languages mixed."""
        rows = zip(
            *([(number, language) for number in numbers] for language, numbers in self.phones.items()),
            strict=True,
        )
        lines = (
            f"+{number};{language};Passenger {n};CA 204;18:40"
            for n, row in enumerate(rows)
            for number, language in row
        )
        return "\r\n".join(["phone;language;first_name;flight;new_time", *lines]).encode()

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        with self.office.stack.as_owner(CONTOSO) as cursor:
            cursor.execute(statement, {"key": self.key})
            return list(cursor.fetchall())

    def come_to_hold(self) -> None:
        """Wait until somebody's message waits for the end of the pause, and look at what is said of it."""
        held = wait_for(
            lambda: self.api("GET", f"notifications?type={self.key}&state=held&limit=1")["data"], LONG_S
        )
        assert "paused" in held[0]["reason"]

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
                wait_for(is_so, LONG_S)
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


@contextlib.contextmanager
def big_sender(office: Office) -> Iterator[None]:
    """Contoso's numbers may write as fast and to as many people as the provider grants to who sends much."""
    far_end, account = office.stack.far_end, office.stack.account(CONTOSO)
    for scenario, said in (("throughput", {"per_second": FAST_PER_S}), ("tier_limit", {"people": 100_000})):
        far_end._call("POST", "/control/scenarios", {"channel": account, "name": scenario, **said})
    with office.stack.as_owner(CONTOSO) as cursor:
        cursor.execute("SELECT id, config FROM inbox_channel")
        before = cursor.fetchall()
        granted = json.dumps({"messages_per_second": FAST_PER_S})
        cursor.execute("UPDATE inbox_channel SET config = config || %s::jsonb", [granted])
    yield
    with office.stack.as_owner(CONTOSO) as cursor:
        for key, config in before:
            cursor.execute("UPDATE inbox_channel SET config = %s WHERE id = %s", [json.dumps(config), key])


def start_campaign(page: Page, flight: Flight) -> None:
    """The file is dropped, its columns are known by their names, the number is typed, and it goes out."""
    page.get_by_label("Name").fill("Late flight CA 204")
    page.get_by_label("What is sent").select_option(flight.key)
    file = {"name": "passengers.csv", "mimeType": "text/csv", "buffer": flight.file()}
    page.get_by_label("File", exact=True).set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Read the file").click()
    expect(page.locator("[name='data.new_time']")).to_have_value("4")
    page.get_by_role("button", name="Check the rows").click()
    expect(page.locator("[data-count=goes]")).to_have_text(str(PASSENGERS), timeout=PATIENCE_S * 1000)
    expect(page.locator("[data-sample]")).to_have_count(3)
    page.get_by_label("People per minute").fill("60000")
    page.get_by_label("Type the number of recipients").fill(str(PASSENGERS))
    page.get_by_role("button", name="Start the campaign").click()
    expect(page.locator("#live")).to_have_attribute("data-state", "running")


def test_a_delay_reaches_a_whole_plane_in_three_languages(office: Office) -> None:
    """Issue 4, B7, B13, B17, B23, B25: from the file to the report; some by text, some after a pause."""
    flight = Flight(office)
    flight.write_templates()
    flight.publish()
    flight.board()
    campaign = office.page("tom", f"{CAMPAIGNS}new/")
    named = office.page("tom", f"{TYPES}{flight.key}/")
    log = office.page("tom", f"{LOG}?type={flight.key}")
    expect(log.locator("#rows")).to_contain_text("No notification fits")
    each, by_text = PASSENGERS // len(LANGUAGES), WITHOUT_WHATSAPP // len(LANGUAGES)
    told = {"read": each - by_text, "delivered": by_text}

    with big_sender(office):
        start_campaign(campaign, flight)
        expect(campaign.locator("[data-stage=sent]")).not_to_have_text("0", timeout=PATIENCE_S * 1000)
        expect(log.locator("#rows tbody tr").first).to_contain_text("Late flight")
        flight.fate("pause", "PAUSED")
        banner = named.locator(f"[data-trouble={flight.key}]")
        expect(banner).to_contain_text("What would go out with it waits")
        flight.come_to_hold()
        flight.fate("unpause", "APPROVED")
        expect(banner).to_have_count(0)
        flight.come_to({(language, state): n for language in LANGUAGES for state, n in told.items()})
        expect(campaign.locator("#live")).to_have_attribute("data-state", "done", timeout=PATIENCE_S * 1000)

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
    expect(page.locator("#by-time desc").first).to_contain_text(f"Read {PASSENGERS - WITHOUT_WHATSAPP:,}")
    stranger = office.stack.api(NORTHWIND, "GET", f"notifications?type={flight.key}").json()
    assert stranger["data"] == []
