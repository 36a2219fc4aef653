"""A conversation as a file to keep."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.tenancy import tenant_context
from inbox.models import Thread
from inbox.queries.transcript import Transcript
from tenants.access import own_scope, scope_required


@own_scope
@require_safe
@scope_required("messages:read")  # type: ignore[arg-type]  # of pages that are whole at once
def transcript(request: HttpRequest, thread_id: UUID, form: str) -> StreamingHttpResponse:
    """`/inbox/transcripts/<thread>.txt` and `.json`: sent as it is read, for as long as it takes."""
    tenant_id = request.tenant.id  # type: ignore[attr-defined]
    with tenant_context(tenant_id):
        try:
            found = Transcript(tenant_id, thread_id, timezone.now())
        except Thread.DoesNotExist:
            raise Http404 from None
    lines = found.as_json() if form == "json" else found.as_text()
    kind = "application/json" if form == "json" else "text/plain; charset=utf-8"
    answer = StreamingHttpResponse(lines, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="conversation-{thread_id}.{form}"'
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
