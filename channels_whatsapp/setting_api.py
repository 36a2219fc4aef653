"""/whatsapp/numbers/{channel_id}/settings. Asks WhatsApp at once, outside any transaction."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from channels_whatsapp import wire_numbers as wire
from channels_whatsapp.number_api import FAILS, SCOPE, NumberEndpoint
from channels_whatsapp.operations import settings as operations
from channels_whatsapp.setting_calls import ALWAYS, OURS, TooManySpans
from channels_whatsapp.setting_forms import SWITCHES, flat, settings_of
from common.api.endpoints import call
from common.api.parameters import Body
from common.api.problems import Fault, Problem
from common.tenancy import tenant_context
from common.wire import Json
from tenants.queries import business_hours


class SettingsBody(Body):
    """What is left out stays."""

    identity_check = serializers.BooleanField(required=False)
    calling = serializers.BooleanField(required=False)
    call_button = serializers.BooleanField(required=False)
    callback = serializers.BooleanField(required=False)
    voicemail = serializers.BooleanField(required=False)
    call_hours = serializers.ChoiceField([ALWAYS, OURS], required=False)


class Settings(NumberEndpoint):
    """/whatsapp/numbers/{channel_id}/settings"""

    scopes = {"GET": SCOPE, "PATCH": SCOPE}

    @call("get_number_settings", "Read a number's settings", gives=wire.NumberSettings, refuses=FAILS)
    def get(self, request: Request, channel_id: UUID) -> Json:
        self.ask(operations.read_settings, channel_id)
        return self._now(channel_id)

    @call(
        "change_number_settings",
        "Change a number's settings",
        about="`identity_check` has messages wait when another phone than before answers under an address "
        "(`confirm_identity`). `call_hours: opening_hours` sends WhatsApp your opening hours of now.",
        body=SettingsBody,
        gives=wire.NumberSettings,
        refuses=FAILS,
        example={"identity_check": True, "calling": True, "call_hours": "opening_hours"},
    )
    def patch(self, request: Request, channel_id: UUID) -> Json:
        with tenant_context(self.tenant_id):
            hours = business_hours()
        today, given = timezone.localdate(timezone=hours.zone), dict(self.body)

        def wanted(now: Json) -> Json:
            return settings_of({**flat(now, hours, today), **given}, now, hours, today)

        try:
            self.ask(operations.change_settings, channel_id, wanted=wanted)
        except TooManySpans:
            said = "WhatsApp takes two times a day at most; your opening hours have more."
            raise Problem("validation_failed", errors=[Fault("/call_hours", said)]) from None
        return self._now(channel_id)

    def _now(self, channel_id: UUID) -> Json:
        found = self.kept(channel_id, operations.SETTINGS)
        with tenant_context(self.tenant_id):
            hours = business_hours()
        fields = flat(found, hours, timezone.localdate(timezone=hours.zone))
        kept = {name: fields[name] for name in (*SWITCHES, "call_hours")}
        return {**kept, "by_sip": found["by_sip"], "restrictions": found["restrictions"]}


class ContactBook(NumberEndpoint):
    """/whatsapp/numbers/{channel_id}/contact_book"""

    scopes = {"DELETE": SCOPE}

    @call(
        "delete_contact_book",
        "Delete WhatsApp's contact book",
        about="WhatsApp forgets whom it keeps for the business; what is known of people here stays.",
        status=204,
        refuses=FAILS,
    )
    def delete(self, request: Request, channel_id: UUID) -> None:
        self.ask(operations.delete_contact_book, channel_id)
