"""The address WhatsApp asks for the next screen of a form. It waits for the answer, so the door has no part
in it: nothing is stored and read later."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from channels_whatsapp.operations.form_exchange import NoEndpoint, answer_form
from inbox.ports import Answer, Hook
from tenants.access import own_scope

#: What people fill in; their pictures are fetched from elsewhere.
BODY_BYTES = 1_048_576
TOO_LARGE = Answer(413, b"The body is too large.")
NOT_FOUND = Answer(404, b"There is no such address.")


@csrf_exempt
@require_POST
@own_scope
def form(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """POST /hooks/whatsapp/<channel id>/forms/"""
    if _size(request) > BODY_BYTES:
        return _said(TOO_LARGE)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        return _said(answer_form(channel_id=channel_id, hook=Hook("POST", "", headers, {}, request.body)))
    except NoEndpoint:
        return _said(NOT_FOUND)


def _size(request: HttpRequest) -> int:
    """As the sender says it; more than that is not read."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    return int(declared) if declared.isdecimal() else 0


def _said(answer: Answer) -> HttpResponse:
    return HttpResponse(
        answer.body,
        status=answer.status,
        content_type=answer.content_type,
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )
