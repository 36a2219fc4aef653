"""Make two customers one, and two again: addresses and what is known of them here, all else by its room.

Each room above that keeps rows of customers names a `Belongings` in `settings.CUSTOMER_BELONGINGS`; they are
asked in that order, in which they also lock their rows. What each one changed it writes into the journal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol
from uuid import UUID

import orjson
from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from common.ids import uuid7
from common.wire import Json, ident
from customers.models import Address, Customer, CustomerMerge
from customers.operations.people import hold_people

#: Fields of which the survivor's stand; empty ones are filled from the other.
PLAIN = ("name", "language", "timezone", "external_id")


class NotMergeable(Exception):
    """These two cannot be merged, or this merge cannot be undone; the text says why."""


class StaleMerge(Exception):
    """Something changed since the preview was made; `preview` is the new one."""

    def __init__(self, preview: MergePreview) -> None:
        super().__init__(_("Something changed since this preview was made. Look at it again."))
        self.preview = preview


@dataclass(frozen=True, slots=True)
class Pair:
    """survivor: who stays; other: who becomes part of it."""

    survivor: Customer
    other: Customer


@dataclass(frozen=True, slots=True)
class Look:
    """What one room would do. figures: name → number; denied: channel and category that stay or become closed
    to the person, because the stricter word counts; stamp: what must not change until it is done."""

    figures: Mapping[str, int] = field(default_factory=dict)
    denied: Sequence[Json] = ()
    stamp: Any = None


class Belongings(Protocol):
    """What one room keeps of customers."""

    name: str

    def look(self, pair: Pair) -> Look:
        """What joining these two would do; writes nothing."""

    def join(self, pair: Pair) -> Json:
        """Give the survivor what the other has; returns what ``part`` needs. Both rows are locked."""

    def part(self, pair: Pair, journal: Json, addresses: Sequence[UUID]) -> None:
        """Give the other back what it had and what came by its addresses since. Both rows are locked."""

    def take_out(self, pair: Pair, addresses: Sequence[UUID]) -> None:
        """Give the other, who is new, what ever came by its addresses. Both rows are locked."""


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would do. fields: the survivor's then; differences: where both had a value."""

    pair: Pair
    fields: Json
    differences: Sequence[Json]
    figures: Mapping[str, int]
    denied: Sequence[Json]
    token: str


@cache
def belongings() -> list[Belongings]:
    """Every room's, in the order in which they are asked."""
    return [import_string(name)() for name in settings.CUSTOMER_BELONGINGS]


def preview_merge(*, survivor: Customer, other: Customer) -> MergePreview:
    """What merging `other` into `survivor` would do. Writes nothing. Raises NotMergeable."""
    pair = Pair(survivor, other)
    _check(pair)
    looks = [room.look(pair) for room in belongings()]
    fields = _joined_fields(pair)
    stamps = [survivor.id, survivor.version, other.id, other.version, _addresses(pair)]
    figures = {"addresses": Address.objects.filter(customer=other).count()}
    for look in looks:
        figures |= look.figures
    return MergePreview(
        pair=pair,
        fields=fields,
        differences=_differences(pair, fields),
        figures=figures,
        denied=[one for look in looks for one in look.denied],
        token=_digest([*stamps, *(look.stamp for look in looks)]),
    )


def merge_customers(
    *, survivor: Customer, other: Customer, token: str, by: Mapping[str, Any]
) -> CustomerMerge:
    """Make `other` part of `survivor`, as the preview with this token showed it.

    Writes Customer, Address, CustomerMerge and what the rooms above keep of customers, in one transaction.
    Raises NotMergeable, StaleMerge.
    """
    pair = _locked(survivor.id, other.id)
    preview = preview_merge(survivor=pair.survivor, other=pair.other)
    if preview.token != token:
        raise StaleMerge(preview)
    journal = {room.name: room.join(pair) for room in belongings()}
    journal["customers"] = _join(pair, preview.fields)
    return CustomerMerge.objects.create(
        id=uuid7(),
        survivor=pair.survivor,
        merged=pair.other,
        at=timezone.now(),
        by=_plain(by),
        journal=journal,
    )


def split_customers(*, merge: CustomerMerge, by: Mapping[str, Any]) -> CustomerMerge:
    """Undo a merge: each has again what it had; what came since goes with the address it came by.

    What people changed since then stays with the survivor. Writes what ``merge_customers`` writes. Raises
    NotMergeable.
    """
    pair = _locked(merge.survivor_id, merge.merged_id)
    merge.refresh_from_db()
    if merge.undone_at:
        raise NotMergeable(_("This was undone already."))
    if pair.survivor.merged_into_id:
        raise NotMergeable(_("They were merged into somebody else since. Undo that first."))
    theirs = _part(pair, merge.journal["customers"])
    for room in belongings():
        room.part(pair, merge.journal.get(room.name) or {}, theirs)
    merge.undone_at, merge.undone_by = timezone.now(), _plain(by)
    merge.save(update_fields=["undone_at", "undone_by"])
    return merge


def _plain(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))


def _digest(values: Any) -> str:
    return hashlib.sha256(orjson.dumps(values)).hexdigest()[:32]


