"""/scheduled_messages: answers that leave later."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.pages import Page
from common.api.parameters import Body, PageQuery
from common.api.schema import ListOf
from common.wire import Json
from inbox import wire_words as wire
from inbox.api.bodies import TEXT_MAX, SentBody, said
from inbox.api.endpoint import InboxEndpoint, message_answer, thread_row
from inbox.api.messages import REFUSALS
from inbox.models import Message, ScheduledMessage, ScheduledState
from inbox.operations.scheduled import (
    cancel_scheduled,
    change_scheduled,
    schedule_message,
    send_scheduled,
)
from inbox.queries.scheduled import scheduled_page, scheduled_shapes
from inbox.wire import Message as WireMessage

READ, WRITE = "messages:read", "messages:write"
WHEN = "When it leaves: later than now, within a year."
#: What can be wrong with words that leave later: the reply window is asked when they do.
WORDS = [code for code in REFUSALS if code not in {"window_closed", "thread_closed", "opted_out"}]


class ScheduledQuery(PageQuery):
    """Filters combine; by default those that wait or could not leave."""

    thread = serializers.UUIDField(required=False, help_text="Id of a conversation.")
    state = serializers.ChoiceField(ScheduledState.values, required=False)


class ScheduledBody(SentBody):
    """A message and when it leaves."""

    send_at = serializers.DateTimeField(help_text=WHEN)


class ScheduledChange(Body):
    """What is left out stays."""

    text = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False, max_length=TEXT_MAX)
    send_at = serializers.DateTimeField(required=False, help_text=WHEN)


class ScheduledMessages(InboxEndpoint):
    """/scheduled_messages"""

    scopes = {"GET": READ}

    @call(
        "list_scheduled_messages",
        "List messages that leave later, the next first",
        query=ScheduledQuery,
        gives=ListOf(wire.ScheduledMessage),
    )
    def get(self, request: Request) -> Json:
        page: Page[ScheduledMessage] = scheduled_page(**self.query)
        return page.shape(scheduled_shapes(page.rows))


class ThreadScheduled(InboxEndpoint):
    """/threads/{id}/scheduled_messages"""

    scopes = {"POST": WRITE}

    @call(
        "schedule_message",
        "Answer in a conversation later",
        about="What the channel could never send is refused now. The reply window, opt-outs and whether the "
        "conversation is closed are asked when it leaves; a message that may not leave then stays in the "
        "state `failed` with its reason, and its writer is mentioned in the conversation.",
        body=ScheduledBody,
        gives=wire.ScheduledMessage,
        status=201,
        refuses=["refused", "conflict", *WORDS],
        example={"text": "Has the new card arrived?", "send_at": "2026-12-07T09:00:00Z"},
    )
    def post(self, request: Request, thread_id: UUID) -> wire.ScheduledMessage:
        thread = thread_row(thread_id)
        words = said(self.body, Message.objects.filter(customer_id=thread.customer_id))
        row = schedule_message(thread=thread, by=self.author, send_at=self.body["send_at"], **words)
        return scheduled_shapes([row])[0]


def _row(key: UUID) -> ScheduledMessage:
    found: ScheduledMessage = ScheduledMessage.objects.get(id=key)
    return found


class ScheduledOne(InboxEndpoint):
    """/scheduled_messages/{id}"""

    scopes = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}

    @call("get_scheduled_message", "Read a message that leaves later", gives=wire.ScheduledMessage)
    def get(self, request: Request, scheduled_message_id: UUID) -> wire.ScheduledMessage:
        return scheduled_shapes([_row(scheduled_message_id)])[0]

    @call(
        "change_scheduled_message",
        "Change the words or the time of a message that leaves later",
        about="One that could not leave waits again.",
        body=ScheduledChange,
        gives=wire.ScheduledMessage,
        refuses=["refused", "conflict", *WORDS],
        example={"send_at": "2026-12-08T09:00:00Z"},
    )
    def patch(self, request: Request, scheduled_message_id: UUID) -> wire.ScheduledMessage:
        row = change_scheduled(row=_row(scheduled_message_id), by=self.author, **self.body)
        return scheduled_shapes([row])[0]

    @call("cancel_scheduled_message", "Cancel it before it leaves", status=204, refuses=["conflict"])
    def delete(self, request: Request, scheduled_message_id: UUID) -> None:
        cancel_scheduled(row=_row(scheduled_message_id), by=self.author)


class Dispatch(InboxEndpoint):
    """/scheduled_messages/{id}/dispatch"""

    scopes = {"POST": WRITE}

    @call(
        "send_scheduled_message",
        "Send it now",
        about="As its writer’s answer. Refused like any answer; it then waits as before.",
        gives=WireMessage,
        status=201,
        refuses=["conflict", *REFUSALS],
    )
    def post(self, request: Request, scheduled_message_id: UUID) -> WireMessage:
        return message_answer(send_scheduled(row=_row(scheduled_message_id)))
