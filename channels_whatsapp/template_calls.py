"""Calls about templates: a page of the list, create, edit, delete, and the upload of a sample.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
(read in September 2026)
"""

from __future__ import annotations

from typing import Any, NamedTuple

from channels_whatsapp.graph import Body, ask, do, must_be, must_be_done, rows_of
from channels_whatsapp.template_parts import MEDIA_FORMATS, format_of
from channels_whatsapp.values import line, record, word
from inbox.ports import Account, Json, OutboundFile, SendError

FIELDS = (
    "id,name,language,category,previous_category,correct_category,status,components,parameter_format,"
    "quality_score,rejected_reason,message_send_ttl_seconds"
)
PAGE = 100
LIMIT = "message_template_limit"
UPLOAD_S = 35.0
HANDLE_CHARS = 8_000
FILE_FORMATS = MEDIA_FORMATS


class Page(NamedTuple):
    """rows: templates as they are kept; after: the cursor of the next page, "" at the end; limit: how many
    the account may have, None where that is not told."""

    rows: list[Json]
    after: str
    limit: int | None = None


def waba_id_of(account: Account) -> str:
    """The account the templates belong to. Raises SendError when the channel names none."""
    found = str(account.config.get("waba_id") or "")
    if not found:
        raise SendError("config", "The WhatsApp Business Account ID is missing.", permanent=True)
    return found


def page(account: Account, after: str, *, name: str = "") -> Page:
    """One page of the account's templates, whatever their status. Raises SendError.

    name: only those whose name begins so, as the provider searches.
    """
    params = {"fields": FIELDS, "limit": str(PAGE), "summary": LIMIT} | ({"after": after} if after else {})
    params |= {"name": name} if name else {}
    answer = ask(account, "GET", waba_id_of(account), "message_templates", body=Body(params=params))
    rows = [_kept(row) for row in rows_of(answer)]
    paging = record(answer.get("paging"))
    is_last = not rows or "next" not in paging
    return Page(
        [row for row in rows if row["provider_id"] and row["name"] and row["language"]],
        "" if is_last else word(record(paging.get("cursors")), "after"),
        _most(record(answer.get("summary")).get(LIMIT)),
    )


def _most(value: Any) -> int | None:
    """A number of templates; None for what is none."""
    return value if type(value) is int and 0 < value < 1_000_000 else None


def _kept(row: Json) -> Json:
    """A template of theirs under our names."""
    components: Any = row.get("components")
    components = components if isinstance(components, list) else []
    quality = row.get("quality_score")
    reason = line(row, "rejected_reason")
    return {
        "provider_id": word(row, "id", 40),
        "name": word(row, "name"),
        "language": language_of(word(row, "language", 16)),
        "category": word(row, "category", 20).upper(),
        "previous_category": word(row, "previous_category", 20).upper(),
        "category_then": word(row, "correct_category", 20).upper(),
        "status": word(row, "status", 24).upper(),
        "reason": "" if reason.upper() == "NONE" else reason,
        "quality": word(record(quality), "score", 12).upper() or "UNKNOWN",
        "components": components,
        "parameter_format": word(row, "parameter_format", 12).upper() or format_of(components),
        "send_ttl_s": _seconds(row.get("message_send_ttl_seconds")),
    }


def _seconds(value: Any) -> int | None:
    """A number, also as text; None for anything else and for what no one can mean."""
    text = str(value) if type(value) in (int, str) else ""
    return int(text) if text == "-1" or (text.isascii() and text.isdecimal() and len(text) < 9) else None


def language_of(code: str) -> str:
    """Webhooks write en-GB where everything else writes en_GB."""
    return code.replace("-", "_")


def create(account: Account, template: Json) -> Json:
    """Submit a new template; gives {provider_id, status, category}. Raises SendError."""
    answer = ask(account, "POST", waba_id_of(account), "message_templates", body=Body(json=template))
    provider_id = word(answer, "id", 40)
    if not provider_id:
        raise SendError("unavailable", "The provider named no id for the template.", permanent=False)
    status, category = word(answer, "status", 24).upper(), word(answer, "category", 20).upper()
    return {"provider_id": provider_id, "status": status or "PENDING", "category": category}


def upsert(account: Account, *, template: Json) -> None:
    """Make or change a code's template in several languages at once. What came of each the list tells.

    Raises SendError."""
    rows_of(ask(account, "POST", waba_id_of(account), "upsert_message_templates", body=Body(json=template)))


def edit(account: Account, provider_id: str, change: Json) -> None:
    """Replace a template's parts; it is reviewed again. Raises SendError."""
    do(account, "POST", provider_id, body=Body(json=change))


def delete(account: Account, name: str, provider_id: str) -> None:
    """Delete one language of a template. Raises SendError."""
    params = {"name": name, "hsm_id": provider_id}
    do(account, "DELETE", waba_id_of(account), "message_templates", body=Body(params=params))


def unpause(account: Account, provider_id: str) -> None:
    """Let a paused template go on. Raises SendError, also when the provider does not want to yet."""
    answer = ask(account, "POST", provider_id, "unpause")
    if answer.get("success") is False:
        why = line(answer, "reason") or "WhatsApp does not let it go on yet."
        raise SendError("invalid", why, permanent=True)
    must_be_done(answer)


def upload_sample(account: Account, file: OutboundFile) -> str:
    """Give the provider a sample for a header; returns its handle. Raises SendError."""
    about = {"file_name": file.filename, "file_length": str(file.size_bytes), "file_type": file.mime}
    session = word(ask(account, "POST", "app", "uploads", body=Body(params=about)), "id", 2_000)
    must_be(bool(session), "a place for the sample")
    place, _, query = session.partition("?")
    params = dict(pair.partition("=")[::2] for pair in query.split("&") if pair)
    headers = {"file_offset": "0", "Content-Type": "application/octet-stream"}
    headers["Authorization"] = f"OAuth {account.secrets.get('access_token', '')}"
    with file.open() as stream:
        body = Body(data=stream.read(), params=params, headers=headers)
        answer = ask(account, "POST", place, body=body, timeout_s=UPLOAD_S)
    handle = answer.get("h")
    if not isinstance(handle, str) or not 0 < len(handle) <= HANDLE_CHARS:
        raise SendError("unavailable", "The provider took the sample but gave no handle.", permanent=False)
    return handle
