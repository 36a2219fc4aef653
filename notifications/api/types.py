"""/notification_types: drafts, versions, publication, differences, and the starter set."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import Endpoint, call
from common.api.fields import OneOf
from common.api.parameters import Body, PageQuery, Query
from common.api.problems import Problem
from common.api.schema import ListOf
from common.wire import Json
from notifications import wire
from notifications.api.sending import author_of
from notifications.models import Category, NotificationType, TypeVersion
from notifications.operations import types as operations
from notifications.operations.starter import install_starter, starters
from notifications.queries.types import differences, draft_of, figures, find_type, type_page, versions_of
from notifications.shapes import LANE_OF, type_shape, version_said, version_shape

READ, MANAGE = "notifications:read", "notifications:manage"
NUMBER_MAX = 2**31 - 1
TYPE_EXAMPLE = {"key": "parcel_here", "name": "Parcel is here", "category": "utility"}
DRAFT_EXAMPLE = {
    "variables": [{"name": "shop", "type": "text", "required": True, "example": "Baker Street 12"}],
    "contents": {"sms": {"en": {"text": "Your parcel waits at {{shop}}."}}},
    "ladder": [{"channel": "sms", "reach": "delivered", "patience_s": 600}],
    "ttl_s": 86400,
}


class TypeQuery(PageQuery):
    """Filters combine."""

    q = serializers.CharField(required=False, max_length=100, help_text="Part of the key or name.")
    category = OneOf(Category.values, required=False)
    archived = serializers.BooleanField(default=False, help_text="Only archived ones.")


class DraftBody(Body):
    """What a version says, field by field; those left out stay. The shapes are in docs/wire.md."""

    variables = serializers.ListField(child=serializers.JSONField(), required=False, max_length=60)
    contents = serializers.DictField(child=serializers.JSONField(), required=False)
    ladder = serializers.ListField(child=serializers.JSONField(), required=False, max_length=8)
    actions = serializers.ListField(child=serializers.JSONField(), required=False, max_length=10)
    ttl_s = serializers.IntegerField(required=False, help_text="Void after so many seconds.")
    quiet_hours = OneOf(["obey", "pass"], required=False)
    dedupe_window_s = serializers.IntegerField(required=False)
    throttle = serializers.JSONField(required=False, allow_null=True, help_text="{count, per_s} or null.")
    digest = serializers.JSONField(required=False, allow_null=True, help_text="{window_s} or null.")
    lane = OneOf(list(LANE_OF), required=False)
    fallback_language = serializers.CharField(required=False, max_length=16)

    def validate(self, attrs: Any) -> Any:
        return attrs | ({"lane": LANE_OF[attrs["lane"]]} if "lane" in attrs else {})


class EditBody(DraftBody):
    """An edit of the draft."""

    revision = serializers.IntegerField(required=False, max_value=NUMBER_MAX, help_text="The one you saw.")


class TypeBody(DraftBody):
    """A new type and its first draft."""

    key = serializers.CharField(max_length=64)
    name = serializers.CharField(max_length=120)
    category = OneOf(Category.values)
    mandatory = serializers.BooleanField(default=False)


class ChangeBody(Body):
    """What a type is called, and whether it is in use."""

    name = serializers.CharField(required=False, max_length=120)
    category = OneOf(Category.values, required=False)
    mandatory = serializers.BooleanField(required=False)
    archived = serializers.BooleanField(required=False)


class PublishBody(Body):
    """Which version; by default the draft."""

    version = serializers.IntegerField(
        required=False, min_value=1, max_value=NUMBER_MAX, help_text="To roll back."
    )
    revision = serializers.IntegerField(
        required=False, max_value=NUMBER_MAX, help_text="Of the draft you saw."
    )


def type_answer(key: str) -> wire.NotificationType:
    """The type as it is now. Raises NotificationType.DoesNotExist."""
    named = find_type(key)
    return type_shape(named, figures([named])[named.id])


class Types(Endpoint):
    """/notification_types"""

    scopes = {"GET": READ, "POST": MANAGE}

    @call(
        "list_notification_types",
        "List types of notification, newest first",
        query=TypeQuery,
        gives=ListOf(wire.NotificationType),
    )
    def get(self, request: Request) -> Json:
        page = type_page(**self.query)
        counts = figures(page.rows)
        return page.shape([type_shape(row, counts[row.id]) for row in page.rows])

    @call(
        "create_notification_type",
        "Make a type of notification",
        body=TypeBody,
        gives=wire.NotificationType,
        status=201,
        refuses=["version_invalid", "conflict"],
        example=TYPE_EXAMPLE,
    )
    def post(self, request: Request) -> wire.NotificationType:
        return type_answer(operations.create_type(by=author_of(self.principal), **self.body).key)


class TypeOne(Endpoint):
    """/notification_types/{key}"""

    scopes = {"GET": READ, "PATCH": MANAGE}

    @call("get_notification_type", "Read a type of notification", gives=wire.NotificationType)
    def get(self, request: Request, key: str) -> wire.NotificationType:
        return type_answer(key)

    @call(
        "change_notification_type",
        "Rename, archive or restore a type",
        body=ChangeBody,
        gives=wire.NotificationType,
        example={"name": "Your parcel is here"},
    )
    def patch(self, request: Request, key: str) -> wire.NotificationType:
        named, by, fields = find_type(key), author_of(self.principal), dict(self.body)
        archived = fields.pop("archived", None)
        if fields:
            operations.change_type(named=named, by=by, **fields)
        if archived is not None:
            operations.archive_type(named=named, by=by, archived=archived)
        return type_answer(key)


class Versions(Endpoint):
    """/notification_types/{key}/versions"""

    scopes = {"GET": READ}

    @call(
        "list_notification_versions",
        "List the versions of a type, newest first",
        gives=ListOf(wire.NotificationVersion, is_whole=True),
    )
    def get(self, request: Request, key: str) -> Json:
        named = find_type(key)
        return {"data": [version_shape(row, current_id=named.current_id) for row in versions_of(named)]}


class Draft(Endpoint):
    """/notification_types/{key}/draft"""

    scopes = {"GET": READ, "PATCH": MANAGE, "DELETE": MANAGE}

    @call("get_notification_draft", "Read the draft of a type", gives=wire.NotificationVersion)
    def get(self, request: Request, key: str) -> wire.NotificationVersion:
        draft = draft_of(find_type(key))
        if draft is None:
            raise Problem("not_found", "There is no draft of this type.")
        return version_shape(draft)

    @call(
        "edit_notification_draft",
        "Edit the draft of a type, or begin one",
        body=EditBody,
        gives=wire.NotificationVersion,
        refuses=["version_invalid", "conflict"],
        example=DRAFT_EXAMPLE,
    )
    def patch(self, request: Request, key: str) -> wire.NotificationVersion:
        draft = operations.save_draft(named=find_type(key), by=author_of(self.principal), **self.body)
        return version_shape(draft)

    @call("discard_notification_draft", "Drop the draft of a type", status=204)
    def delete(self, request: Request, key: str) -> None:
        operations.discard_draft(named=find_type(key), by=author_of(self.principal))


class Publication(Endpoint):
    """/notification_types/{key}/publication"""

    scopes = {"POST": MANAGE}

    @call(
        "publish_notification_type",
        "Publish the draft, or roll back to an earlier version",
        about="New notifications use it; those accepted before keep theirs.",
        body=PublishBody,
        gives=wire.NotificationType,
        refuses=["version_invalid", "nothing_to_publish", "conflict", "needs_second_person"],
    )
    def post(self, request: Request, key: str) -> wire.NotificationType:
        named, by = find_type(key), author_of(self.principal)
        if "version" in self.body:
            operations.roll_back(named=named, number=self.body["version"], by=by)
        else:
            operations.publish_draft(named=named, by=by, revision=self.body.get("revision"))
        return type_answer(key)


class DifferenceQuery(Query):
    """Two versions by their numbers."""

    before = serializers.IntegerField(min_value=1, max_value=NUMBER_MAX)
    after = serializers.IntegerField(min_value=1, max_value=NUMBER_MAX)


class Differences(Endpoint):
    """/notification_types/{key}/differences"""

    scopes = {"GET": READ}

    @call(
        "compare_notification_versions",
        "Compare two versions of a type",
        query=DifferenceQuery,
        gives=ListOf(wire.VersionDifference, is_whole=True),
    )
    def get(self, request: Request, key: str) -> Json:
        named = find_type(key)
        sides = [_version(named, self.query[name]) for name in ("before", "after")]
        found = differences(version_said(sides[0]), version_said(sides[1]))
        return {"data": [{"pointer": one.pointer, "before": one.before, "after": one.after} for one in found]}


def _version(named: NotificationType, number: int) -> TypeVersion:
    row: TypeVersion = versions_of(named).get(number=number)
    return row


class Starters(Endpoint):
    """/notification_starters"""

    scopes = {"GET": READ}

    @call(
        "list_notification_starters",
        "List the types that can be installed at once",
        gives=ListOf(wire.StarterType, is_whole=True),
    )
    def get(self, request: Request) -> Json:
        have = set(NotificationType.objects.filter(key__in=starters()).values_list("key", flat=True))
        return {"data": [_starter(one, have) for one in starters().values()]}


def _starter(one: Json, have: set[str]) -> wire.StarterType:
    return {
        "key": one["key"],
        "name": one["name"]["en"],
        "category": one["category"],
        "languages": sorted(one["name"]),
        "installed": one["key"] in have,
    }


class StarterOne(Endpoint):
    """/notification_starters/{key}"""

    scopes = {"POST": MANAGE}

    @call(
        "install_notification_starter",
        "Install a type of the starter set",
        about="It is published at once where the connected channels allow it, else it is a draft.",
        gives=wire.NotificationType,
        status=201,
        refuses=["conflict"],
    )
    def post(self, request: Request, key: str) -> wire.NotificationType:
        return type_answer(install_starter(key, by=author_of(self.principal)).key)
