"""/templates: the copies kept here. Nothing below asks WhatsApp: that is done by a worker, from the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from channels_whatsapp import wire
from channels_whatsapp.findings import Draft, Finding
from channels_whatsapp.models import Template, TemplateAccount
from channels_whatsapp.operations.card_files import card_files_of
from channels_whatsapp.operations.templates import (
    NotReady,
    change_template,
    copy_template,
    delete_template,
    draft_template,
    request_sync,
    submit_template,
    template_account,
    unpause_template,
)
from channels_whatsapp.queries import BY_NAME, TemplateFilter, template_rows, uses_of
from channels_whatsapp.shapes import account_shape, content_of, template_shape
from channels_whatsapp.template_parts import CATEGORIES, LANGUAGES
from channels_whatsapp.template_rules import check
from common.api.endpoints import Endpoint, call
from common.api.pages import Page
from common.api.parameters import Body, PageQuery
from common.api.problems import Fault, Problem, translates
from common.api.schema import ListOf
from common.wire import Json
from inbox.models import Attachment, Channel, FileState
from inbox.operations.authors import Author

READ, WRITE = "messages:read", "channels:write"
KIND = "whatsapp"


@translates(NotReady)
def _not_ready(error: NotReady) -> Problem:
    faults = [Fault(_pointer(found), found.sentence) for found in error.findings]
    return Problem("validation_failed", error.sentence, errors=faults)


def _pointer(found: Finding) -> str:
    return "/" + found.where.replace(".", "/")


class TemplateEndpoint(Endpoint):
    """An address of the templates."""

    @property
    def author(self) -> Author:
        """Who does what this call does."""
        who = self.principal
        return Author.of(who.member) if who.member else Author("api_key", who.row.id, who.row.name)


def _referred(rows: QuerySet[Any], key: UUID | None, pointer: str) -> Any:
    """The row a field names, None for null. Raises Problem with the pointer."""
    if key is None:
        return None
    row = rows.filter(id=key).first()
    if row is None:
        raise Problem("validation_failed", errors=[Fault(pointer, "There is none with this id.")])
    return row


def _channels() -> QuerySet[Channel]:
    return Channel.objects.filter(kind=KIND)


def _sample(key: UUID | None, pointer: str = "/header_file_id") -> Attachment | None:
    """An uploaded file that no message has. Raises Problem."""
    rows = Attachment.objects.filter(message=None, state=FileState.READY)
    found: Attachment | None = _referred(rows, key, pointer)
    return found


def _samples(keys: Sequence[UUID | None]) -> list[Attachment | None]:
    """Those of the cards. Raises Problem."""
    return [_sample(key, f"/card_file_ids/{place}") for place, key in enumerate(keys)]


def _send_ttl_s(**more: Any) -> serializers.IntegerField:
    """How long WhatsApp tries to deliver."""
    about = (
        "Seconds WhatsApp tries to deliver a message, after which it drops it without a word: AUTHENTICATION "
        "30 to 900, UTILITY 30 to 43200, MARKETING 43200 to 2592000; -1 stands for 30 days in the first two. "
        "null: as WhatsApp does by itself. For MARKETING it counts by the Marketing Messages API only."
    )
    return serializers.IntegerField(
        allow_null=True, required=False, min_value=-1, max_value=2_592_000, help_text=about, **more
    )


def _card_file_ids(**more: Any) -> serializers.ListField:
    """Samples of a carousel's cards, by place."""
    one = serializers.UUIDField(allow_null=True)
    about = "Uploads that become the samples of the cards, in order; null for a card without one."
    return serializers.ListField(child=one, max_length=10, required=False, help_text=about, **more)


# ---------------------------------------------------------------- the list


class TemplateQuery(PageQuery):
    """Filters combine."""

    channel = serializers.UUIDField(required=False, help_text="By default of every account.")
    q = serializers.CharField(required=False, max_length=200, help_text="Words of the name.")
    status = serializers.CharField(
        required=False,
        max_length=24,
        help_text="One status, or `sendable`: approved ones and those that are held for a while. By default "
        "all but deleted ones.",
    )
    category = serializers.ChoiceField(CATEGORIES, required=False)
    language = serializers.ChoiceField(LANGUAGES, required=False)


