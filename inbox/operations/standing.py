"""How our accounts stand with their providers: facts and holds, kept on the channel.

Webhooks and checks tell. `Channel.standing` is {"facts": {name: value}, "holds": {reason: {"what", "why",
"fix", "until", "at"}}, "at"}.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from common import queues
from common.wire import stamp
from events import bus
from inbox.channels import UnknownChannel, adapter_for
from inbox.holds import DIRECT
from inbox.models import Channel, Delivery, DeliveryState
from inbox.models.deliveries import QUEUE
from inbox.ports import CanTellStanding, Hold, Notice, Standing
from inbox.shapes import channel_shape

#: The reason of holds that an answer to a message brought, which end by themselves.
REFUSED = "refused"
REFUSED_LASTS = timedelta(minutes=15)
#: What only a person can put right, and who does it says so here: asked again tomorrow all the same.
DIRECT_LASTS = timedelta(days=1)


def heed_notice(*, notice: Notice, kind: str, channel_id: UUID | None) -> str:
    """Keep what a notice says of accounts of the open scope's tenant; one sentence, or "" if it says nothing.

    Writes Channel, Delivery (what was held back may leave), Event `channel.updated`.
    """
    try:
        adapter = adapter_for(kind)
    except UnknownChannel:
        return ""
    news = adapter.standing_of(notice) if isinstance(adapter, CanTellStanding) else None
    if news is None:
        return ""
    rows = Channel.objects.filter(kind=kind)
    rows = rows.filter(id=channel_id) if notice.account and channel_id else _concerned(rows, news)
    channels = list(rows.select_for_update().order_by("id"))
    for channel in channels:
        keep_standing(channel=channel, news=news)
    names = ", ".join(channel.name for channel in channels)
    return f"Kept for {names}: {notice.detail}" if names else ""


def _concerned(rows: Any, news: Standing) -> Any:
    return (
        rows.filter(**{f"config__{name}": value for name, value in news.of.items()})
        if news.of
        else rows.none()
    )


def keep_standing(*, channel: Channel, news: Standing) -> None:
    """Put news of a locked channel beside what is known; older news of the same thing changes nothing.

    Writes Channel, Delivery, Event `channel.updated` when something changed.
    """
    at = news.at or timezone.now()
    before = channel.standing
    holds = dict(before.get("holds", {}))
    for reason, hold in news.holds.items():
        if (known := holds.get(reason)) and known["at"] > stamp(at):
            continue
        if hold is None:
            holds.pop(reason, None)
        else:
            holds[reason] = _hold_shape(hold, at)
    facts = {**before.get("facts", {}), **news.facts}
    channel.standing = {"facts": facts, "holds": holds, "at": stamp(at)}
    channel.save(update_fields=["standing"])
    if {**before, "at": ""} == {**channel.standing, "at": ""}:
        return
    if before.get("holds", {}).keys() - holds.keys() or before.get("facts") != facts:
        release(channel_ids=[channel.id])
    bus.record("channel.updated", {"channel": channel_shape(channel)})


def _hold_shape(hold: Hold, at: datetime) -> dict[str, Any]:
    return {"what": hold.what, "why": hold.why, "fix": hold.fix, "until": stamp(hold.until), "at": stamp(at)}


def hold_back(found: Mapping[UUID, Hold]) -> None:
    """Providers refused something for a reason that concerns more than one message: let the rest wait.

    Writes Channel, Event `channel.updated`.
    """
    now = timezone.now()
    for channel in Channel.objects.filter(id__in=found).select_for_update().order_by("id") if found else ():
        hold = found[channel.id]
        reason, lasts = (DIRECT, DIRECT_LASTS) if hold.what == DIRECT else (REFUSED, REFUSED_LASTS)
        kept = replace(hold, until=hold.until or now + lasts)
        keep_standing(channel=channel, news=Standing(holds={reason: kept}, at=now))


def try_directly_again(*, channel: Channel) -> None:
    """Whatever the provider has said of messages without a template outside the reply window: ask it anew.

    channel: locked. Writes Channel, Event `channel.updated` when it had refused them."""
    keep_standing(channel=channel, news=Standing(holds={DIRECT: None}))


def release(*, channel_ids: Iterable[UUID]) -> None:
    """Look again at once at what is held back on these channels. Writes Delivery."""
    held = Delivery.objects.filter(channel__in=list(channel_ids), state=DeliveryState.HELD)
    if held.update(due_at=timezone.now()):
        queues.enqueue(QUEUE)


def fact(channel: Channel, name: str) -> Any:
    """What the provider said last, None when it never did."""
    return channel.standing.get("facts", {}).get(name)
