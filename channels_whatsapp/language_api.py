"""/templates/{id}/languages. Asks WhatsApp at once, outside any transaction."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from channels_whatsapp import wire
from channels_whatsapp.api import WRITE
from channels_whatsapp.models import Errand
from channels_whatsapp.number_api import FAILS, NumberEndpoint
from channels_whatsapp.operations.languages import add_languages
from channels_whatsapp.queries import template_rows
from channels_whatsapp.shapes import template_shape
from channels_whatsapp.template_parts import LANGUAGES
from common.api.endpoints import call
from common.api.parameters import Body
from common.api.problems import Problem
from common.tenancy import tenant_context


class LanguagesBody(Body):
    """Which ones; those there are are renewed."""

    languages = serializers.ListField(child=serializers.ChoiceField(LANGUAGES), min_length=1, max_length=100)


class TemplateLanguages(NumberEndpoint):
    """/templates/{id}/languages"""

    scopes = {"POST": WRITE}

    @call(
        "add_template_languages",
        "Have a one-time code in more languages",
        about="Its words are WhatsApp's in each of them. The list is read again, where the new ones stand in "
        "a moment.",
        body=LanguagesBody,
        gives=wire.Template,
        status=202,
        refuses=["conflict", *FAILS],
        example={"languages": ["de", "pt_BR"]},
    )
    def post(self, request: Request, template_id: UUID) -> wire.Template:
        given = {"template_id": template_id, "languages": self.body["languages"]}
        errand = add_languages(tenant_id=self.tenant_id, by=self.author, **given)
        if errand.outcome != Errand.Outcome.DONE:
            raise Problem("provider_failed", f"{errand.sentence} {errand.fix}".strip())
        with tenant_context(self.tenant_id):
            return template_shape(template_rows().get(id=template_id))
