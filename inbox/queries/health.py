"""How each channel is doing, in words, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.channels import UnknownChannel, adapter_for
from inbox.holds import holds_of
from inbox.models import Channel, Delivery, DeliveryState, ReceiptOutcome
from inbox.operations.standing import fact

SLOW_AFTER = timedelta(seconds=30)
#: Failures are worth a word from this share on, and from this many.
FAILING_SHARE, FAILING_COUNT = 0.05, 3
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: How long before its end a token is worth a word.
SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Health:
    """tone: ok, warn, bad, blue (new), mute (off); word: the state; sentence: why; asks: check or set_up."""

    channel: Channel
    label: str
    tone: str
    word: str
    sentence: str
    asks: str = ""
    failed: str = ""

    @property
    def needs_somebody(self) -> bool:
        return self.tone in {"warn", "bad"}


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one channel: messages that should have left, since when; sends of the last hour."""

    waiting: int = 0
    oldest: datetime | None = None
    sent: int = 0
    failed: int = 0


def channel_health(now: datetime | None = None) -> list[Health]:
    """Every channel of the open scope's tenant, those that need somebody first. Three statements."""
    now = now or timezone.now()
    channels = list(Channel.objects.order_by("name", "id"))
    figures = figures_of(now) if channels else {}
    found = [health_of(channel, figures.get(channel.id, Figures()), now) for channel in channels]
    return sorted(found, key=lambda one: (not one.needs_somebody, one.tone == "mute"))


def one_health(channel: Channel) -> Health:
    """One channel."""
    now = timezone.now()
    return health_of(channel, figures_of(now, channel).get(channel.id, Figures()), now)


def unread_webhooks(now: datetime | None = None) -> int:
    """How many webhooks of the last day hold something that could not be read."""
    rows = ReceiptOutcome.objects.filter(receipt_id__gte=first_id(now, DAY), quarantined__gt=0)
    return int(rows.count())


def health_of(channel: Channel, figures: Figures, now: datetime) -> Health:
    """The worst thing first: one state, one sentence, one thing to do."""
    tone, word, sentence, asks = _judge(channel, figures, now)
    return Health(channel, kind_label(channel.kind), tone, word, sentence, asks, _share(figures))


def kind_label(kind: str) -> str:
    """The name of a channel's kind, also when its folder was taken out."""
    try:
        return adapter_for(kind).label
    except UnknownChannel:
        return kind


def _judge(channel: Channel, figures: Figures, now: datetime) -> tuple[str, str, str, str]:
    if not channel.is_active:
        return "mute", _("Switched off"), _("What customers write still comes in, but nothing leaves."), ""
    if channel.last_error:
        return "bad", _("Needs you"), channel.last_error, "check"
    if holds := holds_of(channel, now):
        tone = "bad" if holds[0]["what"] == "all" else "warn"
        return tone, _("Held back"), " ".join(filter(None, (holds[0]["why"], holds[0]["fix"]))), "check"
    if figures.failed >= FAILING_COUNT and figures.failed >= FAILING_SHARE * (figures.sent + figures.failed):
        return "bad", _("Failing"), _failing(figures), "check"
    if figures.oldest and now - figures.oldest > SLOW_AFTER:
        return "warn", _("Slow"), _slow(figures), ""
    if ends := _permission_end(channel, now):
        return "warn", _("Ends soon"), ends, ""
    if channel.last_inbound_at is None:
        sentence = _("No message has come yet. Give the provider our address, then write to it from a phone.")
        return "blue", _("New"), sentence, "set_up"
    return "ok", _("Working"), "", ""


def _permission_end(channel: Channel, now: datetime) -> str:
    """A sentence when the token ends soon or has ended, else ""."""
    said = fact(channel, "token_until")
    at = datetime.fromisoformat(said) if isinstance(said, str) and said else None
    if at is None or at > now + SOON:
        return ""
    words = _("The access token ended on %s") if at <= now else _("The access token ends on %s")
    day = date_format(at, "j M Y")
    return f"{words % day}: {_('connect again, or put a new one in under Change.')}"


def _failing(figures: Figures) -> str:
    total = figures.sent + figures.failed
    return _("%(failed)d of %(total)d sends failed in the last hour.") % {
        "failed": figures.failed,
        "total": total,
    }


def _slow(figures: Figures) -> str:
    words = ngettext(
        "%d message waits to leave, longer than usual.",
        "%d messages wait to leave, longer than usual.",
        figures.waiting,
    )
    return words % figures.waiting


def _share(figures: Figures) -> str:
    total = figures.sent + figures.failed
    return f"{100 * figures.failed / total:.1f} %" if figures.failed else ""


def figures_of(now: datetime, channel: Channel | None = None) -> dict[UUID, Figures]:
    """{channel id: what waits and what was sent}. Two statements."""
    rows = Delivery.objects.filter(channel=channel) if channel else Delivery.objects.all()
    due = rows.filter(state__in=[DeliveryState.READY, DeliveryState.CLAIMED], due_at__lte=now)
    waiting = due.values("channel_id").annotate(n=Count("id"), oldest=Min("due_at"))
    ended = rows.filter(id__gte=first_id(now, HOUR)).values("channel_id")
    counts = ended.annotate(
        sent=Count("id", filter=Q(state=DeliveryState.SENT)),
        failed=Count("id", filter=Q(state=DeliveryState.FAILED)),
    )
    return _joined(waiting, counts)


def _joined(waiting: Iterable[Mapping[str, Any]], counts: Iterable[Mapping[str, Any]]) -> dict[UUID, Figures]:
    found: dict[UUID, dict[str, Any]] = {}
    for row in waiting:
        found[row["channel_id"]] = {"waiting": row["n"], "oldest": row["oldest"]}
    for row in counts:
        found.setdefault(row["channel_id"], {}).update(sent=row["sent"], failed=row["failed"])
    return {key: Figures(**values) for key, values in found.items()}


def first_id(now: datetime | None, back: timedelta) -> UUID:
    """The smallest UUIDv7 of that time: the primary key then finds recent rows without another index."""
    since = (now or timezone.now()) - back
    return UUID(int=int(since.timestamp() * 1000) << 80)
