"""/messages: reading, sending, trying again, reacting."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.pages import Page
from common.api.parameters import Body, PageQuery
from common.api.problems import Problem
from common.api.schema import ListOf
from common.wire import Json
from customers.models import Customer
from customers.queries import find_customer
from inbox import wire
from inbox.api.bodies import OpeningBody, ReplyBody, said
from inbox.api.endpoint import InboxEndpoint, message_answer, referred, thread_row
from inbox.models import Message
from inbox.operations.errors import AnsweredMeanwhile
from inbox.operations.linked_files import fetch_linked
from inbox.operations.outreach import message_customer
from inbox.operations.reply import react, reply, retry_message
from inbox.queries.messages import message_page, message_shapes
from inbox.queries.versions import earlier_versions
from inbox.wire_versions import MessageVersion

READ, WRITE = "messages:read", "messages:write"
REFUSALS = [
    "window_closed", "thread_closed", "text_too_long", "file_too_large", "file_type", "no_address",
    "template_missing_value", "nothing_to_send", "content_invalid", "opted_out", "channel_inactive",
]  # fmt: skip


class MessageQuery(PageQuery):
    """Filters combine."""

    provider_id = serializers.CharField(required=False, max_length=300, help_text="The provider's own id.")
    channel = serializers.UUIDField(required=False, help_text="Id of a channel.")
    thread = serializers.UUIDField(required=False, help_text="Id of a conversation.")


class Messages(InboxEndpoint):
    """/messages"""

    scopes = {"GET": READ, "POST": WRITE}

    @call("list_messages", "List messages, newest first", query=MessageQuery, gives=ListOf(wire.Message))
    def get(self, request: Request) -> Json:
        page: Page[Message] = message_page(**self.query)
        return page.shape(message_shapes(page.rows))

    @call(
        "message_customer",
        "Write to a customer",
        about="Finds or makes the customer, the address and an open conversation, then sends. The message is "
        "queued when the call answers; its status follows as events.",
        body=OpeningBody,
        gives=wire.Message,
        status=201,
        refuses=REFUSALS,
        example={"to": {"phone": "+447700900123"}, "name": "Ada", "text": "Your new card is on its way."},
    )
    def post(self, request: Request) -> wire.Message:
        to, name = self.body["to"], self.body["name"]
        if "customer_id" in to:
            named = referred(Customer.objects.all(), to["customer_id"], "/to/customer_id")
            to = {**to, "customer_id": find_customer(named.id).id}
        words = said(self.body, Message.objects.all())
        return message_answer(message_customer(to=to, name=name, by=self.author, **words))


class MessageOne(InboxEndpoint):
    """/messages/{id}"""

    scopes = {"GET": READ}

    @call("get_message", "Read a message", gives=wire.Message)
    def get(self, request: Request, message_id: UUID) -> wire.Message:
        return message_answer(Message.objects.get(id=message_id))


class ThreadMessages(InboxEndpoint):
    """/threads/{id}/messages"""

    scopes = {"POST": WRITE}

    @call(
        "reply",
        "Answer in a conversation",
        about="The message is queued when the call answers; its status follows as events. A problem "
        "`answered_meanwhile` carries the colleague's answer as `message`.",
        body=ReplyBody,
        gives=wire.Message,
        status=201,
        refuses=["answered_meanwhile", *REFUSALS],
        example={"text": "We have blocked the card.", "client_ref": "case-4711-1"},
    )
    def post(self, request: Request, thread_id: UUID) -> wire.Message:
        thread = thread_row(thread_id)
        quotable = Message.objects.filter(customer_id=thread.customer_id)
        seen = referred(thread.messages.all(), self.body["seen_message_id"], "/seen_message_id")
        words = said(self.body, quotable)
        try:
            return message_answer(reply(thread=thread, by=self.author, seen=seen, **words))
        except AnsweredMeanwhile as held:
            newer = {"message": message_answer(held.message)}
            raise Problem(held.code, held.sentence, extra=newer) from None


class Retry(InboxEndpoint):
    """/messages/{id}/retry"""

    scopes = {"POST": WRITE}

    @call(
        "retry_message",
        "Send a failed message again",
        about="A new attempt of the same message. One whose fate is unknown may then arrive twice.",
        gives=wire.Message,
        refuses=["conflict", *REFUSALS],
    )
    def post(self, request: Request, message_id: UUID) -> wire.Message:
        message = Message.objects.get(id=message_id)
        return message_answer(retry_message(message=message, by=self.author))


class Versions(InboxEndpoint):
    """/messages/{id}/versions"""

    scopes = {"GET": READ}

    @call(
        "list_message_versions",
        "List the texts a message had before",
        about="What the customer wrote first and each change of theirs but the last, which is the message's "
        "`text`; the oldest first.",
        gives=ListOf(MessageVersion, is_whole=True),
    )
    def get(self, request: Request, message_id: UUID) -> Json:
        return {"data": earlier_versions(Message.objects.get(id=message_id))}


class LinkedFiles(InboxEndpoint):
    """/messages/{id}/linked_files"""

    scopes = {"POST": READ}

    @call(
        "fetch_linked_files",
        "Have the pictures fetched that a message points at",
        about="A message may name pictures and films by address only. They are fetched once and kept, so "
        "that no browser asks others for them; they then stand among `attachments` with their `link`.",
        gives=wire.Message,
    )
    def post(self, request: Request, message_id: UUID) -> wire.Message:
        return message_answer(fetch_linked(message=Message.objects.get(id=message_id)))


class ReactionBody(Body):
    """One emoji."""

    emoji = serializers.CharField(max_length=32)


class Reaction(InboxEndpoint):
    """/messages/{id}/reaction"""

    scopes = {"PUT": WRITE, "DELETE": WRITE}

    @call(
        "react",
        "Put our emoji on a customer's message",
        body=ReactionBody,
        gives=wire.Message,
        refuses=["conflict", "no_address", "window_closed", "channel_inactive"],
        example={"emoji": "👍"},
    )
    def put(self, request: Request, message_id: UUID) -> wire.Message:
        return self._react(message_id, self.body["emoji"])

    @call(
        "take_reaction_back",
        "Take our emoji away",
        gives=wire.Message,
        refuses=["conflict", "no_address", "window_closed", "channel_inactive"],
    )
    def delete(self, request: Request, message_id: UUID) -> wire.Message:
        return self._react(message_id, "")

    def _react(self, message_id: UUID, emoji: str) -> wire.Message:
        message = Message.objects.select_related("channel").get(id=message_id)
        return message_answer(react(message=message, by=self.author, emoji=emoji))
