"""/whatsapp/numbers/{channel_id}/options: what a number sends along. WhatsApp is not asked."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from channels_whatsapp import wire_options as wire
from channels_whatsapp.api import KIND, TemplateEndpoint
from channels_whatsapp.call_records import PURPOSE_CHARS
from channels_whatsapp.operations.errands import whatsapp_channel
from channels_whatsapp.operations.options import change_options
from channels_whatsapp.option_forms import faults_of, options_of
from channels_whatsapp.template_parts import LANGUAGES
from common.api.endpoints import call
from common.api.parameters import Body
from common.api.problems import Fault, Problem
from common.wire import Json
from inbox.models import Channel

SCOPE = "channels:write"


class OptionsBody(Body):
    """What is left out stays."""

    direct_send = serializers.BooleanField(required=False)
    marketing_fallback = serializers.BooleanField(required=False)
    marketing_activity = serializers.ChoiceField(["", "on", "off"], required=False, allow_blank=True)
    call_recording = serializers.BooleanField(required=False)
    call_transcription = serializers.BooleanField(required=False)
    call_purpose = serializers.CharField(required=False, allow_blank=True, max_length=PURPOSE_CHARS)
    call_language = serializers.ChoiceField(["", *LANGUAGES], required=False, allow_blank=True)


class Options(TemplateEndpoint):
    """/whatsapp/numbers/{channel_id}/options"""

    scopes = {"GET": SCOPE, "PATCH": SCOPE}

    @call("get_number_options", "Read what a number sends along", gives=wire.NumberOptions)
    def get(self, request: Request, channel_id: UUID) -> Json:
        return options_of(Channel.objects.get(id=channel_id, kind=KIND).config)

    @call(
        "change_number_options",
        "Change what a number sends along",
        about="`direct_send: true` has Direct Send tried anew after WhatsApp refused it. Calls are recorded "
        "or written down with a `call_purpose`, which WhatsApp tells the customer when the call begins.",
        body=OptionsBody,
        gives=wire.NumberOptions,
        example={"direct_send": True},
    )
    def patch(self, request: Request, channel_id: UUID) -> Json:
        channel = whatsapp_channel(channel_id)
        if wrong := faults_of({**options_of(channel.config), **self.body}):
            raise Problem(
                "validation_failed", errors=[Fault(f"/{name}", said) for name, said in wrong.items()]
            )
        return options_of(change_options(channel=channel, wanted=self.body, by=self.author).config)