def _check(pair: Pair) -> None:
    if pair.survivor.id == pair.other.id:
        raise NotMergeable(_("This is the same person already."))
    if pair.survivor.merged_into_id or pair.other.merged_into_id:
        raise NotMergeable(_("One of them has been merged already."))


def _locked(survivor: UUID, other: UUID) -> Pair:
    """Both rows, while nobody stores anything about people."""
    hold_people(alone=True)
    rows = Customer.objects.select_for_update(no_key=True).filter(id__in=[survivor, other]).order_by("id")
    found = {row.id: row for row in rows}
    return Pair(found[survivor], found[other])


# ---------------------------------------------------------------- what is known of them


def _addresses(pair: Pair) -> list[UUID]:
    rows = Address.objects.filter(customer__in=[pair.survivor, pair.other]).order_by("id")
    return list(rows.values_list("id", flat=True))


def _joined_fields(pair: Pair) -> Json:
    mine, theirs = pair.survivor, pair.other
    plain = {name: getattr(mine, name) or getattr(theirs, name) for name in PLAIN}
    return {
        **plain,
        "attributes": {**theirs.attributes, **mine.attributes},
        "labels": list(dict.fromkeys([*mine.labels, *theirs.labels])),
    }


def _differences(pair: Pair, fields: Json) -> list[Json]:
    """Where both have a value and the other's is not shown any more."""
    rows = [(name, fields[name], getattr(pair.other, name)) for name in PLAIN]
    rows += [(key, fields["attributes"][key], value) for key, value in pair.other.attributes.items()]
    return [
        {"field": name, "kept": str(kept), "dropped": str(dropped)}
        for name, kept, dropped in rows
        if dropped and kept != dropped
    ]


def _join(pair: Pair, fields: Json) -> Json:
    mine, theirs = pair.survivor, pair.other
    before = _fields_of(mine)
    takes_id = bool(theirs.external_id) and fields["external_id"] == theirs.external_id
    moved = list(Address.objects.filter(customer=theirs).order_by("id").values_list("id", flat=True))
    Customer.objects.filter(id=theirs.id).update(
        merged_into=mine,
        version=F("version") + 1,
        external_id=None if takes_id else theirs.external_id,
    )
    Customer.objects.filter(id=mine.id).update(**fields, version=F("version") + 1)
    Address.objects.filter(id__in=moved).update(customer=mine)
    journal = {
        "before": before,
        "after": fields,
        "external_id": theirs.external_id if takes_id else None,
        "addresses": [ident(key) for key in moved],
    }
    mine.refresh_from_db()
    theirs.refresh_from_db()
    return journal


def _fields_of(customer: Customer) -> Json:
    return {name: getattr(customer, name) for name in (*PLAIN, "attributes", "labels")}


def _part(pair: Pair, journal: Json) -> list[UUID]:
    """Give addresses and what is known back; returns the ids of the other's addresses."""
    mine, theirs = pair.survivor, pair.other
    addresses = with_later([UUID(key) for key in journal["addresses"]])
    fields = undone(journal["before"], journal["after"], _fields_of(mine))
    Customer.objects.filter(id=mine.id).update(**fields, version=F("version") + 1)
    back: Json = {"external_id": journal["external_id"]} if _is_free(journal, fields) else {}
    Customer.objects.filter(id=theirs.id).update(merged_into=None, version=F("version") + 1, **back)
    Address.objects.filter(id__in=addresses, customer=mine).update(customer=theirs)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    return addresses


def _is_free(journal: Json, fields: Json) -> bool:
    """May the other have its own id again? Somebody may have been given it meanwhile."""
    own = journal["external_id"]
    if not own or fields["external_id"] == own:
        return False
    return not Customer.objects.filter(external_id=own).exists()


def with_later(addresses: list[UUID]) -> list[UUID]:
    """With those that were first seen beside one of them."""
    known = set(addresses)
    while True:
        more = Address.objects.filter(Q(beside__in=known) & ~Q(id__in=known)).values_list("id", flat=True)
        found = set(more)
        if not found:
            return sorted(known)
        known |= found


# ---------------------------------------------------------------- taking back a change


def undone(before: Json, after: Json, now: Json) -> Json:
    """`now` without the step from `before` to `after`: what nobody changed since is as before; lists lose and
    regain words, dictionaries keys."""
    return {name: _undone(before.get(name), after.get(name), now[name]) for name in now}


def _undone(before: Any, after: Any, now: Any) -> Any:
    if isinstance(now, list):
        return _list_undone(before or [], after or [], now)
    if isinstance(now, dict):
        return _dict_undone(before or {}, after or {}, now)
    return before if now == after else now


def _list_undone(before: Iterable[Any], after: Iterable[Any], now: Sequence[Any]) -> list[Any]:
    added, removed = set(now) - set(after), set(after) - set(now)
    kept = [one for one in before if one not in removed]
    return [*kept, *(one for one in now if one in added and one not in kept)]


def _dict_undone(before: Json, after: Json, now: Json) -> Json:
    found = {key: before[key] for key in before if key not in after or key in now}
    found |= {key: value for key, value in now.items() if value != after.get(key)}
    return found
