"""The log: its filters, its rows and its lines of CSV."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from common.api.pages import Page
from common.spreadsheets import csv_line
from common.wire import stamp
from customers.models import Address, Customer
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


def people_like(text: str) -> list[UUID]:
    """Customers meant by a name, a number, an external id or an id."""
    text = text.strip()
    digits = "".join(char for char in text if char.isdecimal())
    which = Q(name__icontains=text) | Q(external_id=text)
    if len(digits) >= 6 and not any(char.isalpha() for char in text):
        values = (f"+{digits}", digits)
        which = Q(id__in=Address.objects.filter(value__in=values).values("customer"))
    with suppress(ValueError):
        which |= Q(id=UUID(text))
    return list(Customer.objects.filter(which).order_by("-id").values_list("id", flat=True)[:PEOPLE_MAX])


def log_page(*, limit: int, after: str | None = None, person: str = "", **wanted: Any) -> Page[Notification]:
    """Notifications, the newest first; person: see ``people_like``. One statement, two with a person."""
    people = people_like(person) if person else None
    return notification_page(limit=limit, after=after, people=people, **wanted)


def log_rows(runs: Sequence[Notification]) -> list[LogRow]:
    """The rows with their steps: one statement, however many there are."""
    steps: dict[UUID, list[Step]] = defaultdict(list)
    if runs:
        rows = Step.objects.filter(notification__in=runs).exclude(state__in=("waiting", "unneeded"))
        for step in rows.select_related("channel").order_by("place"):
            steps[step.notification_id].append(step)
    return [LogRow(run, steps[run.id]) for run in runs]


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
        run.id, stamp(run.created_at), run.type.key, run.version.number, run.customer_id, run.customer.name,
        run.language, run.state, run.reason, run.action, tried, run.dedupe_key, run.request_id,
        "yes" if run.is_test else "no", stamp(run.updated_at),
    ]  # fmt: skip
