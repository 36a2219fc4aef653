"""What notifications keep of customers who become one or two again; the stricter wish counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from common.ids import uuid7
from common.sql import insert_rows
from common.times import database_now
from common.wire import Json, ident, stamp
from customers.operations import Look, Pair
from notifications.models import (
    CampaignRow,
    Consent,
    ConsentChange,
    ConsentState,
    Notification,
    Preference,
)

Key = tuple[Any, ...]


class Notified:
    """`customers.operations.Belongings` of notifications."""

    name = "notifications"

    def look(self, pair: Pair) -> Look:
        mine, theirs = (_consents(one.id) for one in (pair.survivor, pair.other))
        denied = [key for key in sorted(mine | theirs) if _word(mine, key) != _word(theirs, key)]
        denied = [key for key in denied if ConsentState.DENIED in (_word(mine, key), _word(theirs, key))]
        words = [{"category": category, "channel": channel} for category, channel in denied]
        figures = {"notifications": Notification.objects.filter(customer=pair.other).count()}
        return Look(figures, words, [_plain(mine), _plain(theirs)])

    def join(self, pair: Pair) -> Json:
        runs = Notification.objects.filter(customer=pair.other).select_for_update().order_by("id")
        keys = list(runs.values_list("id", flat=True))
        Notification.objects.filter(id__in=keys).update(customer=pair.survivor)
        changes = ConsentChange.objects.filter(customer=pair.other)
        history = list(changes.values_list("id", flat=True))
        changes.update(customer=pair.survivor)
        places = list(CampaignRow.objects.filter(customer=pair.other).values_list("id", flat=True))
        CampaignRow.objects.filter(id__in=places).update(customer=pair.survivor)
        return {
            "at": stamp(database_now()),
            "runs": [ident(key) for key in keys],
            "history": [ident(key) for key in history],
            "places": [ident(key) for key in places],
            "consents": _join_consents(pair),
            "preferences": _join_preferences(pair),
        }

    def part(self, pair: Pair, journal: Json, addresses: Sequence[UUID]) -> None:
        since = datetime.fromisoformat(journal["at"])
        later = Q(steps__message__address__in=addresses, created_at__gt=since)
        runs = Notification.objects.filter(later | Q(id__in=journal["runs"]), customer=pair.survivor)
        keys = list(runs.values_list("id", flat=True).distinct())
        Notification.objects.filter(id__in=keys).update(customer=pair.other)
        ConsentChange.objects.filter(id__in=journal["history"]).update(customer=pair.other)
        CampaignRow.objects.filter(id__in=journal["places"]).update(customer=pair.other)
        _part(Consent, "state", journal["consents"], pair)
        _part(Preference, "wanted", journal["preferences"], pair)

    def take_out(self, pair: Pair, addresses: Sequence[UUID]) -> None:
        runs = Notification.objects.filter(steps__message__address__in=addresses, customer=pair.survivor)
        keys = list(runs.values_list("id", flat=True).distinct())
        Notification.objects.filter(id__in=keys).update(customer=pair.other)
        CampaignRow.objects.filter(notification__in=keys).update(customer=pair.other)
        _deny_both(Consent, {"state": ConsentState.DENIED}, pair)
        _deny_both(Preference, {"wanted": False}, pair)


def _deny_both(model: Any, strict: Mapping[str, Any], pair: Pair) -> None:
    """Nobody knows which of the two said no, so both did."""
    rows = list(model.objects.filter(customer=pair.survivor, **strict).order_by("id"))
    for row in rows:
        row.id, row.customer = uuid7(), pair.other
    insert_rows(rows)


def _plain(consents: Mapping[Key, str]) -> list[Any]:
    return [[*key, state] for key, state in sorted(consents.items())]


def _consents(customer_id: UUID) -> dict[Key, str]:
    rows = Consent.objects.filter(customer=customer_id).values_list("category", "channel", "state")
    return {(category, channel): state for category, channel, state in rows}


def _word(consents: Mapping[Key, str], key: Key) -> str:
    return consents.get(key, "")


# ---------------------------------------------------------------- rows that a person has once


def _join_consents(pair: Pair) -> Json:
    return _join(Consent, ("category", "channel"), "state", ConsentState.DENIED, pair)


def _join_preferences(pair: Pair) -> Json:
    return _join(Preference, ("type_id",), "wanted", False, pair)


def _join(model: Any, key: tuple[str, ...], word: str, strict: Any, pair: Pair) -> Json:
    """Give the survivor the other's rows; where both have one, the survivor's becomes the stricter, and the
    other's stays where it is. Returns {moved: [id], changed: {id: [before, after]}}."""
    have = {
        tuple(getattr(row, name) for name in key): row for row in model.objects.filter(customer=pair.survivor)
    }
    moved, changed = [], {}
    for row in model.objects.filter(customer=pair.other).order_by("id"):
        same = have.get(tuple(getattr(row, name) for name in key))
        if same is None:
            moved.append(row.id)
        elif getattr(row, word) == strict != getattr(same, word):
            changed[str(same.id)] = [getattr(same, word), strict]
    model.objects.filter(id__in=moved).update(customer=pair.survivor)
    model.objects.filter(id__in=list(changed)).update(**{word: strict})
    return {"moved": [ident(one) for one in moved], "changed": changed}


def _part(model: Any, word: str, journal: Json, pair: Pair) -> None:
    """The reverse; what was changed since then stays as it is."""
    model.objects.filter(id__in=journal["moved"], customer=pair.survivor).update(customer=pair.other)
    for key, (before, after) in journal["changed"].items():
        model.objects.filter(id=key, **{word: after}).update(**{word: before})
