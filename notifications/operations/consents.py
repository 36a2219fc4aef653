"""What people agreed to and want, and a tenant's quiet hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from common.ids import uuid7
from common.sql import insert_rows
from common.times import database_now
from common.zones import NO_ZONE, is_zone
from customers.models import Customer
from events import audit, bus
from inbox.operations.authors import Author
from notifications.models import Consent, ConsentChange, NotificationType, Preference, QuietHours
from notifications.models.people import EVERY_CHANNEL


class UnknownZone(Exception):
    """No time zone has this name."""


def record_consents(
    *, customer: Customer, given: Sequence[Mapping[str, Any]], source: str, by: Author
) -> list[Consent]:
    """Write down a person's yes or no: given = [{category, state, channel? ("*" for all)}].

    Only what differs is written, and stays in the history. Writes Consent, ConsentChange, Event
    `customer.consent_changed`.
    """
    now = database_now()
    Customer.objects.select_for_update().get(id=customer.id)
    have = {(row.category, row.channel): row.state for row in Consent.objects.filter(customer=customer)}
    wanted = {(one["category"], one.get("channel") or EVERY_CHANNEL): one["state"] for one in given}
    changed = {key: state for key, state in wanted.items() if have.get(key) != state}
    common = {"customer": customer, "source": source[:60]}
    rows = [
        Consent(id=uuid7(), category=category, channel=channel, state=state, updated_at=now, **common)
        for (category, channel), state in changed.items()
    ]
    insert_rows(rows, on_conflict=_NEWER)
    insert_rows(
        [
            ConsentChange(
                category=row.category,
                channel=row.channel,
                state=row.state,
                by_name=by.name[:120],
                at=now,
                **common,
            )
            for row in rows
        ]
    )
    if rows:
        told = [{"category": row.category, "channel": row.channel, "state": row.state} for row in rows]
        data = {"customer_id": customer.id, "consents": told, "source": source}
        bus.record("customer.consent_changed", data, actor=by.actor, customer_id=customer.id)
        before, after = ({f"{a} by {b}": of.get((a, b)) for a, b in changed} for of in (have, changed))
        values = {"before": before, "after": {**after, "source": source}}
        # By id, not by name: the audit is kept for good, a person may want to be forgotten.
        audit.note("customer.consent_changed", customer.id, str(customer.id), **values, actor=by.actor)
    return list(Consent.objects.filter(customer=customer).order_by("category", "channel"))


_NEWER = """
(tenant_id, customer_id, category, channel) DO UPDATE
SET state = EXCLUDED.state, source = EXCLUDED.source, updated_at = EXCLUDED.updated_at
"""


def set_preference(*, customer: Customer, named: NotificationType, wanted: bool, by: Author) -> Preference:
    """Note whether a person wants a type. Writes Preference, Event `customer.preference_changed`."""
    known = Preference.objects.filter(customer=customer, type=named).first()
    row, _ = Preference.objects.update_or_create(customer=customer, type=named, defaults={"wanted": wanted})
    data = {"customer_id": customer.id, "type": named.key, "wanted": wanted}
    bus.record("customer.preference_changed", data, actor=by.actor, customer_id=customer.id)
    values = {"before": {f"wants {named.key}": known.wanted if known else None}}
    values["after"] = {f"wants {named.key}": wanted}
    audit.note("customer.preference_changed", customer.id, str(customer.id), **values, actor=by.actor)
    return row


def set_quiet_hours(*, start: time, end: time, timezone: str, by: Author) -> QuietHours:
    """When this tenant's notifications wait; equal times for never.

    Writes QuietHours, Event `quiet_hours.changed`. Raises UnknownZone.
    """
    if not is_zone(timezone):
        raise UnknownZone(NO_ZONE)
    row = QuietHours.objects.select_for_update().first() or QuietHours()
    before = {} if row.start is None else _said(row)
    row.start, row.end, row.timezone = start, end, timezone
    row.save()
    data = _said(row)
    bus.record("quiet_hours.changed", data, actor=by.actor)
    audit.note("quiet_hours.changed", row.id, timezone, before=before, after=data, actor=by.actor)
    return row


def _said(row: QuietHours) -> dict[str, str]:
    return {"start": f"{row.start:%H:%M}", "end": f"{row.end:%H:%M}", "timezone": row.timezone}