class TemplateDraftBody(Body):
    """A template as it is written. header_file_id: an upload that becomes the sample of the header."""

    channel_id = serializers.UUIDField()
    name = serializers.CharField(max_length=512)
    language = serializers.ChoiceField(LANGUAGES)
    category = serializers.ChoiceField(CATEGORIES)
    components = serializers.ListField(child=serializers.DictField(), max_length=20)
    header_file_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    card_file_ids = _card_file_ids(default=list)
    send_ttl_s = _send_ttl_s(default=None)


EXAMPLE = {
    "channel_id": "01985f5e-7c1b-7f3a-9a3e-2f4b6c8d0e1f",
    "name": "order_ready",
    "language": "en_GB",
    "category": "UTILITY",
    "components": [
        {
            "type": "BODY",
            "text": "Hello {{1}}, your order {{2}} is ready to be picked up.",
            "example": {"body_text": [["Ada", "7781"]]},
        }
    ],
}


class Templates(TemplateEndpoint):
    """/templates"""

    scopes = {"GET": READ, "POST": WRITE}

    @call("list_templates", "List templates by name", query=TemplateQuery, gives=ListOf(wire.Template))
    def get(self, request: Request) -> Json:
        wanted = dict(self.query)
        paging = {name: wanted.pop(name) for name in ("limit", "after") if name in wanted}
        if channel := wanted.get("channel"):
            _channels().get(id=channel)
        rows = TemplateFilter(search=wanted.pop("q", ""), **wanted).rows()
        page: Page[Template] = BY_NAME.page(rows, **paging)
        return page.shape([template_shape(row) for row in page.rows])

    @call(
        "draft_template",
        "Write a template",
        about="A draft: WhatsApp hears of it when it is submitted.",
        body=TemplateDraftBody,
        gives=wire.Template,
        status=201,
        refuses=["conflict"],
        example=EXAMPLE,
    )
    def post(self, request: Request) -> wire.Template:
        fields = dict(self.body)
        channel = _referred(_channels(), fields.pop("channel_id"), "/channel_id")
        sample, cards = _sample(fields.pop("header_file_id")), _samples(fields.pop("card_file_ids"))
        account = template_account(channel)
        made = draft_template(account=account, by=self.author, header_file=sample, card_files=cards, **fields)
        return template_shape(made)


# ---------------------------------------------------------------- one of them


class TemplateChangeBody(Body):
    """What is left out stays as it is. version: refuse when somebody has saved since."""

    name = serializers.CharField(required=False, max_length=512)
    language = serializers.ChoiceField(LANGUAGES, required=False)
    category = serializers.ChoiceField(CATEGORIES, required=False)
    components = serializers.ListField(child=serializers.DictField(), max_length=20, required=False)
    header_file_id = serializers.UUIDField(required=False, allow_null=True)
    card_file_ids = _card_file_ids()
    send_ttl_s = _send_ttl_s()
    version = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class TemplateOne(TemplateEndpoint):
    """/templates/{id}"""

    scopes = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}

    @call("get_template", "Read a template", gives=wire.Template)
    def get(self, request: Request, template_id: UUID) -> wire.Template:
        row = template_rows().get(id=template_id)
        return {**template_shape(row), "uses": _uses(row)}

    @call(
        "change_template",
        "Change a template",
        about="What is in use stays in use until the change is submitted and approved.",
        body=TemplateChangeBody,
        gives=wire.Template,
        refuses=["conflict"],
        example={"components": EXAMPLE["components"]},
    )
    def patch(self, request: Request, template_id: UUID) -> wire.Template:
        row = template_rows().get(id=template_id)
        fields = dict(self.body)
        sample = _sample(fields.pop("header_file_id")) if "header_file_id" in fields else row.header_file
        now = row.draft or content_of(row)
        given = fields.pop("card_file_ids", None)
        cards = card_files_of(row) if given is None else _samples(given)
        fields = {name: now.get(name) for name in ("category", "components", "send_ttl_s")} | fields
        changed = change_template(
            template=row, by=self.author, header_file=sample, card_files=cards, **fields
        )
        return template_shape(changed)

    @call(
        "delete_template",
        "Delete a template",
        about="A draft is gone at once; what WhatsApp knows is deleted there first, in a moment.",
        gives=wire.Template,
        refuses=["conflict"],
    )
    def delete(self, request: Request, template_id: UUID) -> wire.Template:
        row = template_rows().get(id=template_id)
        before, uses = template_shape(row), _uses(row)
        left = delete_template(template=row, by=self.author)
        gone: wire.Template = template_shape(left) if left else {**before, "status": "DELETED"}
        return {**gone, "uses": uses}


