"""Save places of the inbox under names, put them in order, and keep how many threads stand in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
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


def change_view(*, view: SavedView, name: str | None = None, place: Json | None = None) -> SavedView:
    """None: as it is now, whoever has changed it since it was read. Writes SavedView; what was counted in
    another place is forgotten. Raises Refused, ViewNameTaken, SavedView.DoesNotExist."""
    view = _locked(view)
    if place is not None and place != view.place:
        SavedViewCount.objects.filter(view=view).delete()
        view.place = place
    return _keep(view, view.name if name is None else name)


def delete_view(*, view: SavedView) -> None:
    """The conversations stay as they are. Raises SavedView.DoesNotExist."""
    view = _locked(view)  # nobody keeps a count of it any more
    SavedViewCount.objects.filter(view=view).delete()
    view.delete()


def _locked(view: SavedView) -> SavedView:
    found: SavedView = SavedView.objects.select_for_update(of=("self",)).get(id=view.id)
    return found


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
    try:
        with transaction.atomic(), connection.wrap_database_errors:
            insert_rows(new, on_conflict=_NEWER)
    except IntegrityError:  # one of them was deleted meanwhile; the others are counted again next time
        pass
    return {key: row.count for key, row in rows.items()} | {row.view_id: row.count for row in new}


AGE = timedelta(seconds=KEEP_S)
_NEWER = """
(tenant_id, member_id, view_id) DO UPDATE
SET count = EXCLUDED.count, seq = EXCLUDED.seq, counted_at = EXCLUDED.counted_at
"""


def _count(wanted: ThreadFilter) -> int:
    return threads(wanted).values("id")[:COUNT_MAX].count()
