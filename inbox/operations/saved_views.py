"""Save places of the inbox under names, put them in order, and keep how many threads stand in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.ids import uuid7
from common.sql import insert_rows
from common.wire import Json
from events import bus
from inbox.models import SavedView, SavedViewCount, SavedViewOrder
from inbox.operations.errors import Refused
from inbox.queries.saved_views import saved_views
from inbox.queries.threads import ThreadFilter, threads
from tenants.models import Member

NAME_MAX, MOST = 60, 50
#: A count is not made anew before this, and never further than COUNT_MAX.
KEEP_S, COUNT_MAX = 5, 1_000


class ViewNameTaken(Refused):
    """Another saved view of the same owner has this name."""

    code = "conflict"


def save_view(*, name: str, place: Json, owner: Member | None) -> SavedView:
    """Keep a place under a name; owner None: for all. Writes SavedView. Raises Refused, ViewNameTaken."""
    if saved_views(owner.id if owner else None).count() >= MOST:
        raise Refused(_("There are %d saved views already; delete one first.") % MOST, pointer="/name")
    return _keep(SavedView(owner=owner, place=place), name)


def change_view(*, view: SavedView, name: str, place: Json) -> SavedView:
    """Writes SavedView; what was counted in another place is forgotten. Raises Refused, ViewNameTaken."""
    if place != view.place:
        SavedViewCount.objects.filter(view=view).delete()
    view.place = place
    return _keep(view, name)


def delete_view(*, view: SavedView) -> None:
    """The conversations stay as they are."""
    SavedViewCount.objects.filter(view=view).delete()
    view.delete()


def order_views(*, member: Member, ids: Sequence[UUID]) -> None:
    """Keep the member's own order. Writes SavedViewOrder. Ids that are none of theirs are left out."""
    known = set(saved_views(member.id).values_list("id", flat=True))
    kept = [key for key in dict.fromkeys(ids) if key in known]
    insert_rows(
        [SavedViewOrder(id=uuid7(), member=member, ids=kept)],
        on_conflict="(tenant_id, member_id) DO UPDATE SET ids = EXCLUDED.ids",
    )


def _keep(view: SavedView, name: str) -> SavedView:
    view.name = name.strip()
    if not view.name or len(view.name) > NAME_MAX:
        raise Refused(_("A name has 1 to %d characters.") % NAME_MAX, pointer="/name")
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        if "savedview_name_once" not in str(error):
            raise
        raise ViewNameTaken(_("There is a saved view with this name already."), pointer="/name") from None
    return view


def kept_counts(*, member: Member, wanted: Mapping[UUID, ThreadFilter]) -> dict[UUID, int]:
    """How many threads stand in each of these views, up to COUNT_MAX.

    What was counted is kept: it is counted again only when something has happened since, and not before
    KEEP_S seconds. Writes SavedViewCount.
    """
    head, now = bus.head(), timezone.now()
    rows = {row.view_id: row for row in SavedViewCount.objects.filter(member=member, view__in=list(wanted))}
    fresh = {key for key, row in rows.items() if row.seq == head or row.counted_at > now - AGE}
    new = [
        SavedViewCount(id=uuid7(), view_id=key, member=member, count=_count(one), seq=head, counted_at=now)
        for key, one in wanted.items()
        if key not in fresh
    ]
    insert_rows(new, on_conflict=_NEWER)
    return {key: row.count for key, row in rows.items()} | {row.view_id: row.count for row in new}


AGE = timedelta(seconds=KEEP_S)
_NEWER = """
(tenant_id, member_id, view_id) DO UPDATE
SET count = EXCLUDED.count, seq = EXCLUDED.seq, counted_at = EXCLUDED.counted_at
"""


def _count(wanted: ThreadFilter) -> int:
    return threads(wanted).values("id")[:COUNT_MAX].count()
