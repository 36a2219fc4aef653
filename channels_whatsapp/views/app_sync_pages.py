"""Console: taking over what the WhatsApp Business app has, on the number's page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from channels_whatsapp.operations.numbers import start_sync
from channels_whatsapp.views.number_pages import carry_out, manage
from tenants.access import own_scope
from tenants.requests import MemberRequest


@require_POST
@own_scope
@manage
def contacts(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/number/app-contacts/"""
    said = _("Meta sends the app's contacts now; they get their names within minutes.")
    return carry_out(request, channel_id, start_sync, said, what="contacts")


@require_POST
@own_scope
@manage
def history(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/number/app-history/"""
    said = _("Meta sends the app's chats of up to six months now; it may take hours.")
    return carry_out(request, channel_id, start_sync, said, what="history")
