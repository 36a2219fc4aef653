"""What a campaign would cost: its first channel if that gets through to everybody, the others at most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from common.tenancy import require_tenant
from inbox.models import Channel
from inbox.ports import Charge, ChargesMessages, Use
from notifications.contents import contents_for, pick_language, render
from notifications.given import given_values
from notifications.models import Campaign, CampaignRow, Outlook, RowState
from notifications.places import NOWHERE, Place, place_of
from notifications.queries.lists import kind_label
from notifications.queries.prices import Amounts, PriceList, add_to, charging, prices_on
from notifications.queries.types import channels_of
from notifications.variables import written

#: From how many rows the units of a message (segments, minutes) are taken.
SAMPLE = 100


@dataclass(frozen=True, slots=True)
class RungCost:
    """One rung. is_first: it is tried with everybody, the others only as far as those before fail; units:
    of one message, as the rows looked at have it; unpriced: people whose message costs something nobody has
    named."""

    rung: str
    label: str
    is_first: bool
    people: int
    unit: str
    units: Decimal
    amounts: Amounts = field(default_factory=dict)
    unpriced: int = 0

    @property
    def is_free(self) -> bool:
        """Its provider takes nothing for messages."""
        return not self.unit


def estimate(campaign: Campaign, today: date | None = None) -> list[RungCost]:
    """The cost of each rung for the people who would get it now, rung by rung."""
    places = _places(campaign)
    prices = prices_on(today or timezone.now().date())
    rows = _sample(campaign)
    return [
        _rung_cost(campaign, rung["channel"], place == 0, rows, places, prices)
        for place, rung in enumerate(campaign.version.ladder)
    ]


def _rung_cost(
    campaign: Campaign,
    rung: str,
    is_first: bool,
    rows: Sequence[CampaignRow],
    places: Sequence[tuple[Place, int]],
    prices: PriceList,
) -> RungCost:
    channel = channels_of(rung).first()
    people = sum(count for _, count in places)
    adapter = charging(channel.kind) if channel else None
    label = channel.name if channel else kind_label(rung)
    if channel is None or adapter is None:
        return RungCost(rung, label, is_first, people, "", Decimal(0), unpriced=0 if channel else people)
    charges = _charges(campaign, rung, channel, adapter, rows)
    units = Decimal(sum(one.units for one in charges)) / max(1, len(charges))
    found = RungCost(rung, label, is_first, people, adapter.tariff.unit, units)
    categories = charges[0].categories if charges else ()
    unpriced = 0
    for place, count in places:
        if line := prices.find(channel, categories, place):
            add_to(found.amounts, line.currency, line.price * units * count)
        else:
            unpriced += count
    return RungCost(rung, label, is_first, people, found.unit, units, found.amounts, unpriced)


def _charges(
    campaign: Campaign, rung: str, channel: Channel, adapter: ChargesMessages, rows: Sequence[CampaignRow]
) -> list[Charge]:
    version, found = campaign.version, []
    by_language = contents_for(version.contents, rung, channel.kind)
    for row in rows:
        wanted = row.language or (row.customer.language if row.customer else "") or version.fallback_language
        language = pick_language(by_language, wanted, version.fallback_language)
        if language is None:
            continue
        given = given_values(campaign.tenant_id, row.customer_id or campaign.id)
        values = given | written(version.variables, row.data, language)
        words = render(
            by_language[language],
            values=values,
            data=row.data,
            language=language,
            actions=version.actions,
            ref="",
        )
        kind = words.kind or ("template" if words.template is not None else "text")
        if charge := adapter.charge(Use(kind, words.text, campaign.type.category)):
            found.append(charge)
    return found


def _sample(campaign: Campaign) -> list[CampaignRow]:
    rows = CampaignRow.objects.filter(campaign=campaign, state=RowState.WAITING, outlook=Outlook.GOES)
    return list(rows.select_related("customer").order_by("line")[:SAMPLE])


def _places(campaign: Campaign) -> list[tuple[Place, int]]:
    """Where the people are who would get it: (place, how many). One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_PREFIX, [require_tenant(), campaign.id])
        found = cursor.fetchall()
    counts: dict[Place, int] = {}
    for phone, count in found:
        place = place_of(phone) if phone else NOWHERE
        counts[place] = counts.get(place, 0) + count
    return sorted(counts.items(), key=lambda one: -one[1])


#: Eight characters of a number say its country, so one number stands for all that begin alike.
_BY_PREFIX = """
SELECT min(phone), count(*) FROM (
    SELECT COALESCE(NULLIF(r."to"->>'phone', ''), (
        SELECT a.value FROM customers_address a
        WHERE a.tenant_id = r.tenant_id AND a.customer_id = r.customer_id AND a.kind = 'phone'
        ORDER BY a.id LIMIT 1), '') AS phone
    FROM notifications_campaignrow r
    WHERE r.tenant_id = %s AND r.campaign_id = %s AND r.state = 'waiting' AND r.outlook = 'goes') AS who
GROUP BY left(phone, 8)
"""
