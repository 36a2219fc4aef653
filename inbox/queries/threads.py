"""The list of threads: one indexed statement for a page, one more for the addresses of its customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from common.api.pages import Keyset, Page, Position, moment
from inbox import wire
from inbox.models import Draft, Message, Priority, Thread, ThreadRead, ThreadState
from inbox.queries.search import people_ids, thread_ids
from inbox.shapes import thread_shape_for

Threads = QuerySet[Thread]

PRIORITIES = {priority.name.lower(): priority.value for priority in Priority}
NOBODY = UUID(int=0)
#: How many people, and how many messages, a search in the list looks at.
WIDE = 500


@dataclass(frozen=True, slots=True)
class ThreadFilter:
    """What a list asks for. me: the member whose reading, drafts and mentions count; None for a key.

    narrow: lookup on Thread → value; assignee and team may be None, which asks for threads without one.
    """

    me: UUID | None = None
    view: str = "all"
    sort: str = "newest"
    q: str = ""
    unread: bool = False
    label: str = ""
    narrow: Mapping[str, Any] = field(default_factory=dict)


# ---------------------------------------------------------------- which


def view_condition(view: str, me: UUID | None) -> Q:
    """The rows of one view; the same words as in the inbox page's list."""
    mine = me or NOBODY
    conditions = {
        "mine": Q(status=ThreadState.OPEN, assignee_id=mine),
        "unassigned": Q(status=ThreadState.OPEN, assignee_id=None),
        "unread": Q(status__in=(ThreadState.OPEN, ThreadState.SNOOZED), inbound_count__gt=F("my_read_count")),
        "waiting": Q(status=ThreadState.OPEN, waiting_since__isnull=False),
        "mentions": Q(status__in=(ThreadState.OPEN, ThreadState.SNOOZED), mentions__contains=[mine]),
        "watching": Q(status__in=(ThreadState.OPEN, ThreadState.SNOOZED), watchers__contains=[mine])
        & ~Q(watchers=[]),  # the latter is what the index holds
        "snoozed": Q(status=ThreadState.SNOOZED),
        "closed": Q(status=ThreadState.CLOSED),
        "all": Q(),
    }
    return conditions[view]


def threads(wanted: ThreadFilter) -> Threads:
    """The rows a list asks for, each with `my_read_count` and `my_draft`, ready for ``thread_shapes``."""
    rows = with_mine(Thread.objects.filter(joined_to=None), wanted.me)
    rows = rows.filter(view_condition(wanted.view, wanted.me))
    rows = rows.filter(**wanted.narrow)
    if wanted.unread:
        rows = rows.filter(inbound_count__gt=F("my_read_count"))
    if wanted.label:
        rows = rows.filter(labels__contains=[wanted.label])
    return rows.filter(_search(wanted.q)) if wanted.q else rows


def with_mine(rows: Threads, me: UUID | None) -> Threads:
    """Add what the member has read (0 when nothing) and begun to write; and what a list row shows."""
    read = ThreadRead.objects.filter(member=me or NOBODY, thread=OuterRef("pk")).values("read_count")
    drafts = Draft.objects.filter(member=me or NOBODY, thread=OuterRef("pk")).exclude(text="")
    return rows.select_related("customer", "channel").annotate(
        my_read_count=Coalesce(Subquery(read[:1]), Value(0), output_field=IntegerField()),
        my_draft=Subquery(drafts.order_by("-updated_at").values("text")[:1]),
    )


def _search(text: str) -> Q:
    """By customer, by words of messages and notes, or by the id of a thread, customer or message."""
    found = Q(customer_id__in=people_ids(text, WIDE)) | Q(id__in=thread_ids(text, WIDE))
    try:
        key = UUID(text)
    except ValueError:
        return found
    of_message = Message.objects.filter(id=key).values("thread_id")
    return found | Q(id=key) | Q(customer_id=key) | Q(id__in=of_message)


# ---------------------------------------------------------------- in which order


@dataclass(frozen=True)
class _EarliestFirst(Keyset):
    """By a time, the earliest first; threads without one follow, oldest first."""

    def order(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.order_by(F(self.fields[0]).asc(nulls_last=True), "id")

    def follow(self, rows: QuerySet[Any], position: Position) -> QuerySet[Any]:
        name, (since, key) = self.fields[0], position
        none = {f"{name}__isnull": True}
        if since is None:
            return rows.filter(**none, id__gt=key)
        later = Q(**{f"{name}__gt": since}) | Q(**{name: since}, id__gt=key)
        return rows.filter(later | Q(**none))


@dataclass(frozen=True)
class _MostUrgent(Keyset):
    """The highest priority first; within one, newest first."""

    def follow(self, rows: QuerySet[Any], position: Position) -> QuerySet[Any]:
        priority, at, key = position
        same = Q(priority=priority) & (Q(active_at__lt=at) | Q(active_at=at, id__lt=key))
        return rows.filter(same | Q(priority__lt=priority), priority__lte=priority)


_ACTIVE = ("active_at", "id")
_AT_AND_ID = (moment, UUID)


def _when(text: str) -> Any:
    return text and moment(text)


SORTS = {
    "newest": Keyset("newest", _ACTIVE, _AT_AND_ID),
    "oldest": Keyset("oldest", _ACTIVE, _AT_AND_ID, is_falling=False),
    "waiting": _EarliestFirst("waiting", ("waiting_since", "id"), (_when, UUID), is_falling=False),
    "due": _EarliestFirst("due", ("answer_due_at", "id"), (_when, UUID), is_falling=False),
    "priority": _MostUrgent("priority", ("priority", *_ACTIVE), (int, *_AT_AND_ID)),
}
#: PostgreSQL does not take "assignee IS NULL" for a constant when it looks for an order in an index, so the
#: column leads the order too; it is NULL in every row.
_UNASSIGNED = Keyset("newest", _ACTIVE, _AT_AND_ID, leading=("assignee_id",))


def keyset(wanted: ThreadFilter) -> Keyset:
    """The order a list asks for."""
    is_unassigned = wanted.view == "unassigned" or ("assignee", None) in wanted.narrow.items()
    return _UNASSIGNED if is_unassigned and wanted.sort == "newest" else SORTS[wanted.sort]


# ---------------------------------------------------------------- as JSON


def thread_page(wanted: ThreadFilter, *, limit: int, after: str | None = None) -> Page[Thread]:
    """A page of the list: two statements."""
    rows = threads(wanted).prefetch_related("customer__addresses")
    return keyset(wanted).page(rows, limit=limit, after=after)


def find_thread(thread_id: UUID, me: UUID | None) -> Thread:
    """One thread, or the one that has taken it in, for ``thread_shapes``. Raises Thread.DoesNotExist."""
    rows = with_mine(Thread.objects.all(), me).prefetch_related("customer__addresses")
    found: Thread = rows.get(id=thread_id)
    while found.joined_to_id:
        found = rows.get(id=found.joined_to_id)
    return found


def thread_shapes(rows: Iterable[Thread], me: UUID | None) -> list[wire.Thread]:
    """Threads as the member sees them; for a key what is a member's own is null."""
    return [
        thread_shape_for(
            row,
            me,
            read_count=row.my_read_count if me else None,  # type: ignore[attr-defined]
            draft=row.my_draft,  # type: ignore[attr-defined]
        )
        for row in rows
    ]
