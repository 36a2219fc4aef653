"""Figures of the reports are those of plain SQL, and tests are in none of them."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from common.tenancy import tenant_context
from common.wire import stamp
from notifications.models import Notification, Step
from notifications.plots import lying, round_top, sparkline
from notifications.queries.reports import period
from notifications.report_words import part
from tests.cast import Cast
from tests.notifications.conftest import Ladder, Office, ask, make_type, rung, send
from tests.notifications.forms import page

REPORTS = "/console/notifications/reports/"
HOME = "/console/"
STATES = ["sent", "delivered", "read", "answered", "failed", "skipped", "queued"]
#: How far each came, in plain SQL, by whatever stands in the place.
FUNNEL = """
SELECT {}, count(*),
  count(*) FILTER (WHERE n.state IN ('sent', 'delivered', 'read', 'answered')),
  count(*) FILTER (WHERE n.state IN ('delivered', 'read', 'answered')),
  count(*) FILTER (WHERE n.state IN ('read', 'answered')),
  count(*) FILTER (WHERE n.state = 'answered'), count(*) FILTER (WHERE n.state = 'failed')
FROM notifications_notification n JOIN notifications_notificationtype t ON t.id = n.type_id
  JOIN notifications_typeversion v ON v.id = n.version_id
WHERE NOT n.is_test AND n.created_at >= %s GROUP BY 1 ORDER BY 2 DESC, 1
"""
RUNGS = """
SELECT s.place + 1, count(*), count(*) FILTER (WHERE s.started_at IS NOT NULL),
  count(*) FILTER (WHERE s.state = 'reached'), count(*) FILTER (WHERE s.state = 'timed_out'),
  count(*) FILTER (WHERE s.state = 'failed'), count(*) FILTER (WHERE s.state = 'skipped'),
  count(*) FILTER (WHERE s.state = 'unneeded')
