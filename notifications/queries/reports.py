"""How far notifications came: over time, by type, language, version and channel, up the ladder; and why some
did not arrive."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, F, Func, QuerySet, Value
from django.db.models.functions import TruncDay, TruncHour

from inbox.models import Channel
from notifications.models import Answer, Notification, NotificationType, Step, TypeVersion
from notifications.queries.lists import rungs_of

REASONS_MAX = 10
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: Stage → the states that have come at least so far.
_STAGES = {
    "sent": ("sent", "delivered", "read", "answered"),
    "delivered": ("delivered", "read", "answered"),
    "read": ("read", "answered"),
    "answered": ("answered",),
    "failed": ("failed",),
}
STAGES = ("asked", *_STAGES)
GROUPS = ("type", "channel", "language", "version")
_LOST = ("failed", "skipped", "throttled", "expired", "cancelled")
#: What becomes of a rung: tried is what left by it, the others are where it stands.
RUNG_STAGES = ("asked", "tried", "reached", "timed_out", "failed", "skipped", "unneeded")
Key = TypeVar("Key", bound=Hashable)
_UNTRIED = ("waiting", "skipped", "unneeded")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole hours, or whole days (UTC), up to now. starts: the beginning of each."""

    is_hourly: bool
    starts: tuple[datetime, ...]

    @property
    def since(self) -> datetime:
        """When the first of them begins."""
        return self.starts[0]

    @property
    def in_days(self) -> Period:
        """The days that it touches."""
        first, last = self.starts[0].replace(hour=0), self.starts[-1].replace(hour=0)
        return Period(False, tuple(first + DAY * n for n in range((last - first).days + 1)))


def period(days: int, now: datetime) -> Period:
    """The last so many days, 24 hours when it is one."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    is_hourly = days == 1
    last, step, many = (hour, HOUR, 24) if is_hourly else (hour.replace(hour=0), DAY, days)
    return Period(is_hourly, tuple(last - step * n for n in range(many - 1, -1, -1)))


@dataclass(frozen=True, slots=True)
class Funnel:
    """One line. counts: by stage, in the order of STAGES."""

    name: str
    counts: tuple[int, ...]

    @property
    def by_stage(self) -> dict[str, int]:
        """{stage: how many}"""
        return dict(zip(STAGES, self.counts, strict=True))


@dataclass(frozen=True, slots=True)
class RungLine:
    """What one rung of ladders did. place: from 1; counts: in the order of RUNG_STAGES."""

    place: int
    label: str
    counts: tuple[int, ...]

    @property
    def by_stage(self) -> dict[str, int]:
        """{stage: how many}"""
        return dict(zip(RUNG_STAGES, self.counts, strict=True))


@dataclass(frozen=True, slots=True)
class Pile:
    """Notifications that are alike in all that is asked of them here."""

    start: datetime
    type_id: UUID
    version_id: UUID
    language: str
    state: str
    many: int


def counted_runs(since: datetime, type_key: str = "") -> QuerySet[Notification]:
    """What reports count: no tests; of one type, when it is named."""
    rows = Notification.objects.filter(is_test=False, created_at__gte=since)
    return rows.filter(type__key=type_key) if type_key else rows


def piles(of: Period, type_key: str = "") -> list[Pile]:
    """All that were asked for, each counted once, where it stands now. One statement, one walk."""
    cut = TruncHour if of.is_hourly else TruncDay
    rows = counted_runs(of.since, type_key).annotate(start=cut("created_at", tzinfo=UTC))
    grouped = rows.values_list("start", "type_id", "version_id", "language", "state")
    return [Pile(*row) for row in grouped.annotate(n=Count("id"))]


def over_time(of: Period, found: Iterable[Pile]) -> list[Funnel]:
    """A line per hour or day, those with nothing too, in their order."""
    states = _states(found, lambda pile: pile.start)
    return [Funnel(start.isoformat(), _counts(states[start])) for start in of.starts]


def by_type(found: Iterable[Pile]) -> dict[UUID, Funnel]:
    """A line per type, the biggest first."""
    return _named(_states(found, lambda pile: pile.type_id), _type_names())


def by_version(found: Sequence[Pile]) -> list[Funnel]:
    """A line per version that was sent, the biggest first."""
    types, versions = _type_names(), TypeVersion.objects.in_bulk({pile.version_id for pile in found})
    names = {key: f"{types[row.type_id]} v{row.number}" for key, row in versions.items()}
    return list(_named(_states(found, lambda pile: pile.version_id), names).values())


def by_language(found: Iterable[Pile]) -> list[Funnel]:
    """A line per language, the biggest first."""
    states = _states(found, lambda pile: pile.language)
    return list(_named(states, {code: code or "—" for code in states}).values())


def in_all(found: Iterable[Pile], name: str) -> Funnel:
    """All of them as one line."""
    return Funnel(name, _counts(_states(found, lambda _: "")[""]))


def hours_of(of: Period, found: Iterable[Pile]) -> dict[UUID, list[int]]:
    """{type: how many were sent in each hour or day of the period}"""
    sent: dict[UUID, Counter[datetime]] = defaultdict(Counter)
    for pile in found:
        if pile.state in _STAGES["sent"]:
            sent[pile.type_id][pile.start] += pile.many
    return {key: [many[start] for start in of.starts] for key, many in sent.items()}


def _type_names() -> dict[UUID, str]:
    return dict(NotificationType.objects.values_list("id", "name"))


def _states(found: Iterable[Pile], key: Callable[[Pile], Key]) -> defaultdict[Key, Counter[str]]:
    states: defaultdict[Key, Counter[str]] = defaultdict(Counter)
    for pile in found:
        states[key(pile)][pile.state] += pile.many
    return states


def _counts(states: Mapping[str, int]) -> tuple[int, ...]:
    stages = (sum(states.get(one, 0) for one in these) for these in _STAGES.values())
    return (sum(states.values()), *stages)


def _named(states: Mapping[Key, Mapping[str, int]], names: Mapping[Key, str]) -> dict[Key, Funnel]:
    lines = {key: Funnel(names[key], _counts(found)) for key, found in states.items()}
    return dict(sorted(lines.items(), key=lambda one: _biggest(one[1])))


def _biggest(line: Funnel) -> tuple[int, str]:
    return -line.counts[0], line.name


# ---------------------------------------------------------------- steps


@dataclass(frozen=True, slots=True)
class StepPile:
    """Steps of ladders that are alike. status: the highest that the step's message reached."""

    place: int
    rung: str
    channel_id: UUID | None
    state: str
    status: str
    carried: int
    many: int


