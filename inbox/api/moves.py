"""/threads/{id}/splits and /threads/{id}/joins: one conversation made two, two made one, and back."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.parameters import Body
from inbox import wire, wire_moves
from inbox.api.endpoint import InboxEndpoint, referred, thread_row
from inbox.models import Message, MoveKind, Thread, ThreadMove
from inbox.operations.thread_joins import join_threads, undo_join
from inbox.operations.thread_splits import split_thread, undo_split
from inbox.shapes_moves import join_shape, split_shape

WRITE = "threads:write"


class SplitBody(Body):
    """Where to part it."""

    message_id = serializers.UUIDField(help_text="The message with which the new conversation begins.")


class Splits(InboxEndpoint):
    """/threads/{id}/splits"""

    scopes = {"POST": WRITE}

    @call(
        "split_thread",
        "Start a new conversation from a message",
        about="The message and all that follow it move into a new conversation of the same customer, with "
        "its drafts and what is to leave later. The new one goes on as the whole did, with the same state, "
        "people, team, labels and priority. The earlier one is closed.",
        body=SplitBody,
        gives=wire_moves.Split,
        status=201,
        refuses=["conflict"],
        example={"message_id": "0190a0c4-0000-7000-8000-000000000001"},
    )
    def post(self, request: Request, thread_id: UUID) -> wire_moves.Split:
        thread = thread_row(thread_id)
        message = referred(Message.objects.all(), self.body["message_id"], "/message_id")
        return split_shape(split_thread(thread=thread, message=message, by=self.author))


class SplitOne(InboxEndpoint):
    """/threads/{id}/splits/{split}"""

    scopes = {"DELETE": WRITE}

    @call(
        "undo_split",
        "Undo a split",
        about="The new conversation is part of the earlier one again, with what came since; its id leads "
        "there. What was changed in the new one stands.",
        gives=wire.Thread,
        refuses=["conflict"],
    )
    def delete(self, request: Request, thread_id: UUID, split_id: UUID) -> wire.Thread:
        move = ThreadMove.objects.get(id=split_id, thread=thread_id, kind=MoveKind.SPLIT)
        return self.thread_answer(undo_split(move=move, by=self.author).id)


class JoinBody(Body):
    """With which one."""

    other_id = serializers.UUIDField(help_text="Another conversation of the same customer and inbox.")


class Joins(InboxEndpoint):
    """/threads/{id}/joins"""

    scopes = {"POST": WRITE}

    @call(
        "join_threads",
        "Join two conversations of a customer",
        about="The one that is not closed stays, of two closed ones the one that was active last: see "
        "`thread_id` of the answer. It gets all that the other has, in the order of time. Who works on it "
        "and how urgent it is does not change, labels and mentions of both stand, and the id of the other "
        "leads to it.",
        body=JoinBody,
        gives=wire_moves.Join,
        status=201,
        refuses=["conflict"],
        example={"other_id": "0190a0c4-0000-7000-8000-000000000002"},
    )
    def post(self, request: Request, thread_id: UUID) -> wire_moves.Join:
        thread = thread_row(thread_id)
        other = referred(Thread.objects.all(), self.body["other_id"], "/other_id")
        return join_shape(join_threads(thread=thread, other=other, by=self.author))


class JoinOne(InboxEndpoint):
    """/threads/{id}/joins/{join}"""

    scopes = {"DELETE": WRITE}

    @call(
        "undo_join",
        "Undo a join",
        about="The conversation that was taken in has again what it had; what came since stays with the one "
        "that stayed, which is the answer. A `conflict` when its messages stand elsewhere by now.",
        gives=wire.Thread,
        refuses=["conflict"],
    )
    def delete(self, request: Request, thread_id: UUID, join_id: UUID) -> wire.Thread:
        move = ThreadMove.objects.get(id=join_id, thread=thread_id, kind=MoveKind.JOIN)
        return self.thread_answer(undo_join(move=move, by=self.author).id)
