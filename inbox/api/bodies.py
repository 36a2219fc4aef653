"""What can be said in a message: the fields every call that sends one shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from common.api.fields import PhoneField
from common.api.parameters import Body
from common.ids import uuid7
from common.wire import Json
from customers.models import Address
from inbox.api.endpoint import referred, uploaded
from inbox.models import Channel, Message
from inbox.ports import Direct

#: Kinds beside those that text, files and templates make by themselves.
SPOKEN = ("text", "location", "contacts", "interactive", "call")
CATEGORIES = ("authentication", "utility", "marketing")
TEXT_MAX = 65_536
FILES_MAX = 10
TTL_MAX_S = 2_592_000


CONTENT = """By kind; `text` is what the customer reads, and unknown fields are refused.

- `text`: `{preview_url?}`.
- `location`: `{latitude, longitude, name?, address?}`.
- `contacts`: `{contacts: [{name: {formatted_name, first_name?, last_name?, …}, phones?: [{phone, type?}],
  emails?: [{email, type?}], addresses?, org?: {company, department, title}, urls?, birthday?}]}`.
- `interactive`: `{type, …}` with `header?` (one of `{text}`, `{image: {link}}`, `{video: {link}}`,
  `{document: {link, filename?}}`; or one uploaded file in `attachment_ids`) and `footer?` where shown:
  - `buttons` (header, footer): `{buttons: [{id, title}]}`, 1 to 3.
  - `list` (text header, footer): `{button, sections: [{title?, rows: [{id, title, description?}]}]}`,
    10 rows in all.
  - `link` (header, footer): `{title, url}`.
  - `flow` (header, footer): `{flow_id, title, token?, screen?, data?, mode?: published | draft}`.
  - `product` (footer): `{catalog_id, product_id}`; `catalog` (footer): `{product_id?}`; `products`
    (text header, footer): `{catalog_id, sections: [{title, product_ids: […]}]}`.
  - `carousel`: `{cards: [{header: {image | video: {link} | {attachment_id}}, text?, link: {title, url} |
    buttons: [{id, title}]}]}`, 2 to 10 cards that look alike.
  - `location_request`, `contact_request`, `call_request`: nothing more; `address_request`: `{country,
    values?, saved_addresses?}`; `call` (footer): `{title, ttl_min?, payload?}`.
"""


class TemplateBody(Body):
    """A template the provider has approved, with its values."""

    name = serializers.CharField(max_length=512)
    language = serializers.CharField(max_length=16, help_text="As the provider writes it: en, pt_BR.")
    category = serializers.ChoiceField(
        CATEGORIES,
        required=False,
        help_text="What it is for: codes go first, marketing last and only to those who allow it.",
    )
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
    address_id = serializers.UUIDField(
        allow_null=True,
        default=None,
        help_text="Id of an address of the customer on that channel; by default the one they last wrote from "
        "there.",
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
    kind = serializers.ChoiceField(
        SPOKEN, allow_null=True, default=None, help_text="What `content` holds; by default `text`."
    )
    content = serializers.DictField(allow_null=True, default=None, help_text=CONTENT)


class SentBody(MessageBody):
    """A message and, outside the reply window, what it is for."""

    category = serializers.ChoiceField(
        CATEGORIES,
        required=False,
        help_text="Lets a text or a simple choice leave outside the reply window without a template, where "
        "the channel has a `direct` rule. What the message is for: one of that rule's `categories`.",
    )
    ttl_s = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=TTL_MAX_S,
        help_text="Goes with `category`: how long the provider tries to deliver it.",
    )

    def validate(self, attrs: Any) -> Any:
        """A time to live belongs to a category."""
        if "ttl_s" in attrs and "category" not in attrs:
            raise serializers.ValidationError({"ttl_s": "Goes with a category only."})
        return attrs


class ReplyBody(SentBody):
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
    found = {
        "text": body["text"],
        "client_ref": body.get("client_ref") or str(uuid7()),
        "channel": referred(Channel.objects.all(), body["channel_id"], "/channel_id"),
        "address": referred(Address.objects.all(), body["address_id"], "/address_id"),
        "reply_to": referred(quotable, body["reply_to"], "/reply_to"),
        "attachments": uploaded(body["attachment_ids"]),
        "template": body["template"],
        "kind": body["kind"],
        "content": body["content"],
    }
    if category := body.get("category"):
        found["direct"] = Direct(category, body.get("ttl_s"))
    return found


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


class OpeningBody(SentBody):
    """A message to a customer, known or not."""

    to = ToBody()
    name = serializers.CharField(
        default="", allow_blank=True, max_length=200, help_text="What to call a customer not known yet."
    )


def customer_of(to: Mapping[str, Any]) -> UUID | None:
    """The customer a ToBody names by id."""
    found: UUID | None = to.get("customer_id")
    return found
