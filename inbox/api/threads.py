"""/threads: the list, one thread, its timeline, and what people do with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.pages import Page
from common.api.parameters import Body, PageQuery, Query
from common.api.problems import Fault, Problem
from common.api.schema import ListOf
from common.wire import Json, ident
from customers.models import Customer
from customers.queries import followed
from inbox import wire
from inbox.api.endpoint import InboxEndpoint, referred, thread_row
from inbox.models import Thread
from inbox.operations.seen import mark_read, show_typing
from inbox.operations.threads import (
    assign_thread,
    close_thread,
    label_thread,
    prioritize_thread,
    reopen_thread,
    snooze_thread,
    wake_thread,
)
from inbox.queries.counts import VIEWS
from inbox.queries.threads import PRIORITIES, SORTS, ThreadFilter, thread_page, thread_shapes
from inbox.queries.timeline import Window, timeline
from tenants.models import Member, Team

READ, WRITE = "messages:read", "threads:write"
STATUSES = ("open", "snoozed", "closed")
#: Parameter → lookup of when a thread was last active.
ACTIVE = {"active_since": "active_at__gte", "active_before": "active_at__lt"}
#: What a key cannot ask for: it has read nothing and is assigned nothing.
OF_MEMBERS = {"mine", "unread", "mentions", "watching"}


# ---------------------------------------------------------------- the list


class ThreadFilters(serializers.Serializer[Any]):
    """Which conversations; filters combine."""

    view = serializers.ChoiceField(VIEWS, default="all", help_text="One of the inbox's views.")
    status = serializers.ChoiceField(STATUSES, required=False)
    channel = serializers.UUIDField(required=False, help_text="Id of the channel of the last message.")
    assignee = serializers.CharField(required=False, max_length=36, help_text="A member's id, me or none.")
    team = serializers.CharField(required=False, max_length=36, help_text="A team's id or `none`.")
    customer = serializers.UUIDField(required=False, help_text="A customer's id.")
    label = serializers.CharField(required=False, max_length=60)  # type: ignore[assignment]
    priority = serializers.ChoiceField(tuple(PRIORITIES), required=False)
    active_since = serializers.DateTimeField(required=False, help_text="Only those active then or later.")
    active_before = serializers.DateTimeField(required=False, help_text="Only those last active before.")
    unread = serializers.BooleanField(default=False, help_text="Only those with messages I have not read.")
    q = serializers.CharField(
        required=False,
        max_length=200,
        help_text="Name, number in any spelling, id, or words just said.",
    )


class ThreadQuery(PageQuery, ThreadFilters):
    """Which conversations, in which order; filters combine."""

    sort = serializers.ChoiceField(
        tuple(SORTS),
        default="newest",
        help_text="`waiting`: who waits longest first; `due`: who is to be answered first.",
    )


def thread_filter(query: Json, me: UUID | None) -> ThreadFilter:
    """What the query asks for. Raises Problem for a wrong id, or for what only a member has."""
    if me is None and (query["view"] in OF_MEMBERS or query["unread"] or query.get("assignee") == "me"):
        raise Problem("member_only", "A key has no conversations, reading or mentions of its own.")
    narrow: Json = {name: query[name] for name in ("status", "channel", "customer") if name in query}
    if "customer" in query:
        now = followed(Customer.objects.filter(id=query["customer"])).values()
        narrow["customer"] = next((row.id for row in now), query["customer"])
    if "priority" in query:
        narrow["priority"] = PRIORITIES[query["priority"]]
    narrow |= {lookup: query[name] for name, lookup in ACTIVE.items() if name in query}
    narrow |= {name: _whose(name, query[name], me) for name in ("assignee", "team") if name in query}
    return ThreadFilter(
        me=me, view=query["view"], sort=query.get("sort", "newest"), q=query.get("q", ""),
        unread=query["unread"], label=query.get("label", ""), narrow=narrow,
    )  # fmt: skip


def _whose(name: str, value: str, me: UUID | None) -> UUID | None:
    if value == "none":
        return None
    if value == "me" and name == "assignee":
        return me
    try:
        return UUID(value)
    except ValueError:
        raise Problem("validation_failed", errors=[Fault(f"?{name}", "This is not an id.")]) from None


class Threads(InboxEndpoint):
    """/threads"""

    scopes = {"GET": READ}

    @call("list_threads", "List conversations", query=ThreadQuery, gives=ListOf(wire.Thread))
    def get(self, request: Request) -> Json:
        wanted = thread_filter(self.query, self.me)
        page: Page[Thread] = thread_page(wanted, limit=self.query["limit"], after=self.query.get("after"))
        return page.shape(thread_shapes(page.rows, self.me))


class ThreadOne(InboxEndpoint):
    """/threads/{id}"""

    scopes = {"GET": READ}

    @call("get_thread", "Read a conversation", gives=wire.Thread)
    def get(self, request: Request, thread_id: UUID) -> wire.Thread:
        return self.thread_answer(thread_id)


class TimelineQuery(Query):
    """At most one of `before`, `after`, `around` and `since`; without any the newest entries."""

    limit = serializers.IntegerField(default=50, min_value=1, max_value=200, help_text="1 to 200.")
    before = serializers.CharField(required=False, max_length=500, help_text="`before` of a stretch.")
    after = serializers.CharField(required=False, max_length=500, help_text="`after` of a stretch.")
    around = serializers.UUIDField(required=False, help_text="Id of an entry to stand in the middle.")
    since = serializers.DateTimeField(required=False, help_text="The first entries then or later.")

    def validate(self, attrs: Any) -> Any:
        if len(attrs.keys() & {"before", "after", "around", "since"}) > 1:
            raise serializers.ValidationError(
                {"around": ["Give only one of before, after, around and since."]}
            )
        return attrs


class Timeline(InboxEndpoint):
    """/threads/{id}/timeline"""

    scopes = {"GET": READ}

    @call(
        "get_timeline",
        "Read a conversation's messages, notes and events",
        query=TimelineQuery,
        gives=wire.Timeline,
    )
    def get(self, request: Request, thread_id: UUID) -> wire.Timeline:
        return timeline(thread_row(thread_id), Window(**self.query))


# ---------------------------------------------------------------- what people do


class AssignmentBody(Body):
    """Both are set: null takes the thread away from whoever had it."""

    assignee_id = serializers.UUIDField(allow_null=True, default=None)
    team_id = serializers.UUIDField(allow_null=True, default=None)


class Assignment(InboxEndpoint):
    """/threads/{id}/assignment"""

    scopes = {"PUT": WRITE}

    @call(
        "assign_thread",
        "Assign a conversation",
        body=AssignmentBody,
        gives=wire.Thread,
        refuses=["conflict"],
        example={"assignee_id": "0190a0c4-0000-7000-8000-00000000000a", "team_id": None},
    )
    def put(self, request: Request, thread_id: UUID) -> wire.Thread:
        thread = thread_row(thread_id)
        assignee = referred(Member.objects.all(), self.body["assignee_id"], "/assignee_id")
        team = referred(Team.objects.all(), self.body["team_id"], "/team_id")
        assign_thread(thread=thread, assignee=assignee, team=team, by=self.author)
        return self.thread_answer(thread_id)


class Closure(InboxEndpoint):
    """/threads/{id}/closure"""

    scopes = {"PUT": WRITE, "DELETE": WRITE}

    @call("close_thread", "Close a conversation", gives=wire.Thread)
    def put(self, request: Request, thread_id: UUID) -> wire.Thread:
        close_thread(thread=thread_row(thread_id), by=self.author)
        return self.thread_answer(thread_id)

    @call("reopen_thread", "Reopen a conversation", gives=wire.Thread, refuses=["conflict"])
    def delete(self, request: Request, thread_id: UUID) -> wire.Thread:
        reopen_thread(thread=thread_row(thread_id), by=self.author)
        return self.thread_answer(thread_id)


class SnoozeBody(Body):
    """Until a time, until the customer writes, or whichever comes first."""

    until = serializers.DateTimeField(allow_null=True, default=None)
    wake_on_reply = serializers.BooleanField(default=True)


class Snooze(InboxEndpoint):
    """/threads/{id}/snooze"""

    scopes = {"PUT": WRITE, "DELETE": WRITE}

    @call(
        "snooze_thread",
        "Put a conversation aside",
        body=SnoozeBody,
        gives=wire.Thread,
        refuses=["conflict", "refused"],
        example={"until": "2026-11-24T08:00:00Z", "wake_on_reply": True},
    )
    def put(self, request: Request, thread_id: UUID) -> wire.Thread:
        snooze_thread(thread=thread_row(thread_id), by=self.author, **self.body)
        return self.thread_answer(thread_id)

    @call("wake_thread", "End a snooze now", gives=wire.Thread, refuses=["conflict"])
    def delete(self, request: Request, thread_id: UUID) -> wire.Thread:
        wake_thread(thread=thread_row(thread_id), by=self.author)
        return self.thread_answer(thread_id)


class LabelsBody(Body):
    """All labels the thread shall have; unknown words become labels."""

    labels = serializers.ListField(child=serializers.CharField(max_length=60), max_length=20)


class Labels(InboxEndpoint):
    """/threads/{id}/labels"""

    scopes = {"PUT": WRITE}

    @call(
        "label_thread",
        "Set a conversation's labels",
        body=LabelsBody,
        gives=wire.Thread,
        refuses=["refused"],
        example={"labels": ["fraud", "card"]},
    )
    def put(self, request: Request, thread_id: UUID) -> wire.Thread:
        label_thread(thread=thread_row(thread_id), labels=self.body["labels"], by=self.author)
        return self.thread_answer(thread_id)


class PriorityBody(Body):
    """How urgent it is."""

    priority = serializers.ChoiceField(tuple(PRIORITIES))


class Priority(InboxEndpoint):
    """/threads/{id}/priority"""

    scopes = {"PUT": WRITE}

    @call(
        "prioritize_thread",
        "Set a conversation's priority",
        body=PriorityBody,
        gives=wire.Thread,
        example={"priority": "urgent"},
    )
    def put(self, request: Request, thread_id: UUID) -> wire.Thread:
        prioritize_thread(
            thread=thread_row(thread_id), priority=PRIORITIES[self.body["priority"]], by=self.author
        )
        return self.thread_answer(thread_id)


class ReadBody(Body):
    """How many of the customer's messages I have read; a lower number marks unread."""

    read_count = serializers.IntegerField(min_value=0, max_value=2_147_483_647)


class ReadState(InboxEndpoint):
    """/threads/{id}/read"""

    scopes = {"PUT": READ}

    @call(
        "mark_read",
        "Say how far I have read",
        body=ReadBody,
        gives=wire.ReadState,
        refuses=["member_only"],
        example={"read_count": 12},
    )
    def put(self, request: Request, thread_id: UUID) -> wire.ReadState:
        thread = thread_row(thread_id)
        stored = mark_read(thread=thread, member=self.member, read_count=self.body["read_count"])
        return {"thread_id": ident(thread.id), "read_count": stored}


class Typing(InboxEndpoint):
    """/threads/{id}/typing"""

    scopes = {"PUT": WRITE}

    @call(
        "show_typing",
        "Show the customer that you are writing",
        about="Where the channel can; for up to 25 seconds, so repeat it while you write. It also marks what "
        "they wrote as read.",
        status=204,
    )
    def put(self, request: Request, thread_id: UUID) -> None:
        show_typing(thread=thread_row(thread_id))
