"""Files that come with the editor's form: the sample of the header, and those of the cards."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from channels_whatsapp.sheets import Sheet
from channels_whatsapp.template_parts import FILE_KINDS, MEDIA_FORMATS
from channels_whatsapp.views.template_pages import shown_file
from inbox.models import Attachment
from inbox.operations.attachments import upload_attachment
from inbox.ports import Json
from tenants.requests import MemberRequest


def uploaded(request: MemberRequest, sheet: Sheet, before: Attachment | None = None) -> Attachment | None:
    """The sample of the header: a new one, the one there is, or none. Raises Refused."""
    if sheet.has_cards or sheet.values["header"] not in MEDIA_FORMATS:
        return None
    return _sent(request, "header_file", sheet.values["header"]) or before


def uploaded_cards(
    request: MemberRequest, sheet: Sheet, before: Sequence[Attachment | None] = ()
) -> list[Attachment | None]:
    """Those of the cards, by place: new ones, or those there are. before: by key. Raises Refused."""
    if not sheet.has_cards:
        return []
    return [
        _sent(request, f"{card.name}_file", sheet.cards.media)
        or (before[card.key] if card.key < len(before) else None)
        for card in sheet.cards.cards
    ]


def _sent(request: MemberRequest, name: str, form: str) -> Attachment | None:
    """The file in a field, kept. Raises Refused."""
    file = request.FILES.get(name)
    if not isinstance(file, UploadedFile):
        return None
    return upload_attachment(
        file=file,  # type: ignore[arg-type]
        kind=FILE_KINDS[form],
        member=request.member,
        channel_kind="whatsapp",
    )


def kept_files(data: QueryDict) -> list[Json | None]:
    """The samples that the cards of a form have already, by key."""
    named = {int(key): _id(data.get(f"card_{key}_kept", "")) for key in data.getlist("card") if _is_key(key)}
    rows = Attachment.objects.filter(id__in=[one for one in named.values() if one]).in_bulk()
    files = {key: rows[one] for key, one in named.items() if one in rows}
    return [shown_file(files[key]) if key in files else None for key in range(max(files, default=-1) + 1)]


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 3


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