def _uses(row: Template) -> list[str]:
    return [use.name for use in uses_of(row)]


class Submission(TemplateEndpoint):
    """/templates/{id}/submission"""

    scopes = {"POST": WRITE}

    @call(
        "submit_template",
        "Submit a template to WhatsApp",
        about="Refused with every fault when WhatsApp would refuse it. A review takes minutes to a day.",
        gives=wire.Template,
        status=202,
        refuses=["conflict"],
    )
    def post(self, request: Request, template_id: UUID) -> wire.Template:
        return template_shape(submit_template(template=template_rows().get(id=template_id), by=self.author))


class Release(TemplateEndpoint):
    """/templates/{id}/release"""

    scopes = {"POST": WRITE}

    @call(
        "unpause_template",
        "Ask WhatsApp to let a paused template go on",
        about="WhatsApp may refuse: then `work_error` says why, and the pause ends by itself.",
        gives=wire.Template,
        status=202,
        refuses=["conflict"],
    )
    def post(self, request: Request, template_id: UUID) -> wire.Template:
        row = template_rows().get(id=template_id)
        return template_shape(unpause_template(template=row, by=self.author))


class TemplateCopyBody(Body):
    """The copy's name and language; the name is the same when left out."""

    name = serializers.CharField(required=False, max_length=512)
    language = serializers.ChoiceField(LANGUAGES)


class Copies(TemplateEndpoint):
    """/templates/{id}/copies"""

    scopes = {"POST": WRITE}

    @call(
        "copy_template",
        "Copy a template",
        body=TemplateCopyBody,
        gives=wire.Template,
        status=201,
        refuses=["conflict"],
        example={"language": "pt_BR"},
    )
    def post(self, request: Request, template_id: UUID) -> wire.Template:
        row = template_rows().get(id=template_id)
        name = self.body.get("name", row.name)
        copy = copy_template(template=row, by=self.author, name=name, language=self.body["language"])
        return template_shape(copy)


# ---------------------------------------------------------------- checks and syncs


class TemplateCheckBody(Body):
    """A template as it is written."""

    name = serializers.CharField(max_length=600)
    language = serializers.CharField(max_length=16)
    category = serializers.CharField(max_length=20)
    components = serializers.ListField(child=serializers.DictField(), max_length=20)
    send_ttl_s = _send_ttl_s(default=None)


class Checks(TemplateEndpoint):
    """/templates/checks"""

    scopes = {"POST": READ}

    @call(
        "check_template",
        "Check a template by WhatsApp's rules",
        body=TemplateCheckBody,
        gives=ListOf(wire.TemplateFinding, is_whole=True),
        example={name: value for name, value in EXAMPLE.items() if name != "channel_id"},
    )
    def post(self, request: Request) -> Json:
        return {"data": [_finding(found) for found in check(Draft(**self.body))]}


def _finding(found: Finding) -> wire.TemplateFinding:
    return {"where": found.where, "what": found.what, "fix": found.fix, "severity": found.severity}


class TemplateSyncBody(Body):
    """Whose templates; of every account by default."""

    channel_id = serializers.UUIDField(required=False)


class Syncs(TemplateEndpoint):
    """/templates/syncs"""

    scopes = {"GET": READ, "POST": WRITE}

    @call(
        "list_template_syncs",
        "See how reading WhatsApp's list goes",
        gives=ListOf(wire.TemplateSync, is_whole=True),
    )
    def get(self, request: Request) -> Json:
        rows = TemplateAccount.objects.order_by("id")
        return {"data": [account_shape(row) for row in rows]}

    @call(
        "sync_templates",
        "Read WhatsApp's list again",
        about="It is read every few hours anyway, and WhatsApp tells of changes.",
        body=TemplateSyncBody,
        gives=ListOf(wire.TemplateSync, is_whole=True),
        status=202,
        example={},
    )
    def post(self, request: Request) -> Json:
        if "channel_id" in self.body:
            channels = [_referred(_channels(), self.body["channel_id"], "/channel_id")]
        else:
            channels = [row for row in _channels().order_by("id") if row.config.get("waba_id")]
        accounts = {account.id: account for account in map(template_account, channels)}
        return {"data": [account_shape(request_sync(account=row)) for row in accounts.values()]}
