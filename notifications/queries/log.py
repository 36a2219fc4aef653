"""The log: its filters, its rows and its lines of CSV."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common.api.pages import Page
from common.spreadsheets import csv_line
from common.wire import stamp
from customers.models import Address, Customer
from inbox.ports import PHONE
from inbox.queries.search import people_ids
from notifications.models import Notification, Step
from notifications.queries.runs import notification_page

PEOPLE_MAX = 100
CSV_MAX = 10_000
_CSV_PAGE = 1_000
COLUMNS = (
    "id", "created_at", "type", "version", "customer_id", "customer", "language", "state", "reason", "action",
    "channels", "dedupe_key", "request_id", "test", "updated_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the log with the steps that were tried."""

    run: Notification
    steps: list[Step]
    person: str


def people_like(text: str) -> list[UUID]:
    """Customers meant by a name, a number, an external id or an id."""
    text = text.strip()
    with suppress(ValueError):
        return [UUID(text)]
    digits = "".join(char for char in text if char.isdecimal())
    if len(digits) >= 6 and not any(char.isalpha() for char in text):
        rows = Address.objects.filter(value__in=(f"+{digits}", digits)).order_by("-customer")
        return list(rows.values_list("customer", flat=True)[:PEOPLE_MAX])
    return people_ids(text, PEOPLE_MAX)


def log_page(*, limit: int, after: str | None = None, person: str = "", **wanted: Any) -> Page[Notification]:
    """Notifications, the newest first; person: see ``people_like``. One statement, two with a person."""
    people = people_like(person) if person else None
    return notification_page(limit=limit, after=after, people=people, **wanted)


def log_rows(runs: Sequence[Notification]) -> list[LogRow]:
    """The rows with their steps and people: two statements, however many there are."""
    steps: dict[UUID, list[Step]] = defaultdict(list)
    if runs:
        rows = Step.objects.filter(notification__in=runs).exclude(state__in=("waiting", "unneeded"))
        for step in rows.select_related("channel").order_by("place"):
            steps[step.notification_id].append(step)
    names = names_of([run.customer for run in runs])
    return [LogRow(run, steps[run.id], names[run.customer_id]) for run in runs]


def names_of(customers: Sequence[Customer]) -> dict[UUID, str]:
    """What each of them is called; somebody without a name by a number or address, else by the id."""
    found = {one.id: one.name or str(one.external_id or one.id) for one in customers}
    nameless = {one.id for one in customers if not one.name}
    rows = Address.objects.filter(customer__in=nameless).order_by("created_at", "id") if nameless else ()
    for row in sorted(rows, key=lambda row: row.kind == PHONE):
        found[row.customer_id] = row.value
    return found


def csv_lines(wanted: Mapping[str, Any]) -> Iterator[str]:
    """The log as CSV, at most CSV_MAX lines after the heading."""
    yield csv_line(COLUMNS)
    after, left = None, CSV_MAX
    while left > 0:
        page = log_page(limit=min(_CSV_PAGE, left), after=after, **wanted)
        for row in log_rows(page.rows):
            yield csv_line(_values(row))
        left -= len(page.rows)
        after = page.next
        if after is None:
            return


def _values(row: LogRow) -> list[Any]:
    run = row.run
    tried = "; ".join(
        f"{step.channel.name if step.channel else step.rung}: {step.state}" for step in row.steps
    )
    return [
        run.id, stamp(run.created_at), run.type.key, run.version.number, run.customer_id, row.person,
        run.language, run.state, run.reason, run.action, tried, run.dedupe_key, run.request_id,
        "yes" if run.is_test else "no", stamp(run.updated_at),
    ]  # fmt: skip
