"""Types and versions: look-ups, differences between versions, and figures of the last day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from common.api.pages import BY_ID, Page
from inbox.models import Channel
from notifications.contents import contents_for, is_channel_id
from notifications.models import Notification, NotificationType, TypeVersion, VersionState
from notifications.variables import Json


def find_type(key_or_id: str) -> NotificationType:
    """A type by its key or id. Raises NotificationType.DoesNotExist."""
    which = Q(id=key_or_id) if is_channel_id(key_or_id) else Q(key=key_or_id)
    found: NotificationType = NotificationType.objects.select_related("current").get(which)
    return found


def type_page(
    *, limit: int, after: str | None = None, q: str = "", category: str = "", archived: bool = False
) -> Page[NotificationType]:
    """Types, the newest first, with their published versions."""
    rows = NotificationType.objects.filter(archived_at__isnull=not archived).select_related("current")
    if category:
        rows = rows.filter(category=category)
    if q:
        rows = rows.filter(Q(key__icontains=q) | Q(name__icontains=q))
    return BY_ID.page(rows, limit=limit, after=after)


def versions_of(named: NotificationType) -> QuerySet[TypeVersion]:
    """Every version, the newest first."""
    return TypeVersion.objects.filter(type=named).order_by("-number")


def draft_of(named: NotificationType) -> TypeVersion | None:
    """The draft of a type, if there is one."""
    return TypeVersion.objects.filter(type=named, state=VersionState.DRAFT).first()


def channels_of(rung: str) -> QuerySet[Channel]:
    """The channels a rung may go by, the oldest first: one by its id, or all of a kind."""
    which = Q(id=rung) if is_channel_id(rung) else Q(kind=rung, is_active=True)
    return Channel.objects.filter(which).order_by("id")


def kinds_of(ladder: Sequence[Json]) -> dict[str, str]:
    """{rung: kind of its channel}, for rungs that have one."""
    found = {}
    for rung in ladder:
        channel = channels_of(rung["channel"]).first()
        if channel is not None:
            found[rung["channel"]] = channel.kind
    return found


# ---------------------------------------------------------------- differences


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two versions differ. pointer: into the version; None stands for "not there"."""

    pointer: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Where two versions differ, place by place. Takes and gives plain values."""
    return list(_compare(before, after, ""))


def _compare(before: Any, after: Any, pointer: str) -> list[Difference]:
    if before == after:
        return []
    pairs: list[tuple[str, Any, Any]]
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        pairs = [(name, before.get(name), after.get(name)) for name in dict.fromkeys([*before, *after])]
    elif isinstance(before, list) and isinstance(after, list):
        length = max(len(before), len(after))
        padded = [[*side, *[None] * (length - len(side))] for side in (before, after)]
        pairs = [(str(n), a, b) for n, (a, b) in enumerate(zip(*padded, strict=True))]
    else:
        return [Difference(pointer, before, after)]
    return [one for name, a, b in pairs for one in _compare(a, b, f"{pointer}/{name}")]


# ---------------------------------------------------------------- languages


def language_matrix(version: TypeVersion) -> dict[str, dict[str, bool]]:
    """{rung: {language: is there content}} over all languages of the version, for the completeness table."""
    kinds = kinds_of(version.ladder)
    by_rung = {
        rung["channel"]: contents_for(
            version.contents, rung["channel"], kinds.get(rung["channel"], rung["channel"])
        )
        for rung in version.ladder
    }
    languages = sorted({language for texts in version.contents.values() for language in texts})
    return {rung: {one: one in texts for one in languages} for rung, texts in by_rung.items()}


# ---------------------------------------------------------------- figures


def figures(types: Sequence[NotificationType]) -> dict[Any, dict[str, int]]:
    """{type id: {state: how many of the last 24 hours}}; tests are not counted. One statement."""
    rows = Notification.objects.filter(
        type__in=types, is_test=False, created_at__gte=timezone.now() - timedelta(hours=24)
    )
    found: dict[Any, dict[str, int]] = {one.id: {} for one in types}
    for type_id, state, count in rows.values_list("type", "state").annotate(n=Count("id")):
        found[type_id][state] = count
    return found
