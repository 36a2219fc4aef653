"""Calls about groups. WhatsApp answers most of them with a request id and tells by webhook what became of it.

https://developers.facebook.com/documentation/business-messaging/whatsapp/groups/reference (September 2026)
"""

from __future__ import annotations

from channels_whatsapp.graph import Body, ask, must_be, must_be_done, rows_of
from channels_whatsapp.people import phone_claim
from channels_whatsapp.template_parts import records, text_of
from channels_whatsapp.values import line, record, word
from common.http import FilePart
from inbox.ports import Account, Json, OutboundFile, SendError

SUBJECT_CHARS, DESCRIPTION_CHARS, PEOPLE_MOST, GROUPS_MOST, PAGE = 128, 2_048, 8, 10_000, 1_000
PRODUCT = {"messaging_product": "whatsapp"}
FIELDS = "subject,description,suspended,participants,join_approval_mode"
BY_APPROVAL = "approval_required"


def list_groups(account: Account) -> list[Json]:
    """Every group of the number as {group_id, subject}. Raises SendError."""
    found: list[Json] = []
    after = ""
    for _ in range(GROUPS_MOST // PAGE + 1):
        params = {"limit": str(PAGE)} | ({"after": after} if after else {})
        answer = ask(account, "GET", account.external_id, "groups", body=Body(params=params))
        data = record(answer.get("data"))
        must_be(isinstance(data.get("groups"), list), "the list it should be")
        rows = records(data["groups"])
        found += [
            {"group_id": word(row, "id"), "subject": line(row, "subject")} for row in rows if word(row, "id")
        ]
        following = word(record(record(answer.get("paging")).get("cursors")), "after", 2_000)
        if not rows or not following or following == after:
            break
        after = following
    return found


def read_group(account: Account, group_id: str) -> Json:
    """What ``models.Group`` keeps of one, by its fields' names. Raises SendError."""
    answer = ask(account, "GET", group_id, body=Body(params={"fields": FIELDS}))
    must_be(word(answer, "id") == group_id, "about this group")
    needs_approval = word(answer, "join_approval_mode") == BY_APPROVAL
    return {
        "subject": line(answer, "subject"),
        "description": text_of(answer, "description"),
        "is_suspended": answer.get("suspended") is True,
        "needs_approval": needs_approval,
        "people": [person for row in records(answer.get("participants")) if (person := _person(row))],
        "invite_link": _read_link(account, group_id),
        "requests": _requests(account, group_id) if needs_approval else [],
    }


def _person(row: Json) -> str:
    """A number with “+”, else a user id."""
    claim = phone_claim(word(row, "wa_id"))
    return claim.value if claim else word(row, "user_id")


def _read_link(account: Account, group_id: str) -> str:
    answer = ask(account, "GET", group_id, "invite_link")
    must_be(bool(_link(answer)) or answer.get("messaging_product") == "whatsapp", "about this group's link")
    return _link(answer)


def _link(answer: Json) -> str:
    return line(answer, "invite_link")


def _requests(account: Account, group_id: str) -> list[Json]:
    rows = rows_of(ask(account, "GET", group_id, "join_requests"))
    return [{"id": word(row, "join_request_id"), "person": _person(row)} for row in rows]


def create_group(account: Account, *, subject: str, description: str, needs_approval: bool) -> None:
    """Have one made; that it was made is told by webhook. Raises SendError."""
    about = {"description": description} if description else {}
    mode = BY_APPROVAL if needs_approval else "auto_approve"
    _ask(account, "POST", account.external_id, "groups", subject=subject, join_approval_mode=mode, **about)


def change_group(account: Account, group_id: str, *, subject: str, description: str) -> None:
    """Give it another name and description. Raises SendError."""
    _ask(account, "POST", group_id, subject=subject, description=description)


def change_picture(account: Account, group_id: str, *, picture: OutboundFile) -> None:
    """Give it another picture, a JPEG. Raises SendError."""
    with picture.open() as stream:
        file = FilePart(picture.filename, picture.mime, stream)
        body = Body(data=PRODUCT, files={"profile_picture_file": file})
        _must_be_asked(ask(account, "POST", group_id, body=body, sends=True))


def delete_group(account: Account, group_id: str) -> None:
    """Nobody writes there any more. Raises SendError."""
    _ask(account, "DELETE", group_id)


def renew_link(account: Account, group_id: str) -> None:
    """Make another invite link; the old one leads nowhere. Raises SendError."""
    body = Body(json=PRODUCT)
    if not _link(ask(account, "POST", group_id, "invite_link", body=body, sends=True)):
        said = "The provider's answer names no new link."
        raise SendError("unavailable", said, permanent=False, may_have_sent=True)


def remove_person(account: Account, group_id: str, *, person: str) -> None:
    """Take somebody out, by number or user id. Raises SendError."""
    one = {"user": person} if phone_claim(person) else {"user_id": person}
    _ask(account, "DELETE", group_id, "participants", participants=[one])


def answer_request(account: Account, group_id: str, *, request: str, lets_in: bool) -> None:
    """Let in somebody who asks, or not. Raises SendError, also when nobody asks any more."""
    method, done = ("POST", "approved") if lets_in else ("DELETE", "rejected")
    body = Body(json={**PRODUCT, "join_requests": [request]})
    answer = ask(account, method, group_id, "join_requests", body=body, sends=True)
    if answer.get("failed_join_requests"):
        raise SendError("invalid", "This person no longer asks to join.", permanent=True)
    must_be_done(answer, is_told=isinstance(answer.get(f"{done}_join_requests"), list))


def _ask(account: Account, method: str, *path: str, **said: object) -> None:
    _must_be_asked(ask(account, method, *path, body=Body(json={**PRODUCT, **said}), sends=True))


def _must_be_asked(answer: Json) -> None:
    """An id under which a webhook will tell what came of it. Raises SendError when there is none."""
    must_be_done(answer, is_told=bool(line(answer, "request_id")))
