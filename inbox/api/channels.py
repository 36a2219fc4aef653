"""/channels: connected accounts of providers."""

from __future__ import annotations

from uuid import UUID

from django.forms import Form, PasswordInput
from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.pages import BY_ID, Page
from common.api.parameters import Body, PageQuery
from common.api.problems import Fault, Problem
from common.api.schema import ListOf
from common.wire import Json, stamp
from inbox.api.endpoint import InboxEndpoint, referred
from inbox.channel_wire import ConnectedChannel
from inbox.channels import adapter_for, adapters
from inbox.models import Channel, Inbox
from inbox.operations.app_secrets import old_secret_ends
from inbox.operations.channels import (
    change_channel,
    channel_secrets,
    connect_channel,
    webhook_url,
)
from inbox.shapes import channel_shape

READ, WRITE = "channels:read", "channels:write"
KINDS = sorted(adapters())


def connected(*channels: Channel) -> list[ConnectedChannel]:
    """Channels with the address their provider must post to, and how their secrets stand."""
    ends = old_secret_ends(channels)
    return [
        {
            **channel_shape(channel),
            "webhook_url": webhook_url(channel),
            "old_secret_ends_at": stamp(ends.get(channel.id)),
        }
        for channel in channels
    ]


def checked(kind: str, given: Json) -> Json:
    """Name, external_id, config, secrets and base_url as the kind's connect form wants them; what it does not
    know is kept. Raises Problem with a pointer to each wrong field."""
    flat = {**given["config"], **given["secrets"], **{name: given[name] for name in _PLAIN}}
    form = adapter_for(kind).connect_form(data=flat)
    if not form.is_valid():
        faults = [
            Fault(_pointer(form, name, given), str(error))
            for name, errors in form.errors.items()
            for error in errors
        ]
        raise Problem("validation_failed", errors=faults)
    found = form.cleaned_data
    return {
        **{name: found[name] for name in _PLAIN},
        "config": {**given["config"], **found["config"]},
        "secrets": {**given["secrets"], **found["secrets"]},
    }


_PLAIN = ("name", "external_id", "base_url")


def _pointer(form: Form, name: str, given: Json) -> str:
    if name in _PLAIN:
        return f"/{name}"
    is_secret = name in given["secrets"] or isinstance(form.fields[name].widget, PasswordInput)
    return f"/secrets/{name}" if is_secret else f"/config/{name}"


class ChannelBody(Body):
    """config and secrets: by kind, as the connect page names them."""

    kind = serializers.ChoiceField(KINDS)
    name = serializers.CharField(max_length=120)
    external_id = serializers.CharField(max_length=200, help_text="The provider's id of the account.")
    config = serializers.DictField(default=dict)
    secrets = serializers.DictField(child=serializers.CharField(max_length=2_000), default=dict)
    base_url = serializers.CharField(
        default="", allow_blank=True, max_length=400, help_text="Of the provider's API; by default its own."
    )
    inbox_id = serializers.UUIDField(allow_null=True, default=None)


class Channels(InboxEndpoint):
    """/channels"""

    scopes = {"GET": READ, "POST": WRITE}

    @call("list_channels", "List channels", query=PageQuery, gives=ListOf(ConnectedChannel))
    def get(self, request: Request) -> Json:
        page: Page[Channel] = BY_ID.page(Channel.objects.all(), **self.query)
        return page.shape(connected(*page.rows))

    @call(
        "connect_channel",
        "Connect an account of a provider",
        about="Give `webhook_url` of the answer to the provider. Secrets are kept encrypted and never shown.",
        body=ChannelBody,
        gives=ConnectedChannel,
        status=201,
        refuses=["channel_taken"],
        example={
            "kind": next(iter(KINDS), ""),
            "name": "Support",
            "external_id": "318840571926604",
            "config": {"waba_id": "102290129340398", "display_phone_number": "+44 7700 900201"},
            "secrets": {"app_secret": "…", "access_token": "…", "verify_token": "…"},
        },
    )
    def post(self, request: Request) -> ConnectedChannel:
        fields = dict(self.body)
        kind, inbox_id = fields.pop("kind"), fields.pop("inbox_id")
        inbox = referred(Inbox.objects.all(), inbox_id, "/inbox_id")
        fields = checked(kind, fields)
        return connected(connect_channel(kind=kind, inbox=inbox, by=self.author, **fields))[0]


class ChannelChangeBody(Body):
    """What is left out stays as it is; a new app_secret is taken beside the old one, which then ends.

    old_secret_ends_at: in a week when left out; a time that is past ends it at once."""

    name = serializers.CharField(required=False, max_length=120)
    is_active = serializers.BooleanField(required=False)
    config = serializers.DictField(required=False)
    secrets = serializers.DictField(child=serializers.CharField(max_length=2_000), required=False)
    base_url = serializers.CharField(required=False, allow_blank=True, max_length=400)
    old_secret_ends_at = serializers.DateTimeField(required=False)


class ChannelOne(InboxEndpoint):
    """/channels/{id}"""

    scopes = {"GET": READ, "PATCH": WRITE}

    @call("get_channel", "Read a channel", gives=ConnectedChannel)
    def get(self, request: Request, channel_id: UUID) -> ConnectedChannel:
        return connected(Channel.objects.get(id=channel_id))[0]

    @call(
        "change_channel",
        "Change a channel",
        body=ChannelChangeBody,
        gives=ConnectedChannel,
        example={"is_active": False},
    )
    def patch(self, request: Request, channel_id: UUID) -> ConnectedChannel:
        channel = Channel.objects.select_for_update().get(id=channel_id)
        now = {
            "name": channel.name,
            "external_id": channel.external_id,
            "base_url": channel.base_url,
            "config": {**channel.config, **self.body.get("config", {})},
            "secrets": {**channel_secrets(channel), **self.body.get("secrets", {})},
        }
        given = {name: value for name, value in self.body.items() if name not in {"config", "secrets"}}
        fields = checked(channel.kind, now | given)
        wanted = {name: fields[name] for name in self.body if name in fields}
        if "is_active" in given:
            wanted["is_active"] = given["is_active"]
        wanted["old_secret_until"] = given.get("old_secret_ends_at")
        return connected(change_channel(channel=channel, by=self.author, **wanted))[0]
