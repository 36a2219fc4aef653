"""/macros: several steps under one name, and running them."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.pages import Keyset, Page
from common.api.parameters import Body, PageQuery
from common.api.problems import Problem
from common.api.schema import ListOf
from common.ids import uuid7
from common.wire import Json
from customers.models import Address
from inbox import wire_words as wire
from inbox.api.endpoint import InboxEndpoint, message_answer, referred, thread_row
from inbox.api.messages import REFUSALS
from inbox.api.saved_replies import SHARED
from inbox.models import Channel, Macro, MacroRun, Priority
from inbox.operations.errors import AnsweredMeanwhile
from inbox.operations.macro_runs import HOLD_MAX_S, run_macro, undo_run
from inbox.operations.macros import (
    ASSIGN_TO,
    HOURS_MAX,
    NOTE_MAX,
    change_macro,
    create_macro,
    delete_macro,
)
from inbox.operations.saved_replies import NAME_MAX, TEXT_MAX
from inbox.queries.macros import changeable_macros, macros
from inbox.shapes_words import macro_run_shape, macro_shape

READ, WRITE = "messages:read", "messages:write"
BY_NAME = Keyset("macro", ("name", "id"), (str, UUID), is_falling=False)


class AssignBody(Body):
    """To whom; `id` for a member or a team."""

    to = serializers.ChoiceField(ASSIGN_TO)
    id = serializers.UUIDField(required=False)


class SnoozeStepBody(Body):
    """For how long; null for until the customer writes."""

    hours = serializers.IntegerField(allow_null=True, min_value=1, max_value=HOURS_MAX)


class StepsBody(Body):
    """What is done, in this order. Texts may have {{customer.name}}, {{agent.name}} and the like."""

    reply = serializers.CharField(required=False, max_length=TEXT_MAX, trim_whitespace=False)
    note = serializers.CharField(required=False, max_length=NOTE_MAX, trim_whitespace=False)
    add_labels = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, max_length=20
    )
    assign = AssignBody(required=False)
    priority = serializers.ChoiceField([one.lower() for one in Priority.names], required=False)
    snooze = SnoozeStepBody(required=False)
    close = serializers.BooleanField(required=False)


class MacroBody(Body):
    """Steps and the name to find them by."""

    name = serializers.CharField(max_length=NAME_MAX)
    steps = StepsBody()
    is_shared = serializers.BooleanField(
        default=False, help_text="For everybody, as all that a key makes; needs `saved_replies:write`."
    )


class MacroChange(Body):
    """What is left out stays; steps are replaced as a whole."""

    name = serializers.CharField(required=False, max_length=NAME_MAX)
    steps = StepsBody(required=False)


class TextsBody(Body):
    """The words as their writer has changed them."""

    reply = serializers.CharField(required=False, max_length=TEXT_MAX, trim_whitespace=False)
    note = serializers.CharField(required=False, max_length=NOTE_MAX, trim_whitespace=False)


class RunBody(Body):
    """Which macro, and how it is to run."""

    macro_id = serializers.UUIDField()
    client_ref = serializers.CharField(
        required=False, max_length=70, help_text="Your own id; the same one again answers the first run."
    )
    texts = TextsBody(required=False)
    channel_id = serializers.UUIDField(
        allow_null=True, default=None, help_text="Of the reply; by default the one the customer used last."
    )
    address_id = serializers.UUIDField(
        allow_null=True, default=None, help_text="Of the customer on that channel; see `reply`."
    )
    seen_message_id = serializers.UUIDField(
        allow_null=True,
        default=None,
        help_text="Newest message the writer has seen. When a colleague answered after it, nothing is done.",
    )
    hold_s = serializers.IntegerField(
        default=0, min_value=0, max_value=HOLD_MAX_S, help_text="How long the reply can be taken back."
    )


class Macros(InboxEndpoint):
    """/macros"""

    scopes = {"GET": READ, "POST": WRITE}

    @call("list_macros", "List macros", query=PageQuery, gives=ListOf(wire.Macro))
    def get(self, request: Request) -> Json:
        page: Page[Macro] = BY_NAME.page(macros(self.me), **self.query)
        return page.shape([macro_shape(row) for row in page.rows])

    @call(
        "create_macro",
        "Make a macro",
        body=MacroBody,
        gives=wire.Macro,
        status=201,
        refuses=["forbidden", "conflict", "refused"],
        example={
            "name": "Card sent",
            "steps": {"reply": "Dear {{customer.first_name}}, …", "add_labels": ["card"], "close": True},
        },
    )
    def post(self, request: Request) -> wire.Macro:
        is_shared = self.body["is_shared"] or self.me is None
        if is_shared and SHARED not in self.principal.scopes:
            raise Problem("forbidden", f"Macros for everybody need the scope {SHARED}.")
        owner = None if is_shared else self.member
        return macro_shape(create_macro(name=self.body["name"], steps=self.body["steps"], owner=owner))


class MacroOne(InboxEndpoint):
    """/macros/{id}"""

    scopes = {"PATCH": WRITE, "DELETE": WRITE}

    @call(
        "change_macro",
        "Change a macro",
        body=MacroChange,
        gives=wire.Macro,
        refuses=["conflict", "refused"],
        example={"name": "Card is on its way"},
    )
    def patch(self, request: Request, macro_id: UUID) -> wire.Macro:
        return macro_shape(change_macro(macro=self._changeable(macro_id), **self.body))

    @call("delete_macro", "Delete a macro", status=204)
    def delete(self, request: Request, macro_id: UUID) -> None:
        delete_macro(macro=self._changeable(macro_id))

    def _changeable(self, key: UUID) -> Macro:
        rows = changeable_macros(self.me, also_shared=SHARED in self.principal.scopes)
        found: Macro = rows.get(id=key)
        return found


class Runs(InboxEndpoint):
    """/threads/{id}/macro_runs"""

    scopes = {"POST": WRITE}

    @call(
        "run_macro",
        "Run a macro on a conversation",
        about="Every step or none. A place of a text that is not known for this customer refuses it.",
        body=RunBody,
        gives=wire.MacroRun,
        status=201,
        refuses=["answered_meanwhile", "refused", "conflict", *REFUSALS],
        example={"macro_id": "01a22110-0000-7000-8000-000000000001", "hold_s": 10},
    )
    def post(self, request: Request, thread_id: UUID) -> wire.MacroRun:
        thread = thread_row(thread_id)
        try:
            run = run_macro(
                macro=referred(macros(self.me), self.body["macro_id"], "/macro_id"),
                thread=thread,
                by=self.author,
                client_ref=self.body.get("client_ref") or str(uuid7()),
                texts=self.body.get("texts"),
                channel=referred(Channel.objects.all(), self.body["channel_id"], "/channel_id"),
                address=referred(Address.objects.all(), self.body["address_id"], "/address_id"),
                seen=referred(thread.messages.all(), self.body["seen_message_id"], "/seen_message_id"),
                hold_s=self.body["hold_s"],
            )
        except AnsweredMeanwhile as held:
            newer = {"message": message_answer(held.message)}
            raise Problem(held.code, held.sentence, extra=newer) from None
        return macro_run_shape(run)


class Undo(InboxEndpoint):
    """/macro_runs/{id}/undo"""

    scopes = {"POST": WRITE}

    @call(
        "undo_macro_run",
        "Put back what a macro did",
        about="What nobody has changed since is as it was; its note goes, its reply is taken back when it "
        "has not left.",
        gives=wire.MacroRun,
        refuses=["conflict"],
    )
    def post(self, request: Request, macro_run_id: UUID) -> wire.MacroRun:
        run: MacroRun = MacroRun.objects.get(id=macro_run_id)
        is_whole = undo_run(run=run, by=self.author)
        run.refresh_from_db()
        shape = macro_run_shape(run)
        shape["reply_left"] = not is_whole
        return shape
