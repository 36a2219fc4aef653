"""Campaigns in stories: files, checks, starts, and turns of the worker without waiting for them."""

from __future__ import annotations

import io
from collections import Counter
from itertools import count
from typing import Any

from django.contrib.postgres.functions import TransactionNow

from inbox.operations.authors import Author
from notifications.models import Campaign, CampaignRow
from notifications.operations import campaign_runs
from notifications.operations.campaigns import (
    create_campaign,
    set_columns,
    start_campaign,
)
from notifications.queries.campaigns import counts_of
from tests.notifications.conftest import make_type

HEADER = "Mobile,First name,Amount,Merchant,Card end"
_numbers = count(100_000)


def fresh_phone() -> str:
    return f"+4477{next(_numbers) + 20_000_000:08}"


def line(phone: str = "", merchant: str = "ELEKTRO-24") -> str:
    return f"{phone or fresh_phone()},Ada,12.40 EUR,{merchant},4417"


def table(*lines: str) -> io.BytesIO:
    return io.BytesIO("\n".join([HEADER, *lines]).encode())


def a_file(by: Any, *lines: str, **said: Any) -> Campaign:
    """A campaign of the open scope from a file whose columns were guessed right, checked."""
    named = said.pop("named", None) or make_type(by)
    made = create_campaign(
        name="Cards", named=named, by=Author.of(by), file=table(*lines), filename="cards.csv", **said
    )
    set_columns(campaign=made, columns=made.columns)
    return check(made)


def check(campaign: Campaign) -> Campaign:
    """Let the worker check all of it."""
    campaign.refresh_from_db()
    while campaign.state == "checking":
        campaign_runs.take_turn()
        campaign.refresh_from_db()
    return campaign


def start(campaign: Campaign, by: Any, **said: Any) -> Campaign:
    going = counts_of(campaign).goes
    start_campaign(campaign=campaign, by=Author.of(by), recipients=going, **said)
    return fresh(campaign)


def fresh(campaign: Campaign) -> Campaign:
    return Campaign.objects.get(id=campaign.id)


def turns(campaign: Campaign, many: int = 1_000) -> Campaign:
    """The next turns, each as soon as its time has come."""
    for _ in range(many):
        Campaign.objects.filter(id=campaign.id, due_at__isnull=False).update(due_at=TransactionNow())
        campaign_runs.take_turn()
        if fresh(campaign).state not in {"running", "scheduled", "checking"}:
            break
    return fresh(campaign)


def states(campaign: Campaign) -> Counter[str]:
    return Counter(CampaignRow.objects.filter(campaign=campaign).values_list("state", flat=True))
