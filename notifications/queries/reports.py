"""How far notifications came: a funnel by type, channel, language or version, and why they did not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from notifications.models import Notification, Step

REASONS_MAX = 10
#: Stage → the states that have come at least so far.
_STAGES = {
    "asked": (),
    "sent": ("sent", "delivered", "read", "answered"),
    "delivered": ("delivered", "read", "answered"),
    "read": ("read", "answered"),
    "answered": ("answered",),
}
STAGES = (*_STAGES, "failed")
_BY = {
    "type": ("type__name",),
    "language": ("language",),
    "version": ("type__name", "version__number"),
}
GROUPS = (*_BY, "channel")


@dataclass(frozen=True, slots=True)
class Funnel:
    """One line. counts: by stage, in the order of STAGES."""

    name: str
    counts: tuple[int, ...]

    @property
    def bars(self) -> Iterator[tuple[int, int]]:
        """Each count with its part of all that were asked for, in percent."""
        whole = self.counts[0] or 1
        return ((count, round(100 * count / whole)) for count in self.counts)


def counted_runs(since: datetime, type_key: str = "") -> QuerySet[Notification]:
    """What reports count: no tests; of one type, when it is named."""
    rows = Notification.objects.filter(is_test=False, created_at__gte=since)
    return rows.filter(type__key=type_key) if type_key else rows


def funnels(by: str, since: datetime, type_key: str = "") -> list[Funnel]:
    """The lines of one grouping, the biggest first. One statement."""
    rows = counted_runs(since, type_key)
    if by == "channel":
        return _sorted(_of_channels(rows))
    found = _counted(rows, _BY[by], {name: Q(state__in=states) for name, states in _STAGES.items() if states})
    return _sorted(found)


def _of_channels(runs: QuerySet[Notification]) -> Iterator[Funnel]:
    """The same over steps: what each channel was asked to carry, and how far that came."""
    rows = Step.objects.filter(notification__in=runs, message__isnull=False)
    stages = {
        # What failed after it was sent is counted once, as failed, whichever report came first.
        "sent": Q(status__in=("sent", "delivered", "read")) & ~Q(state="failed"),
        "delivered": Q(status__in=("delivered", "read")),
        "read": Q(status="read"),
        "answered": Q(notification__answers__step=F("id")),
    }
    return _counted(rows, ("channel__name",), stages)


def _counted(rows: QuerySet[Any], names: tuple[str, ...], stages: dict[str, Q]) -> Iterator[Funnel]:
    counts = {f"n_{name}": Count("id", filter=which, distinct=True) for name, which in stages.items()}
    grouped = rows.values(*names).annotate(
        n_asked=Count("id", distinct=True),
        n_failed=Count("id", filter=Q(state="failed"), distinct=True),
        **counts,
    )
    for row in grouped.order_by(*names):
        name = " v".join(str(row[part]) for part in names)
        yield Funnel(name or "—", tuple(row[f"n_{stage}"] for stage in STAGES))


def _sorted(found: Any) -> list[Funnel]:
    return sorted(found, key=lambda one: (-one.counts[0], one.name))


def top_reasons(since: datetime, type_key: str = "") -> list[tuple[str, str, int]]:
    """Why notifications did not go or come: (state, reason, how many), the most frequent first."""
    rows = counted_runs(since, type_key).exclude(reason="")
    rows = rows.filter(state__in=("failed", "skipped", "throttled", "expired", "cancelled"))
    grouped = rows.values_list("state", "reason").annotate(n=Count("id")).order_by("-n", "reason")
    return list(grouped[:REASONS_MAX])
