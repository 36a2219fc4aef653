"""What can be said in a message: the fields every call that sends one shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import phonenumbers
from django.db.models import QuerySet
from rest_framework import serializers

from common.api.parameters import Body
from common.ids import uuid7
from common.wire import Json
from inbox.api.endpoint import referred, uploaded
from inbox.models import Channel, Message

#: Kinds beside those that text, files and templates make by themselves.
SPOKEN = ("text", "location", "contacts", "interactive")
TEXT_MAX = 65_536
FILES_MAX = 10


class TemplateBody(Body):
    """A template the provider has approved, with its values."""

    name = serializers.CharField(max_length=512)
    language = serializers.CharField(max_length=16, help_text="As the provider writes it: en, pt_BR.")
    components = serializers.ListField(child=serializers.DictField(), default=list, max_length=20)


class MessageBody(Body):
    """Text, files, a template, or a kind with its content."""

    text = serializers.CharField(
        default="", allow_blank=True, trim_whitespace=False, max_length=TEXT_MAX, help_text="Plain text."
    )
    client_ref = serializers.CharField(
        required=False, max_length=80, help_text="Your own id; the same one again answers the first message."
    )
    channel_id = serializers.UUIDField(
        allow_null=True, default=None, help_text="By default the channel the customer used last."
    )
    reply_to = serializers.UUIDField(
        allow_null=True, default=None, help_text="Id of the message this one quotes."
    )
    attachment_ids = serializers.ListField(
        child=serializers.UUIDField(),
        default=list,
        max_length=FILES_MAX,
        help_text="Uploaded files, in order.",
    )
    template = TemplateBody(allow_null=True, default=None)
    kind = serializers.ChoiceField(SPOKEN, allow_null=True, default=None, help_text="With `content`.")
    content = serializers.DictField(allow_null=True, default=None, help_text="What `kind` needs.")


class ReplyBody(MessageBody):
    """A message into a conversation the writer has seen."""

    seen_message_id = serializers.UUIDField(
        allow_null=True,
        default=None,
        help_text="Newest message the writer has seen. When a colleague answered after it, nothing is sent.",
    )


def said(body: Mapping[str, Any], quotable: QuerySet[Message]) -> Json:
    """The arguments of ``reply`` in a MessageBody. quotable: the messages it may quote.

    Raises Problem with the pointer of what is not there.
    """
    return {
        "text": body["text"],
        "client_ref": body.get("client_ref") or str(uuid7()),
        "channel": referred(Channel.objects.all(), body["channel_id"], "/channel_id"),
        "reply_to": referred(quotable, body["reply_to"], "/reply_to"),
        "attachments": uploaded(body["attachment_ids"]),
        "template": body["template"],
        "kind": body["kind"],
        "content": body["content"],
    }


class PhoneField(serializers.CharField):
    """A phone number with its country code, in any spelling; becomes E.164."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data).strip()
        try:
            number = phonenumbers.parse(text if text.startswith(("+", "00")) else f"+{text}", None)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise serializers.ValidationError("Write the number with its country code, like +447700900123.")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class ToBody(Body):
    """A customer we know, or an address: exactly one of `customer_id`, `phone`, or `kind` with `value`.

    A plain string is a phone number.
    """

    customer_id = serializers.UUIDField(required=False)
    phone = PhoneField(required=False, max_length=40, help_text="With its country code.")
    kind = serializers.CharField(required=False, max_length=32, help_text="Kind of address.")
    value = serializers.CharField(required=False, max_length=320, help_text="The address itself.")

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value({"phone": data} if isinstance(data, str) else data)

    def validate(self, attrs: Any) -> Any:
        ways = (set(attrs) == {"customer_id"}, set(attrs) == {"phone"}, set(attrs) == {"kind", "value"})
        if not any(ways):
            raise serializers.ValidationError("Give exactly one of customer_id, phone, or kind with value.")
        return attrs


class OpeningBody(MessageBody):
    """A message to a customer, known or not."""

    to = ToBody()
    name = serializers.CharField(
        default="", allow_blank=True, max_length=200, help_text="What to call a customer not known yet."
    )


def customer_of(to: Mapping[str, Any]) -> UUID | None:
    """The customer a ToBody names by id."""
    found: UUID | None = to.get("customer_id")
    return found
