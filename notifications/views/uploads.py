"""Files that come with the editor of a type: kept before the form is read, so that it finds their ids."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import QueryDict
from django.utils.translation import gettext as _

from inbox.operations.attachments import upload_attachment
from inbox.operations.errors import FileTooLarge, FileTypeRefused
from notifications.template_parts import FILES
from tenants.requests import MemberRequest

FIELD = "__media_file"


def with_uploads(request: MemberRequest) -> tuple[QueryDict, dict[str, str]]:
    """What was typed, with the id of each file in the place of the file; and {field: why a file was refused}.

    Writes Attachment.
    """
    data, refused = request.POST.copy(), dict[str, str]()
    for name in _files(request):
        try:
            file = upload_attachment(file=request.FILES[name], member=request.member)  # type: ignore[arg-type]
        except (FileTooLarge, FileTypeRefused) as refusal:
            refused[name] = str(refusal)
            continue
        if file.kind not in FILES:
            refused[name] = _("Above a template stands a picture, a video or a document.")
            continue
        block = name.removesuffix(FIELD)
        data[f"{block}__media"] = file.kind
        data[f"{block}__media_stored"], data[f"{block}__media_link"] = str(file.id), ""
    return data, refused


def _files(request: MemberRequest) -> Iterator[str]:
    return (name for name in request.FILES if name.endswith(FIELD))
