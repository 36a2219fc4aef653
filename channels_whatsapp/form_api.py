"""/whatsapp/numbers/{channel_id}/form_…: forms whose pages a server makes."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from channels_whatsapp import wire_numbers as wire
from channels_whatsapp.api import KIND, TemplateEndpoint
from channels_whatsapp.form_forms import URL_CHARS, BadAddress, checked_address
from channels_whatsapp.form_keys import CHARS, BadKey, checked_key
from channels_whatsapp.form_words import form_address
from channels_whatsapp.models import FormEndpoint as Row
from channels_whatsapp.number_api import FAILS, SCOPE, NumberEndpoint
from channels_whatsapp.operations import form_endpoints, form_keys
from channels_whatsapp.operations.number_copies import copy_of
from common.api.endpoints import call
from common.api.parameters import Body
from common.api.problems import Fault, Problem
from common.tenancy import tenant_context
from common.wire import Json, stamp
from inbox.models import Channel


class FormKeyBody(Body):
    """PEM of the public key."""

    public_key = serializers.CharField(max_length=CHARS)


class FormKey(NumberEndpoint):
    """/whatsapp/numbers/{channel_id}/form_key"""

    scopes = {"GET": SCOPE, "PUT": SCOPE, "POST": SCOPE}

    @call("get_form_key", "See how a number's key of forms stands", gives=wire.FormKey, refuses=FAILS)
    def get(self, request: Request, channel_id: UUID) -> Json:
        self.ask(form_keys.read_key, channel_id)
        return self._now(channel_id)

    @call(
        "set_form_key",
        "Set a number's key of forms",
        about="With it phones encrypt what people fill into forms whose pages a server of yours makes. An "
        "RSA key of 2,048 bits; the private one stays with you.",
        body=FormKeyBody,
        gives=wire.FormKey,
        refuses=FAILS,
        example={"public_key": "-----BEGIN PUBLIC KEY-----\nMIIB…\n-----END PUBLIC KEY-----\n"},
    )
    def put(self, request: Request, channel_id: UUID) -> Json:
        try:
            key = checked_key(self.body["public_key"])
        except BadKey as wrong:
            raise Problem("validation_failed", errors=[Fault("/public_key", str(wrong))]) from None
        self.ask(form_keys.set_key, channel_id, key=key)
        return self._now(channel_id)

    @call(
        "make_form_key",
        "Make a number's key of forms here",
        about="The public key is handed to WhatsApp, the private one is kept sealed and shown to nobody: "
        "forms are decrypted here, and your system reads plain JSON (`set_form_endpoint`). A key made before "
        "goes on to open what phones send for a day.",
        gives=wire.FormKey,
        refuses=FAILS,
    )
    def post(self, request: Request, channel_id: UUID) -> Json:
        self.ask(form_keys.make_key, channel_id)
        return self._now(channel_id)

    def _now(self, channel_id: UUID) -> Json:
        with tenant_context(self.tenant_id):
            channel = Channel.objects.get(id=channel_id, kind=KIND)
            kept = copy_of(channel, form_keys.FORM_KEY)
            found = kept.found if kept else {"status": "none"}
            endpoint = form_endpoints.endpoint_of(channel)
            made_here = form_endpoints.has_key(endpoint, found.get("key", ""))
        return {"status": found["status"], "made_here": made_here}


class FormEndpointBody(Body):
    """Whom forms are asked of."""

    url = serializers.CharField(max_length=URL_CHARS, allow_blank=True)


class FormEndpoint(TemplateEndpoint):
    """/whatsapp/numbers/{channel_id}/form_endpoint"""

    scopes = {"GET": SCOPE, "PUT": SCOPE}

    @call("get_form_endpoint", "See whom a number's forms are asked of", gives=wire.FormEndpoint)
    def get(self, request: Request, channel_id: UUID) -> Json:
        return _shape(_number(channel_id))

    @call(
        "set_form_endpoint",
        "Say whom a number's forms are asked of",
        about="Each step of a form comes to `url` as a POST, signed as Standard Webhooks has it: "
        "`{channel_id, number, flow_token, flow_token_signature, action, screen, data, version, "
        "customer_id, thread_id, message_id}`; the last three are null unless all messages with this token "
        "went to one person. Answer within eight seconds with `{screen, data}`, with `{close: {…}}` to end "
        "the form (its fields come back as the customer's answer), or with status 427 and `{error_msg}` when "
        "the token is good no longer. Enter `address` as the endpoint of the flow at Meta. An empty `url` "
        "asks nobody. `secret` is shown only in the answer that made it.",
        body=FormEndpointBody,
        gives=wire.FormEndpoint,
        example={"url": "https://shop.example/forms"},
    )
    def put(self, request: Request, channel_id: UUID) -> Json:
        channel = _number(channel_id)
        try:
            url = checked_address(self.body["url"])
        except BadAddress as wrong:
            raise Problem("validation_failed", errors=[Fault("/url", str(wrong))]) from None
        return _shape(channel, form_endpoints.set_address(channel=channel, url=url, by=self.author))


class FormSecret(TemplateEndpoint):
    """/whatsapp/numbers/{channel_id}/form_endpoint/secret"""

    scopes = {"PUT": SCOPE}

    @call(
        "renew_form_secret",
        "Make another secret for calls about forms",
        about="Calls are signed with the one before too, for a day.",
        gives=wire.FormEndpoint,
    )
    def put(self, request: Request, channel_id: UUID) -> Json:
        channel = _number(channel_id)
        return _shape(channel, form_endpoints.renew_secret(channel=channel, by=self.author))


def _number(channel_id: UUID) -> Channel:
    found: Channel = Channel.objects.get(id=channel_id, kind=KIND)
    return found


def _shape(channel: Channel, secret: str = "") -> Json:
    found = form_endpoints.endpoint_of(channel)
    return {
        "url": found.url if found else "",
        "address": form_address(channel),
        "secret": secret or None,
        "heard_at": stamp(found.heard_at if found else None),
        "answered_at": stamp(found.answered_at if found else None),
        "failures": found.failures if found else 0,
        "fault": _fault(found) if found and found.fault else None,
    }


def _fault(found: Row) -> Json:
    return {"code": found.fault, "detail": found.detail, "at": stamp(found.failed_at)}
