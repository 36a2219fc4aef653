"""/campaigns: one type to many people."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import Endpoint, call
from common.api.fields import NearTimeField, OneOf
from common.api.parameters import Body, PageQuery
from common.api.schema import ListOf
from common.logs import request_id
from common.wire import Json
from notifications import campaign_wire as wire
from notifications.api.sending import EXAMPLE as SEND_EXAMPLE
from notifications.api.sending import author_of, sees_personal
from notifications.campaign_shapes import campaign_shape, preview_shape, row_shape
from notifications.models import Campaign, CampaignState, Category, NotificationType
from notifications.operations.campaigns import (
    PACE,
    CampaignRefused,
    create_campaign,
    pause_campaign,
    reschedule_campaign,
    resume_campaign,
    set_columns,
    start_campaign,
    stop_campaign,
)
from notifications.queries.campaigns import (
    ROW_STATES,
    campaign_page,
    campaigns,
    counts_of,
    funnel_of,
    row_page,
    samples_of,
)
from notifications.queries.costs import campaign_cost
from notifications.queries.estimates import estimate

READ, MANAGE = "notifications:read", "notifications:manage"
ROWS_MAX = 10_000
FILE_MAX = 3_000_000
EXAMPLE = {
    "name": "Payments of last night",
    "type": "fraud_alert",
    "rows": [
        {"to": {"phone": "+447700900123", "name": "Amara Okafor"}, "data": SEND_EXAMPLE["data"]},
        {
            "to": {"phone": "+351912345678", "external_id": "crm-4711"},
            "data": {**SEND_EXAMPLE["data"], "first_name": "Inês", "card_end": "2210"},
            "language": "pt-BR",
        },
    ],
    "per_minute": 600,
}


class SegmentBody(Body):
    """People by what is known of them; all of it holds at once, and nothing means everybody."""

    label = serializers.CharField(required=False, max_length=60)  # type: ignore[assignment]
    thread_label = serializers.CharField(
        required=False, max_length=60, help_text="A conversation of theirs, open or closed, has this label."
    )
    language = serializers.CharField(required=False, max_length=16)
    consent = OneOf(Category.values, required=False, help_text="They said yes to this.")
    address = serializers.CharField(
        required=False, max_length=32, help_text="They have an address of this kind."
    )
    attribute = serializers.CharField(required=False, max_length=60, help_text="They have this attribute,")
    value = serializers.CharField(required=False, max_length=200, help_text="with this value.")
    heard_days = serializers.IntegerField(required=False, min_value=1, max_value=3650)
    silent_days = serializers.IntegerField(required=False, min_value=1, max_value=3650)


class CampaignBody(Body):
    """A campaign from one of `rows`, `csv` and `segment`."""

    name = serializers.CharField(max_length=120)
    type = serializers.CharField(max_length=64, help_text="Key of a published type.")
    rows = serializers.ListField(
        child=serializers.JSONField(allow_null=True), required=False, min_length=1, max_length=ROWS_MAX,
        help_text="Each {to, data, language?} as in `POST /notifications`; bad ones are listed, not refused.",
    )  # fmt: skip
    csv = serializers.CharField(
        required=False, max_length=FILE_MAX, trim_whitespace=False,
        help_text="A file whose first line names the columns: phone, external_id, name, language, variables.",
    )  # fmt: skip
    columns = serializers.DictField(
        child=serializers.IntegerField(min_value=0),
        required=False,
        help_text="Field (`phone`, `data.merchant` …) → place of its column; else they are guessed.",
    )
    segment = SegmentBody(required=False)
    texts = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=2000), default=dict,
        help_text="For a segment: variable → text, with slots like {{first_name}} or an attribute's.",
    )  # fmt: skip
    per_minute = serializers.IntegerField(default=600, min_value=PACE[0], max_value=PACE[1])
    once_each = serializers.BooleanField(default=True, help_text="Of two rows for one person the first goes.")
    expires_at = serializers.DateTimeField(
        allow_null=True, default=None, help_text="Nobody is begun with later."
    )

    def validate(self, attrs: Any) -> Any:
        if len({"rows", "csv", "segment"} & set(attrs)) != 1:
            raise serializers.ValidationError("Give one of rows, csv and segment.")
        if "columns" in attrs and "csv" not in attrs:
            raise serializers.ValidationError({"columns": "Only a csv has columns."})
        if attrs["texts"] and "segment" not in attrs:
            raise serializers.ValidationError({"texts": "Only the people of a segment get these."})
        return attrs


class CampaignQuery(PageQuery):
    """Filters."""

    state = OneOf(CampaignState.values, required=False)


class RowQuery(PageQuery):
    """Filters."""

    state = OneOf(sorted(ROW_STATES), required=False)


def whole_shape(campaign_id: UUID) -> wire.Campaign:
    """A campaign with its counts and funnel. Raises Campaign.DoesNotExist."""
    row: Campaign = campaigns().get(id=campaign_id)
    cost = campaign_cost(row) if row.is_launched else None
    return campaign_shape(row, counts=counts_of(row), funnel=funnel_of(row), cost=cost)


class Campaigns(Endpoint):
    """/campaigns"""

    scopes = {"GET": READ, "POST": MANAGE}

    @call("list_campaigns", "List campaigns, newest first", query=CampaignQuery, gives=ListOf(wire.Campaign))
    def get(self, request: Request) -> Json:
        page = campaign_page(**self.query)
        return page.shape([campaign_shape(row) for row in page.rows])

    @call(
        "create_campaign",
        "Prepare a campaign",
        about="Every row is checked in the background by the rules of `POST /notifications`; when `state` is "
        "`ready`, look at `counts` and the preview, then start it. Nothing is sent before.",
        body=CampaignBody,
        gives=wire.Campaign,
        status=201,
        refuses=["campaign_invalid"],
        example=EXAMPLE,
    )
    def post(self, request: Request) -> wire.Campaign:
        asked = dict(self.body)
        named = NotificationType.objects.select_related("current").filter(key=asked.pop("type")).first()
        if named is None:
            raise CampaignRefused(("type", "There is no type with this key."))
        columns, csv = asked.pop("columns", None), asked.pop("csv", None)
        made = create_campaign(
            named=named,
            by=author_of(self.principal),
            file=io.BytesIO(csv.encode()) if csv is not None else None,
            filename="rows.csv" if csv is not None else "",
            items=asked.pop("rows", None),
            request_id=request_id.get() or "",
            **asked,
        )
        if csv is not None:
            set_columns(campaign=made, columns=made.columns if columns is None else columns)
        return whole_shape(made.id)


class CampaignOne(Endpoint):
    """/campaigns/{id}"""

    scopes = {"GET": READ}

    @call("get_campaign", "Read a campaign with its counts and funnel", gives=wire.Campaign)
    def get(self, request: Request, campaign_id: UUID) -> wire.Campaign:
        return whole_shape(campaign_id)


class CampaignPreviewed(Endpoint):
    """/campaigns/{id}/preview"""

    scopes = {"GET": MANAGE}

    @call(
        "preview_campaign",
        "Three recipients at random, the counts and the cost",
        gives=wire.CampaignPreview,
    )
    def get(self, request: Request, campaign_id: UUID) -> wire.CampaignPreview:
        row: Campaign = campaigns().get(id=campaign_id)
        counts = counts_of(row)
        samples = samples_of(row, personal=sees_personal(self.principal))
        return preview_shape(counts, samples, estimate(row))


class CampaignRows(Endpoint):
    """/campaigns/{id}/rows"""

    scopes = {"GET": READ}

    @call(
        "list_campaign_rows",
        "List the recipients, each with what became of it",
        query=RowQuery,
        gives=ListOf(wire.CampaignRow),
    )
    def get(self, request: Request, campaign_id: UUID) -> Json:
        campaign: Campaign = campaigns().get(id=campaign_id)
        page, personal = row_page(campaign, **self.query), sees_personal(self.principal)
        variables = campaign.version.variables
        return page.shape([row_shape(row, variables, personal=personal) for row in page.rows])


class StartBody(Body):
    """When, how fast, and to how many you expect it to go."""

    recipients = serializers.IntegerField(
        required=False, min_value=0, help_text="`counts.goes`; another number is refused."
    )
    per_minute = serializers.IntegerField(required=False, min_value=PACE[0], max_value=PACE[1])
    send_at = NearTimeField(
        allow_null=True, default=None, help_text="Within a year; a time that is over: now."
    )
    expires_at = serializers.DateTimeField(allow_null=True, default=None)


class CampaignStart(Endpoint):
    """/campaigns/{id}/start"""

    scopes = {"POST": MANAGE}

    @call(
        "start_campaign",
        "Start a campaign, now or at a time",
        about="The people of a segment are chosen at that moment and stay the same from then on.",
        body=StartBody,
        gives=wire.Campaign,
        refuses=["campaign_invalid", "campaign_state"],
        example={"recipients": 2},
    )
    def post(self, request: Request, campaign_id: UUID) -> wire.Campaign:
        asked = {"recipients": None} | self.body
        start_campaign(campaign=Campaign.objects.get(id=campaign_id), by=author_of(self.principal), **asked)
        return whole_shape(campaign_id)


class ScheduleBody(Body):
    """When it begins instead."""

    send_at = NearTimeField(allow_null=True, help_text="Within a year; null: now.")


class CampaignSchedule(Endpoint):
    """/campaigns/{id}/schedule"""

    scopes = {"PUT": MANAGE}

    @call(
        "reschedule_campaign",
        "Change when a scheduled campaign begins",
        about="Only while it waits for its time. To begin never, stop it.",
        body=ScheduleBody,
        gives=wire.Campaign,
        refuses=["campaign_invalid", "campaign_state"],
        example={"send_at": "2026-12-07T09:00:00Z"},
    )
    def put(self, request: Request, campaign_id: UUID) -> wire.Campaign:
        row = Campaign.objects.get(id=campaign_id)
        reschedule_campaign(campaign=row, by=author_of(self.principal), send_at=self.body["send_at"])
        return whole_shape(campaign_id)


class CampaignPause(Endpoint):
    """/campaigns/{id}/pause"""

    scopes = {"PUT": MANAGE, "DELETE": MANAGE}

    @call("pause_campaign", "Pause a campaign", gives=wire.Campaign, refuses=["campaign_state"])
    def put(self, request: Request, campaign_id: UUID) -> wire.Campaign:
        pause_campaign(campaign=Campaign.objects.get(id=campaign_id), by=author_of(self.principal))
        return whole_shape(campaign_id)

    @call("resume_campaign", "Resume a paused campaign", gives=wire.Campaign, refuses=["campaign_state"])
    def delete(self, request: Request, campaign_id: UUID) -> wire.Campaign:
        resume_campaign(campaign=Campaign.objects.get(id=campaign_id), by=author_of(self.principal))
        return whole_shape(campaign_id)


class CampaignStop(Endpoint):
    """/campaigns/{id}/stop"""

    scopes = {"POST": MANAGE}

    @call(
        "stop_campaign",
        "Stop a campaign for good",
        about="Nobody more is begun with; what has not left is taken back. Again changes nothing.",
        gives=wire.Campaign,
        refuses=["campaign_state"],
    )
    def post(self, request: Request, campaign_id: UUID) -> wire.Campaign:
        stop_campaign(campaign=Campaign.objects.get(id=campaign_id), by=author_of(self.principal))
        return whole_shape(campaign_id)