def step_piles(since: datetime, type_key: str = "") -> list[StepPile]:
    """Every step of what reports count. carried: how many of them have a message. One statement."""
    rows = Step.objects.filter(notification__is_test=False, notification__created_at__gte=since)
    if type_key:
        rows = rows.filter(notification__type__key=type_key)
    grouped = rows.values_list("place", "rung", "channel_id", "state", "status")
    return [StepPile(*row) for row in grouped.annotate(carried=Count("message_id"), n=Count("id"))]


def by_channel(found: Iterable[StepPile], since: datetime, type_key: str = "") -> list[Funnel]:
    """What each channel was asked to carry, and how far that came. Two statements."""
    answers = _answers(since, type_key)
    counts: dict[UUID | None, Counter[str]] = defaultdict(Counter)
    for pile in found:
        if pile.carried:
            counts[pile.channel_id].update(dict.fromkeys(_reached(pile), pile.carried))
    names: dict[UUID | None, str] = dict(Channel.objects.values_list("id", "name"))
    lines = [
        Funnel(
            names.get(channel, "—"),
            tuple((counted | {"answered": answers.get(channel, 0)}).get(one, 0) for one in STAGES),
        )
        for channel, counted in counts.items()
    ]
    return sorted(lines, key=_biggest)


def _reached(pile: StepPile) -> Iterable[str]:
    """The stages it is counted in. What failed after it was sent is counted once, as failed, whichever report
    came first."""
    yield "asked"
    if pile.state == "failed":
        yield "failed"
    elif pile.status in ("sent", "delivered", "read"):
        yield "sent"
    if pile.status in ("delivered", "read"):
        yield "delivered"
    if pile.status == "read":
        yield "read"


def _answers(since: datetime, type_key: str) -> dict[Any, int]:
    rows = Answer.objects.filter(
        step__message__isnull=False, notification__is_test=False, notification__created_at__gte=since
    )
    if type_key:
        rows = rows.filter(notification__type__key=type_key)
    return dict(rows.values_list("step__channel_id").annotate(n=Count("step_id", distinct=True)))


def by_rung(found: Iterable[StepPile]) -> list[RungLine]:
    """What the first rungs of ladders did, then the second ones, and so on."""
    counts: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for pile in found:
        stages = ["asked", pile.state, *([] if pile.state in _UNTRIED else ["tried"])]
        counts[pile.place, pile.rung].update(dict.fromkeys(stages, pile.many))
    rungs = sorted({rung for _, rung in counts})
    labels = {one.channel: one.label for one in rungs_of([_bare(rung) for rung in rungs])}
    return [
        RungLine(place + 1, labels[rung], tuple(counted[one] for one in RUNG_STAGES))
        for (place, rung), counted in sorted(counts.items(), key=lambda one: (one[0][0], -one[1]["asked"]))
    ]


def _bare(rung: str) -> dict[str, Any]:
    return {"channel": rung, "reach": "", "patience_s": 0}


def top_reasons(since: datetime, type_key: str = "") -> list[tuple[str, str, int]]:
    """Why notifications did not go or come: (state, reason, how many), the most frequent first."""
    rows = counted_runs(since, type_key).exclude(reason="").filter(state__in=_LOST)
    why = Func(F("reason"), Value(_EACH_ITS_OWN), Value("…"), Value("g"), function="REGEXP_REPLACE")
    grouped = rows.annotate(why=why).values_list("state", "why").annotate(n=Count("id")).order_by("-n", "why")
    return list(grouped[:REASONS_MAX])


#: Ids and times in a sentence, which make one reason of many a reason of its own for each.
_EACH_ITS_OWN = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}([.][0-9]+)?Z"