FROM notifications_step s JOIN notifications_notification n ON n.id = s.notification_id
WHERE NOT n.is_test GROUP BY 1 ORDER BY 1
"""


@pytest.fixture
def sent(cast: Cast) -> None:
    """One of each state, in two languages, now and in the days before; and a test that counts for nothing."""
    with tenant_context(cast.acme.id):
        named = make_type(cast.alice)
        make_type(cast.alice, key="quiet_one")
        send(cast.alice, *[ask(named, language=("en", "pt")[n % 2]) for n in range(len(STATES))])
        for n, (row, state) in enumerate(zip(Notification.objects.order_by("id"), STATES, strict=True)):
            told = timezone.now() - timedelta(days=n // 3, hours=n)
            Notification.objects.filter(id=row.id).update(
                state=state, reason=f"Why {state}.", created_at=told
            )
            Step.objects.filter(notification=row).update(channel=cast.acme_number, state="failed")
        send(cast.alice, ask(named, is_test=True))


def lines(client: Client, query: str) -> list[list[str]]:
    answer = client.get(f"{REPORTS}?{query}&format=csv")
    return list(csv.reader(io.StringIO(answer.content.decode())))[1:]


def by_sql(cast: Cast, statement: str, *values: Any) -> list[list[str]]:
    with tenant_context(cast.acme.id), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [[str(value) for value in row] for row in cursor.fetchall()]


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize("days", [1, 7, 30])
@pytest.mark.parametrize(
    ("by", "column"),
    [("type", "t.name"), ("language", "n.language"), ("version", "t.name || ' v' || v.number")],
)
def test_each_grouping_equals_sql(cast: Cast, alice_client: Client, by: str, column: str, days: int) -> None:
    since = period(days, timezone.now()).since

    found = lines(alice_client, f"by={by}&days={days}")

    assert found == by_sql(cast, FUNNEL.format(column), since)
    assert sum(int(row[1]) for row in found) == {1: 3, 7: 7, 30: 7}[days]


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize(("days", "unit", "many"), [(1, "hour", 24), (7, "day", 7), (30, "day", 30)])
def test_each_hour_and_day_equals_sql(
    cast: Cast, alice_client: Client, days: int, unit: str, many: int
) -> None:
    of = period(days, timezone.now())

    found = lines(alice_client, f"by=time&days={days}")

    assert len(found) == many
    cut = f"date_trunc('{unit}', n.created_at, 'UTC') AT TIME ZONE 'UTC'"
    start = f"""to_char({cut}, 'YYYY-MM-DD"T"HH24:MI:SS+00:00')"""
    assert [row for row in found if row[1] != "0"] == sorted(by_sql(cast, FUNNEL.format(start), of.since))


@pytest.mark.usefixtures("sent")
def test_one_type_alone_is_what_is_asked_for(alice_client: Client, charlie_client: Client) -> None:
    assert lines(alice_client, "by=type&type=quiet_one") == []
    assert lines(alice_client, "by=language&type=fraud_alert") == lines(alice_client, "by=language")
    assert lines(alice_client, "by=nothing_like_it") == lines(alice_client, "by=type")
    assert lines(alice_client, "by=channel") == []  # nothing was carried yet
    assert lines(charlie_client, "by=type") == []


@pytest.mark.usefixtures("sent")
def test_reasons_stand_under_the_table(alice_client: Client, charlie_client: Client) -> None:
    text = page(alice_client, REPORTS)

    assert "Why failed." in text
    assert "Why skipped." in text
    assert "Why sent." not in text
    assert lines(alice_client, "by=reason") == [
        ["failed", "Why failed.", "1"],
        ["skipped", "Why skipped.", "1"],
    ]
    assert "Nothing to count yet" in page(charlie_client, REPORTS)


def test_reasons_that_differ_only_by_an_id_or_a_time_are_one(cast: Cast, alice_client: Client) -> None:
    with tenant_context(cast.acme.id):
        named = make_type(cast.alice)
        for row in send(cast.alice, *[ask(named) for _ in range(4)]):
            reason = f"It could go at {stamp(timezone.now())} beside {uuid4()}."
            Notification.objects.filter(id=row.notification.id).update(state="expired", reason=reason)  # type: ignore[union-attr]

    assert lines(alice_client, "by=reason") == [["expired", "It could go at … beside ….", "4"]]


@pytest.mark.parametrize(
    ("count", "whole", "words"),
    [(1, 6, "16.7"), (2, 3, "66.7"), (5, 5, "100.0"), (99_999, 100_000, "99.9"), (0, 3, "0.0"), (0, 0, "")],
)
def test_parts_are_rounded_and_all_but_one_are_not_all(count: int, whole: int, words: str) -> None:
    assert part(count, whole) == words


@pytest.mark.usefixtures("sent")
def test_plots_say_in_words_what_they_show(alice_client: Client) -> None:
    text = page(alice_client, f"{REPORTS}?days=7")

    assert '<desc id="sent-desc">Sent 4, Delivered 3, Read 2, Answered 1</desc>' in text
    assert '<desc id="failed-desc">Failed 1</desc>' in text
    shown = [
        int(n)
        for n in re.findall(
            r'data-stage="(?:asked|sent)">(\d+)<', text.split('id="by-time"')[1].split("</section>")[0]
        )
    ]
    assert (sum(shown[::2]), sum(shown[1::2])) == (7, 4)
    assert "style=" not in text.split("<main")[1]


@pytest.mark.usefixtures("sent")
def test_home_tells_of_the_last_day(cast: Cast, alice_client: Client, charlie_client: Client) -> None:
    [[_, *counts]] = by_sql(cast, FUNNEL.format("t.name"), period(1, timezone.now()).since)

    text = page(alice_client, HOME).split("h-last-day")[2].split("</section>")[0]

    assert re.findall(r'data-stage="sent">(\d+)<', text) == [counts[1]]
    assert "Fraud_Alert" in text
    assert "None was asked for." in page(charlie_client, HOME)


@pytest.mark.django_db(transaction=True)
def test_each_channel_counts_what_it_carried(office: Office, ladder: Ladder, client: Client) -> None:
    run = office.notify(ladder())
    office.work()
    office.later(61)
    office.work()
    office.status(office.message(run, 1), "delivered")
    office.press(office.message(run, 1), "Not me", f"{office.steps(run)[1].id}:not_me")
    office.work()
    client.force_login(office.cast.alice.user)

    first, second = office.numbers[:2]
    assert sorted(lines(client, "by=channel")) == sorted(
        [[first.name, "1", "1", "0", "0", "0", "0"], [second.name, "1", "1", "1", "0", "1", "0"]]
    )
    assert [row[0] for row in lines(client, "by=ladder")] == ["1", "2", "3"]


def test_the_steps_of_ladders_equal_sql(cast: Cast, alice_client: Client) -> None:
    with tenant_context(cast.acme.id):
        named = make_type(cast.alice, rung("whatsapp"), rung(str(cast.acme_number.id)))
        send(cast.alice, *[ask(named) for _ in range(5)], ask(named, is_test=True))
        states: defaultdict[int, list[str]] = defaultdict(
            lambda: ["reached", "timed_out", "failed", "trying", "skipped", "reached"],
            {1: ["unneeded", "reached", "failed", "waiting", "trying", "reached"]},
        )
        for place in (0, 1):
            steps = Step.objects.filter(place=place).order_by("notification")
            for step, state in zip(steps, states[place], strict=True):
                was_tried = state in ("reached", "timed_out", "failed", "trying")
                started = timezone.now() if was_tried else None
                Step.objects.filter(id=step.id).update(state=state, started_at=started)

    found = lines(alice_client, "by=ladder&days=1")

    assert [[row[0], *row[2:]] for row in found] == by_sql(cast, RUNGS)
    assert [row[1] for row in found] == ["WhatsApp", cast.acme_number.name]


def test_a_period_is_whole_hours_or_whole_days() -> None:
    now = datetime(2026, 3, 1, 0, 20, tzinfo=UTC)

    day, month = period(1, now), period(30, now)

    assert (len(day.starts), day.since) == (24, datetime(2026, 2, 28, 1, tzinfo=UTC))
    assert (month.starts[0].day, month.starts[-1]) == (31, datetime(2026, 3, 1, tzinfo=UTC))
    assert [start.day for start in day.in_days.starts] == [28, 1]


def test_bars_lie_inside_each_other_and_scales_are_round() -> None:
    bars = {bar.stage: bar for bar in lying({"sent": 600, "read": 1, "answered": 0, "failed": 400}, 1000)}

    assert [(one, bars[one].x, bars[one].width) for one in bars] == [
        ("sent", 0, 600), ("read", 0, 5), ("failed", 600, 400),
    ]  # fmt: skip
    assert bars["read"].height < bars["sent"].height
    assert [round_top(n) for n in (0, 1, 3, 12, 999, 1_284_000)] == [2, 2, 4, 20, 1000, 2_000_000]
    assert sparkline([0, 5, 10]) == "2,22 48,12 94,2"
