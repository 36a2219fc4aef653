"""Shall this notification go, when, and by which ways? Decided step by step, in sentences.

Pure over facts already loaded: the same code answers a dry run and a real request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from common.wire import stamp
from customers.models import Customer
from notifications.contents import languages_to_try
from notifications.models import Notification, NotificationState, NotificationType, TypeVersion
from notifications.queries.facts import Facts, Way, is_critical
from notifications.shapes import LANES
from notifications.variables import Json

LOOK_AGAIN = timedelta(seconds=60)


@dataclass(slots=True, kw_only=True)
class Ask:
    """One request: what is to be said to whom, with its data already checked.

    to: see ``find_recipients``. place: in a batch. lane: instead of the version's. can_wait: its caller asks
    again later, rather than have messages wait for a provider.
    """

    named: NotificationType
    version: TypeVersion
    to: Mapping[str, Any]
    data: Json
    language: str = ""
    dedupe_key: str = ""
    send_at: datetime | None = None
    expires_at: datetime | None = None
    metadata: Json = field(default_factory=dict)
    is_test: bool = False
    place: int = 0
    lane: int | None = None
    can_wait: bool = False


@dataclass(slots=True)
class Earlier:
    """What other notifications say about a batch; it grows while the batch is decided.

    keys: (type id, dedupe key) → notification; counts: how many a customer had of a throttled type; heads:
    open digests.
    """

    keys: dict[tuple[UUID, str], UUID] = field(default_factory=dict)
    counts: dict[tuple[UUID, UUID], int] = field(default_factory=dict)
    heads: dict[tuple[UUID, UUID], UUID] = field(default_factory=dict)


@dataclass(slots=True)
class Verdict:
    """What was decided. `steps`: [{step, ok, detail}] for people; ways: one per rung, in order."""

    state: str = NotificationState.QUEUED
    reason: str = ""
    language: str = ""
    due_at: datetime | None = None
    expires_at: datetime | None = None
    batch_id: UUID | None = None
    steps: list[Json] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)

    def note(self, step: str, detail: str, *, ok: bool = True) -> None:
        """Add a line for people."""
        self.steps.append({"step": step, "ok": ok, "detail": detail})

    def stop(self, step: str, state: str, reason: str) -> None:
        """It does not go: the reason is its last line."""
        self.state, self.reason, self.due_at = state, reason, None
        self.note(step, reason, ok=False)

    @property
    def waits_for_provider(self) -> bool:
        """Is it only kept by a provider, which may let it go again?"""
        return self.is_going and bool(waits_for(self.ways))

    @property
    def is_going(self) -> bool:
        """Will the engine have something to do?"""
        return self.due_at is not None


def decide(ask: Ask, customer: Customer, facts: Facts, earlier: Earlier, now: datetime) -> Verdict:
    """Every rule in its order; the first one that says no ends it."""
    verdict = Verdict(due_at=now)
    version = ask.version
    verdict.note("type", f"{ask.named.key}, version {version.number}, {ask.named.category}.")
    verdict.note("data", "The data fits the variables.")
    verdict.note("customer", _name(customer))
    _language(ask, customer, facts, verdict)
    verdict.expires_at = ask.expires_at or (ask.send_at or now) + timedelta(seconds=version.ttl_s)
    for rule in (_duplicate, _preference, _ways, _throttle, _digest, _time):
        rule(ask, customer, facts, earlier, verdict, now)
        if not verdict.is_going:
            break
    else:
        verdict.note("lane", f"It goes in the {LANES[lane_of(ask)]} lane.")
    return verdict


def lane_of(ask: Ask) -> int:
    """Who it goes before."""
    return ask.version.lane if ask.lane is None else ask.lane


def _name(customer: Customer) -> str:
    return f"To {customer.name}." if customer.name else "To a customer without a name."


def _language(ask: Ask, customer: Customer, facts: Facts, verdict: Verdict) -> None:
    wanted = ask.language or customer.language or ask.version.fallback_language
    verdict.language = wanted.replace("_", "-")
    chain = languages_to_try(wanted, ask.version.fallback_language)
    verdict.note("language", f"{' → '.join(chain)}, the first there is content in.")


def _duplicate(
    ask: Ask, who: Customer, facts: Facts, earlier: Earlier, verdict: Verdict, now: datetime
) -> None:
    if not ask.dedupe_key:
        return
    first = earlier.keys.get((ask.named.id, ask.dedupe_key))
    if first:
        verdict.stop("dedupe", NotificationState.SKIPPED, f"The same key was accepted already: {first}.")
    else:
        verdict.note("dedupe", "The key is new.")


def _preference(
    ask: Ask, who: Customer, facts: Facts, earlier: Earlier, verdict: Verdict, now: datetime
) -> None:
    wanted = facts.preferences.get((who.id, ask.named.id), True)
    if ask.named.mandatory:
        verdict.note("preferences", "This type is mandatory; preferences are not asked.")
    elif not wanted:
        verdict.stop("preferences", NotificationState.SKIPPED, "The customer does not want this type.")
    else:
        verdict.note("preferences", "The customer has not declined this type.")


def _ways(ask: Ask, who: Customer, facts: Facts, earlier: Earlier, verdict: Verdict, now: datetime) -> None:
    """Consent, addresses, channels and content, rung by rung."""
    for place, rung in enumerate(ask.version.ladder, start=1):
        way = facts.way(rung["channel"], ask.named, ask.version, who.id, verdict.language)
        verdict.ways.append(way)
        name = way.channel.name if way.channel else rung["channel"]
        free = f"{name} in {way.language}, must be {rung['reach']} within {rung['patience_s']} s."
        verdict.note(f"ladder {place}", way.obstacle or free, ok=not way.obstacle)
    is_closed = all(way.obstacle for way in verdict.ways)
    passing = waits_for(verdict.ways)
    if passing and (is_closed or ask.can_wait):
        verdict.state, verdict.reason = NotificationState.HELD, passing
        verdict.due_at = look_again(now, verdict.expires_at or now)
        return
    if not is_closed:
        return
    reason = verdict.ways[0].obstacle if verdict.ways else "The ladder has no channel."
    verdict.stop("ladder", NotificationState.SKIPPED, reason)


def waits_for(ways: Sequence[Way]) -> str:
    """Why nothing can leave by any of these ways before a provider lifts something, or ""."""
    if not all(way.obstacle or way.passing for way in ways):
        return ""
    return next((f"It waits: {way.passing}" for way in ways if way.passing), "")


def look_again(now: datetime, expires_at: datetime) -> datetime:
    """When something that waits for a provider is looked at again: soon, and before it is void."""
    return now + min(LOOK_AGAIN, max(expires_at - now, timedelta()) / 2)


def _throttle(
    ask: Ask, who: Customer, facts: Facts, earlier: Earlier, verdict: Verdict, now: datetime
) -> None:
    limit = ask.version.throttle
    if not limit:
        return
    had = earlier.counts.get((ask.named.id, who.id), 0)
    if had >= limit["count"]:
        reason = f"The customer had {had} of these within {limit['per_s']} s; {limit['count']} are allowed."
        verdict.stop("throttle", NotificationState.THROTTLED, reason)
    else:
        verdict.note("throttle", f"{had} of {limit['count']} within {limit['per_s']} s.")


def _digest(ask: Ask, who: Customer, facts: Facts, earlier: Earlier, verdict: Verdict, now: datetime) -> None:
    window = ask.version.digest
    if not window or is_critical(ask.named, ask.version):
        return
    head = earlier.heads.get((ask.named.id, who.id))
    if head:
        verdict.batch_id = head
        verdict.stop("digest", NotificationState.BATCHED, f"It is counted in the digest {head}.")
        return
    verdict.state, verdict.due_at = NotificationState.BATCHED, now + timedelta(seconds=window["window_s"])
    if ask.expires_at is None and verdict.expires_at:
        verdict.expires_at += timedelta(seconds=window["window_s"])
    verdict.note("digest", f"It gathers others until {stamp(verdict.due_at)}.")


def _time(ask: Ask, who: Customer, facts: Facts, earlier: Earlier, verdict: Verdict, now: datetime) -> None:
    """Not before send_at, not in quiet hours, not after expires_at."""
    at = max(verdict.due_at or now, ask.send_at or now)
    if ask.send_at and ask.send_at > now:
        verdict.state, verdict.reason = NotificationState.SCHEDULED, f"It is to go at {stamp(ask.send_at)}."
        verdict.note("schedule", verdict.reason)
    at = _after_quiet(ask, who, facts, verdict, at)
    if verdict.expires_at and at >= verdict.expires_at:
        late = f"It could go at {stamp(at)} and is void from {stamp(verdict.expires_at)}."
        verdict.stop("time to live", NotificationState.EXPIRED, late)
        return
    verdict.due_at = at
    verdict.note("time to live", f"It is void from {stamp(verdict.expires_at)}.")


def _after_quiet(ask: Ask, who: Customer, facts: Facts, verdict: Verdict, at: datetime) -> datetime:
    if passes_quiet(ask.named, ask.version):
        verdict.note("quiet hours", "It passes quiet hours.")
        return at
    if facts.quiet is None:
        verdict.note("quiet hours", "There are no quiet hours.")
        return at
    clocks = facts.clocks(who)
    until = quiet_end(facts, who, at)
    local = (until or at).astimezone(clocks.last(until or at))
    shown = f"{local:%a %H:%M} {_city(local)}, {clocks.whose}"
    if until is None:
        verdict.note("quiet hours", f"It is not in quiet hours: {shown}.")
        return at
    verdict.state, verdict.reason = NotificationState.HELD, f"Quiet hours. It would go {shown}."
    verdict.note("quiet hours", f"It would go {shown}.")
    return until


def _city(local: datetime) -> str:
    return str(local.tzinfo).rpartition("/")[2].replace("_", " ")


def passes_quiet(named: NotificationType, version: TypeVersion) -> bool:
    """Is it let through at night?"""
    return version.quiet_hours == "pass" or is_critical(named, version)


def quiet_end(facts: Facts, customer: Customer, at: datetime) -> datetime | None:
    """When the customer's quiet that `at` lies in ends, or None."""
    if facts.quiet is None:
        return None
    return facts.clocks(customer).quiet_until(at, start=facts.quiet.start, end=facts.quiet.end)


def history_entry(state: str, at: datetime, detail: str = "") -> Json:
    """A line of ``Notification.history``."""
    entry: Json = {"state": state, "at": stamp(at)}
    return entry | {"detail": detail} if detail else entry


def as_row(ask: Ask, customer: Customer, verdict: Verdict, now: datetime) -> Notification:
    """The unsaved row of a decision; who asked is filled in by the caller."""
    return Notification(
        type=ask.named,
        version=ask.version,
        customer=customer,
        data=ask.data,
        metadata=ask.metadata,
        language=verdict.language,
        state=verdict.state,
        reason=verdict.reason[:300],
        decision=verdict.steps,
        history=[history_entry(verdict.state, now, verdict.reason)],
        dedupe_key=ask.dedupe_key,
        lane=lane_of(ask),
        is_test=ask.is_test,
        send_at=ask.send_at,
        expires_at=verdict.expires_at or now,
        due_at=verdict.due_at,
        armed_at=now if verdict.due_at else None,
        batch_id=verdict.batch_id,
        created_at=now,
        updated_at=now,
    )
