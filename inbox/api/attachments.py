"""/attachments: uploading a file to send, and the way to the bytes of any file."""

from __future__ import annotations

import re
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.parameters import Body, Query
from common.api.problems import Problem
from inbox import wire
from inbox.api.endpoint import InboxEndpoint
from inbox.files import signed_url
from inbox.models import Attachment, FileState
from inbox.operations.attachments import upload_attachment
from inbox.shapes import attachment_shape

#: isdigit() would let "²" and 5,000 digits pass, which int() refuses.
_SIZE = re.compile("[0-9]{1,18}")
KINDS = ("image", "video", "audio", "voice", "document", "sticker")


class UploadBody(Body):
    """multipart/form-data."""

    file = serializers.FileField(max_length=240, allow_empty_file=False)
    kind = serializers.ChoiceField(KINDS, required=False, help_text="By default what its type makes it.")


class Attachments(InboxEndpoint):
    """/attachments"""

    scopes = {"POST": "messages:write"}
    parser_classes = (MultiPartParser,)

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Refuse by the announced size, before the body is read."""
        super().initial(request, *args, **kwargs)
        size = request.META.get("CONTENT_LENGTH") or "0"
        if not _SIZE.fullmatch(size) or int(size) > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // 1024 // 1024
            raise Problem("file_too_large", f"A file may have at most {limit} MB.")

    @call(
        "upload_attachment",
        "Upload a file to send",
        about="Then name its id in `attachment_ids` of a message. Refused when no channel takes such a file.",
        body=UploadBody,
        gives=wire.Attachment,
        status=201,
        refuses=["file_too_large", "file_type"],
    )
    def post(self, request: Request) -> wire.Attachment:
        kind = self.body.get("kind")
        row = upload_attachment(file=self.body["file"], kind=kind, member=self.principal.member)
        return attachment_shape(row)


class AttachmentOne(InboxEndpoint):
    """/attachments/{id}"""

    scopes = {"GET": "messages:read"}

    @call("get_attachment", "Read what is known of a file", gives=wire.Attachment)
    def get(self, request: Request, attachment_id: UUID) -> wire.Attachment:
        return attachment_shape(Attachment.objects.get(id=attachment_id))


class ContentQuery(Query):
    """Which of the two."""

    variant = serializers.ChoiceField(("full", "preview"), default="full")


class Content(InboxEndpoint):
    """/attachments/{id}/content"""

    scopes = {"GET": "messages:read"}

    @call(
        "get_attachment_content",
        "Go to the bytes of a file",
        about="Leads to a signed link that works for five minutes, as long as you are let in.",
        query=ContentQuery,
        status=302,
    )
    def get(self, request: Request, attachment_id: UUID) -> HttpResponse:
        row = Attachment.objects.get(id=attachment_id, state=FileState.READY)
        variant = self.query["variant"]
        if variant == "preview" and not row.preview_key:
            raise Problem("not_found", "This file has no preview.")
        return HttpResponse(
            status=302, headers={"Location": signed_url(row, holder=self.principal.row.id, variant=variant)}
        )
