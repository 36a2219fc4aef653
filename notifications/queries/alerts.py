"""What rules find now, read from counts that are kept; and what was found before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Min, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from inbox.channels import UnknownChannel, adapter_for
from inbox.models import Channel, Delivery, DeliveryState
from inbox.models.deliveries import Lane
from inbox.ports import WarnsOfTemplates
from notifications.models import Alert, AlertRule, CostDay, Tally, Watched
from notifications.operations.tallies import slot_of
from notifications.words_of_money import money
from tenants.models import Member
from tenants.queries import members_with

SEES_HEALTH = "channels:write"
HISTORY = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's threshold is reached. channel: NULL when it is about no single one."""

    rule: AlertRule
    channel: Channel | None
    sentence: str

    @property
    def key(self) -> tuple[UUID, UUID | None]:
        """One alert of each is open at a time."""
        return self.rule.id, self.channel.id if self.channel else None


def findings(rules: Sequence[AlertRule], now: datetime) -> list[Finding]:
    """Everything these rules find now: a statement or two for each rule, however many messages there are."""
    channels = list(Channel.objects.filter(is_active=True).order_by("id"))
    return [
        found for rule in rules for found in _LOOKS[Watched(rule.watched)](rule, _of(rule, channels), now)
    ]


def _of(rule: AlertRule, channels: Iterable[Channel]) -> list[Channel]:
    return [one for one in channels if rule.channel_id in {None, one.id}]


def _failures(rule: AlertRule, channels: Sequence[Channel], now: datetime) -> list[Finding]:
    since = slot_of(now - timedelta(minutes=rule.window_min))
    sums = Tally.objects.filter(channel__in=channels, slot__gte=since).values("channel")
    counts = {
        row["channel"]: (row["of"], row["bad"])
        for row in sums.annotate(of=Sum("ended"), bad=Sum("failed")).order_by()
    }
    found = []
    for channel in channels:
        ended, failed = counts.get(channel.id, (0, 0))
        if failed >= max(1, rule.at_least) and failed * 100 >= rule.threshold * max(ended, failed):
            words = _("%(name)s: %(failed)d of %(ended)d messages failed in the last %(minutes)d minutes.")
            told = {"name": channel.name, "failed": failed, "ended": ended, "minutes": rule.window_min}
            found.append(Finding(rule, channel, words % told))
    return found


def _templates(rule: AlertRule, channels: Sequence[Channel], now: datetime) -> list[Finding]:
    found = []
    for channel in channels:
        try:
            adapter = adapter_for(channel.kind)
        except UnknownChannel:
            continue
        if isinstance(adapter, WarnsOfTemplates) and (wrong := adapter.template_warnings(channel.id)):
            words = " ".join(f"{one.sentence} {one.fix}" for one in wrong)
            found.append(Finding(rule, channel, f"{channel.name}: {words}"))
    return found


def _silence(rule: AlertRule, channels: Sequence[Channel], now: datetime) -> list[Finding]:
    words = _("%(name)s: no message has come in for %(hours)d hours.")
    return [
        Finding(rule, one, words % {"name": one.name, "hours": (now - heard).total_seconds() // 3600})
        for one in channels
        if now - (heard := one.last_inbound_at or one.created_at)
        >= timedelta(seconds=float(rule.threshold * 3600))
    ]


def _delay(rule: AlertRule, channels: Sequence[Channel], now: datetime) -> list[Finding]:
    """Campaigns wait for their pace by design, so marketing does not count. Reads only what is late."""
    late = Delivery.objects.filter(
        state=DeliveryState.READY,
        lane__in=(Lane.URGENT, Lane.REPLY, Lane.UTILITY),
        due_at__lte=now - timedelta(seconds=float(rule.threshold)),
    )
    oldest = dict(late.values_list("channel").annotate(first=Min("due_at")).order_by())
    words = _("%(name)s: a message has waited to leave for %(seconds)d seconds.")
    return [
        Finding(rule, one, words % {"name": one.name, "seconds": (now - oldest[one.id]).total_seconds()})
        for one in channels
        if one.id in oldest
    ]


def _cost(rule: AlertRule, channels: Sequence[Channel], now: datetime) -> list[Finding]:
    rows = CostDay.objects.filter(day=now.astimezone(UTC).date(), currency=rule.currency)
    if rule.channel_id:
        rows = rows.filter(channel=rule.channel_id)
    amount = rows.aggregate(whole=Sum("amount"))["whole"] or Decimal(0)
    if amount < rule.threshold:
        return []
    channel = next((one for one in channels if one.id == rule.channel_id), None)
    words = _("%(where)s: today came to %(amount)s, of at most %(most)s.")
    where = channel.name if channel else _("All channels")
    told = {
        "where": where,
        "amount": money(amount, rule.currency),
        "most": money(rule.threshold, rule.currency),
    }
    return [Finding(rule, channel, words % told)]


_LOOKS = {
    Watched.FAILURES: _failures,
    Watched.TEMPLATE: _templates,
    Watched.SILENCE: _silence,
    Watched.DELAY: _delay,
    Watched.COST: _cost,
}


# ---------------------------------------------------------------- who is told, and what was


def told_members(members: Sequence[UUID]) -> QuerySet[Member]:
    """Who is told: the members named, else everybody who sets up channels. Nobody who has left."""
    return Member.objects.filter(is_active=True, id__in=members) if members else members_with(SEES_HEALTH)


def open_alerts_for(member: Member, *, sees_all: bool) -> list[Alert]:
    """What is wrong now that this member is told of. One statement."""
    named = Q(members__contains=[member.id])
    which = named | Q(members=[]) if sees_all else named
    return list(Alert.objects.filter(which, ended_at=None).order_by("begun_at", "id"))


def history() -> list[Alert]:
    """What is wrong now, then what was, the newest first."""
    rows = Alert.objects.select_related("channel").order_by(F("ended_at").desc(nulls_first=True), "-begun_at")
    return list(rows[:HISTORY])


def rules() -> list[AlertRule]:
    """Every rule, in the order in which they were made."""
    return list(AlertRule.objects.select_related("channel").order_by("id"))


def rule_of(rule_id: UUID) -> AlertRule:
    """One rule. Raises AlertRule.DoesNotExist."""
    found: AlertRule = AlertRule.objects.get(id=rule_id)
    return found
