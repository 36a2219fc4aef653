"""What a twin has of notifications: a type, one that waits, prices, rules, samples, a campaign."""

from __future__ import annotations

from datetime import time as time_of_day
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from channels_whatsapp.models import APPROVED, Template
from channels_whatsapp.operations.templates import draft_template, template_account
from customers.models import Customer
from inbox.models import Message
from inbox.operations.authors import Author
from notifications.decisions import Ask
from notifications.links import choices_link
from notifications.models import Alert, Campaign, Cost, NotificationType, Step
from notifications.operations.alerts import make_rule
from notifications.operations.campaign_runs import take_turn
from notifications.operations.campaigns import create_campaign
from notifications.operations.consents import record_consents, set_preference, set_quiet_hours
from notifications.operations.notify import Accepted, notify
from notifications.operations.prices import set_prices
from notifications.operations.reviews import propose
from notifications.operations.samples import keep_samples
from notifications.operations.types import create_type, publish_draft
from notifications.operations.types import save_draft as save_draft_version
from tests.crossfire.marks import PHONE, REF

if TYPE_CHECKING:
    from tests.crossfire.twins import Twin


def ids(**rows: Any) -> dict[str, str]:
    """Place → id as text."""
    return {name: str(row.id) for name, row in rows.items()}


def notify_twin(twin: Twin, customer: Customer, by: Author) -> None:
    """A type with two versions and a draft, one notification that waits, and what Ada agreed to."""
    texts = [twin.word(text) for text in ("First", "Second", "Draft")]
    key = f"raid_{twin.mark}" if twin.mark else "raid"
    contents = [{"whatsapp": {"en": {"name": key, "language": "en", "text": text}}} for text in texts]
    rungs = [{"channel": "whatsapp", "reach": "delivered", "patience_s": 60}]
    draft_template(
        account=template_account(twin.channel), by=by, name=key, language="en", category="UTILITY",
        components=[{"type": "BODY", "text": twin.word("Raid")}],
    )  # fmt: skip
    Template.objects.filter(name=key).update(status=APPROVED)
    named = create_type(
        key=key, name=twin.word("Raid"), category="utility", by=by, ladder=rungs, contents=contents[0]
    )  # fmt: skip
    publish_draft(named=named, by=by)
    save_draft_version(named=named, by=by, contents=contents[1])
    version = publish_draft(named=named, by=by)
    save_draft_version(named=named, by=by, contents=contents[2])
    given = [{"category": "marketing", "state": "granted"}]
    record_consents(customer=customer, given=given, source=twin.word("call"), by=by)
    set_preference(customer=customer, named=named, wanted=True, by=by)
    set_quiet_hours(start=time_of_day(21), end=time_of_day(21), timezone="UTC", by=by)
    later = timezone.now() + timedelta(hours=1)
    to = {"customer_id": customer.id}
    asked = Ask(named=named, version=version, to=to, data={}, send_at=later, dedupe_key=REF)
    [accepted] = notify([asked], by=by)
    assert isinstance(accepted, Accepted)
    Step.objects.filter(notification=accepted.notification).update(channel=twin.channel)
    propose(named=named, by=Author.of(twin.agent), note=twin.word("Look"))
    _spend(twin, named)
    prices = [
        {"channel": str(twin.channel.id), "country": country, "currency": "EUR", "price": "0.05"}
        for country in ("FR", "PT")
    ]
    kept = set_prices(given=[{**one, "valid_from": "2026-10-01"} for one in prices], by=by)
    twin.rows |= ids(price=kept[0], spare_price=kept[1])
    rules = [make_rule(by=by, watched="failures", threshold=Decimal(n)) for n in (10, 20, 30)]
    twin.rows |= ids(rule=rules[0], spare_rule=rules[1], other_rule=rules[2])
    sets = [keep_samples(named=named, name=twin.word(name), data={}, by=by) for name in ("Set", "Spare")]
    twin.rows |= ids(set=sets[0], spare_set=sets[1])
    campaign = _campaign(twin, named, by)
    link = choices_link(twin.tenant.id, customer.id)
    twin.rows |= {
        "campaign": str(campaign.id),
        "type": key,
        "notification": str(accepted.notification.id),
        "choices": link.split("/")[-2],
    }


def _spend(twin: Twin, named: NotificationType) -> None:
    """What a message of the type came to, and an alert that lasts."""
    now, sent = timezone.now(), Message.objects.order_by("id")[0]
    Alert.objects.create(
        watched="silence", channel=twin.channel, sentence=twin.word("Silent"), begun_at=now, told_at=now
    )
    Cost.objects.create(
        message=sent, channel=sent.channel, type=named, unit="message", units=1, source="unknown", at=now,
        day=now.date(),
    )  # fmt: skip


def _campaign(twin: Twin, named: NotificationType, by: Author) -> Campaign:
    """A campaign to one person, checked and not started."""
    named.refresh_from_db()
    items = [{"to": {"phone": f"+{PHONE}", "name": twin.word("Ada")}}]
    made = create_campaign(name=twin.word("Raid"), named=named, by=by, items=items)
    while Campaign.objects.filter(id=made.id, state="checking").exists():
        take_turn()
    return made
