"""What messages came to, noted as their reports come: the provider's own word, else units × the list's
price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from common.ids import uuid7
from common.sql import among, insert_rows
from customers.models import Address
from inbox.models import Channel, Message
from inbox.ports import PHONE, Charge, Use
from notifications.models import Cost, CostDay, CostSource, Notification, NotificationType, Step
from notifications.models.prices import PLACES
from notifications.places import NOWHERE, Place, place_of
from notifications.queries.prices import PriceList, charging, prices_on

_LEAST = Decimal(1).scaleb(-PLACES)


def note_costs(ids: Iterable[str], now: datetime) -> int:
    """Note what these messages of the open scope's tenant came to by now; how many costs are new or changed.

    Safe to run twice. The caller holds the tenant's turn. Writes Cost, CostDay; ten statements at most.
    """
    wanted = set(ids)
    messages = _messages(wanted) if wanted else []
    if not messages:
        return 0
    facts = _facts(messages, now)
    have = {row.message_id: row for row in Cost.objects.filter(message__in=[one.id for one in messages])}
    pairs = [(have.get(one.id), _cost(one, facts, now)) for one in messages]
    changed = [(old, new) for old, new in pairs if new is not None and _differs(old, new)]
    for old, new in changed:
        if old is not None:  # the day a message was first charged on stays its day
            new.id, new.at, new.day = old.id, old.at, old.day
    insert_rows([new for _, new in changed], on_conflict=_NEWER)
    _keep_days(changed)
    return len(changed)


_NEWER = """
(tenant_id, message_id) DO UPDATE SET category = EXCLUDED.category, country = EXCLUDED.country,
    unit = EXCLUDED.unit, units = EXCLUDED.units, source = EXCLUDED.source, amount = EXCLUDED.amount,
    currency = EXCLUDED.currency
"""


def _messages(ids: Set[str]) -> list[Message]:
    """Not joined, nor are steps and runs: PostgreSQL compares all with all while it has not counted them."""
    found = list(Message.objects.filter(among("id", ids), direction="outbound"))
    channels = Channel.objects.in_bulk({one.channel_id for one in found})
    addresses = {
        row.id: row for row in Address.objects.filter(among("id", {one.address_id for one in found}))
    }
    for one in found:
        one.channel, one.address = channels[one.channel_id], addresses[one.address_id]
    return found


def _steps(messages: Sequence[Message]) -> dict[UUID, Step]:
    """{message id: the step it belongs to, with its run and type}"""
    steps = list(Step.objects.filter(among("message_id", [one.id for one in messages])))
    runs = {
        row.id: row
        for row in Notification.objects.filter(among("id", {step.notification_id for step in steps}))
    }
    types = NotificationType.objects.in_bulk({run.type_id for run in runs.values()})
    for step in steps:
        step.notification = runs[step.notification_id]
        step.notification.type = types[step.notification.type_id]
    return {step.message_id: step for step in steps if step.message_id}


@dataclass(slots=True)
class _Facts:
    prices: PriceList
    steps: dict[UUID, Step] = field(default_factory=dict)
    phones: dict[UUID, str] = field(default_factory=dict)


def _facts(messages: Sequence[Message], now: datetime) -> _Facts:
    strangers = {one.customer_id for one in messages if one.address.kind != PHONE}
    phones = Address.objects.filter(customer__in=strangers, kind=PHONE).order_by("-id") if strangers else ()
    return _Facts(
        prices_on(now.astimezone(UTC).date()),
        _steps(messages),
        {row.customer_id: row.value for row in phones},
    )


def _cost(message: Message, facts: _Facts, now: datetime) -> Cost | None:
    adapter, step = charging(message.channel.kind), facts.steps.get(message.id)
    charge = adapter.charge(_use(message, step)) if adapter else None
    if adapter is None or charge is None:
        return None
    place = _place(message, facts.phones)
    source, amount, currency = priced(charge, message, place, facts.prices)
    run = step.notification if step else None
    return Cost(
        id=uuid7(),
        message=message,
        channel=message.channel,
        notification=run,
        type=run.type if run else None,
        is_test=run.is_test if run else False,
        category=(charge.categories or ("",))[0][:40],
        country=place.name,
        unit=adapter.tariff.unit,
        units=charge.units,
        source=source,
        amount=amount,
        currency=currency,
        at=now,
        day=now.astimezone(UTC).date(),
    )


def _use(message: Message, step: Step | None) -> Use:
    category = step.notification.type.category if step else ""
    return Use(
        message.kind, message.text, category, message.status, message.content, dict(message.pricing or {})
    )


def _place(message: Message, phones: Mapping[UUID, str]) -> Place:
    phone = message.address.value if message.address.kind == PHONE else phones.get(message.customer_id, "")
    return place_of(phone) if phone else NOWHERE


def priced(
    charge: Charge, message: Message, place: Place, prices: PriceList
) -> tuple[CostSource, Decimal | None, str]:
    """(who says so, amount, currency) of a charge."""
    if charge.is_free:
        return CostSource.FREE, Decimal(0), ""
    if charge.told is not None:
        return CostSource.TOLD, _rounded(charge.told), charge.currency
    line = prices.find(message.channel, charge.categories, place)
    if line is None:
        return CostSource.UNKNOWN, None, ""
    return CostSource.LISTED, _rounded(line.price * charge.units), line.currency


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(_LEAST, ROUND_HALF_UP)


def _differs(old: Cost | None, new: Cost) -> bool:
    """A listed price holds as it was when the message was charged; only what is charged may change it."""
    if old is None:
        return True
    if old.source == new.source == CostSource.LISTED:
        return (old.category, old.units) != (new.category, new.units)
    return (old.source, old.amount, old.currency) != (new.source, new.amount, new.currency)


def _keep_days(changed: Iterable[tuple[Cost | None, Cost]]) -> None:
    days: dict[tuple[object, UUID, str], CostDay] = {}
    for old, new in changed:
        for row, sign in ((old, -1), (new, 1)):
            if row is not None:
                key = (row.day, row.channel_id, row.currency)
                day = days.setdefault(
                    key, CostDay(day=row.day, channel_id=row.channel_id, currency=row.currency)
                )
                day.amount += sign * (row.amount or 0)
                day.messages += sign
                day.unknown += sign * (row.source == CostSource.UNKNOWN)
    insert_rows(list(days.values()), on_conflict=_ADDED)


_ADDED = """
(tenant_id, day, channel_id, currency) DO UPDATE SET amount = notifications_costday.amount + EXCLUDED.amount,
    messages = notifications_costday.messages + EXCLUDED.messages,
    unknown = notifications_costday.unknown + EXCLUDED.unknown
"""
