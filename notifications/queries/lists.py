"""Types as a list shows them: their ladder, languages, figures of the last day, and the starter set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from inbox.channels import UnknownChannel, adapter_for
from inbox.models import Channel
from notifications.contents import is_channel_id
from notifications.models import Notification, NotificationType, TypeVersion, VersionState
from notifications.queries.standings import Trouble, troubles_of
from notifications.queries.types import figures
from notifications.variables import Json

#: State now → the figures it counts in: what was answered was delivered, and what was delivered was sent.
_SENT = ("sent", "delivered", "read", "answered")
_DELIVERED = ("delivered", "read", "answered")


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung for people. channel: as the version names it; kind "": there is no such channel."""

    channel: str
    kind: str
    label: str
    reach: str
    patience_s: int


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A type in the list. version: the published one, else its draft."""

    named: NotificationType
    version: TypeVersion | None
    draft: TypeVersion | None
    rungs: list[Rung]
    languages: list[str]
    sent: int
    delivered: int
    failed: int
    troubles: list[Trouble]


def rungs_of(ladder: Sequence[Json], channels: Mapping[str, Channel] | None = None) -> list[Rung]:
    """A ladder for people. channels: by id; read when not given and needed."""
    if channels is None:
        channels = channels_by_id() if any(is_channel_id(rung["channel"]) for rung in ladder) else {}
    return [_rung(rung, channels) for rung in ladder]


def channels_by_id() -> dict[str, Channel]:
    """Every channel of the tenant, by its id as text."""
    return {str(row.id): row for row in Channel.objects.order_by("id")}


def _rung(rung: Json, channels: Mapping[str, Channel]) -> Rung:
    name = rung["channel"]
    channel = channels.get(name)
    kind = channel.kind if channel else name
    label = channel.name if channel else kind_label(name)
    return Rung(name, kind if channel or label != name else "", label, rung["reach"], rung["patience_s"])


def kind_label(kind: str) -> str:
    """A kind of channel in words; one that is not installed by its name."""
    try:
        return str(adapter_for(kind).label)
    except UnknownChannel:
        return kind


def languages_of(version: TypeVersion | None) -> list[str]:
    """Every language a version has content in."""
    texts = version.contents.values() if version else ()
    return sorted({language for by_language in texts for language in by_language})


def type_rows(types: Sequence[NotificationType]) -> list[TypeRow]:
    """The rows of the list: four statements, however many types there are, and one for each channel that
    keeps copies of its templates."""
    drafts = {
        row.type_id: row for row in TypeVersion.objects.filter(type__in=types, state=VersionState.DRAFT)
    }
    channels, counts = channels_by_id(), figures(types)
    shown = {one.id: version for one in types if (version := one.current or drafts.get(one.id))}
    troubles = troubles_of(list(shown.values()))
    return [
        _row(
            one, drafts.get(one.id), counts[one.id], channels,
            troubles[shown[one.id].id] if one.id in shown else [],
        )
        for one in types
    ]  # fmt: skip


def _row(
    named: NotificationType,
    draft: TypeVersion | None,
    counts: Mapping[str, int],
    channels: Mapping[str, Channel],
    troubles: list[Trouble],
) -> TypeRow:
    version = named.current or draft
    return TypeRow(
        named,
        version,
        draft,
        rungs_of(version.ladder, channels) if version else [],
        languages_of(version),
        sum(counts.get(state, 0) for state in _SENT),
        sum(counts.get(state, 0) for state in _DELIVERED),
        counts.get("failed", 0),
        troubles,
    )


def still_to_go(named: NotificationType) -> dict[str, int]:
    """How many notifications of a type are not over yet, by state: what an archive does not stop."""
    rows = Notification.objects.filter(type=named, due_at__isnull=False).values_list("state")
    return dict(rows.annotate(n=Count("id")).order_by("state"))


def installed_of(starters: Mapping[str, Any]) -> set[str]:
    """Which of the starter set's keys are taken."""
    return set(NotificationType.objects.filter(key__in=starters).values_list("key", flat=True))
