"""Groups: made, listed, changed and deleted by the business; what becomes of it is told by a webhook."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.datastructures import UploadFile

from simulator.errors import GraphError
from simulator.graph.call import Call, misshapen, required
from simulator.graph.files import form_of
from simulator.groups import DESCRIPTION_MAX, GROUPS_MAX, SUBJECT_MAX
from simulator.ids import new_trace_id, whatsapp_id
from simulator.jsonio import reading
from simulator.models import Media, Phone
from simulator.shapes import invite_link

Json = dict[str, Any]
_MODES = ("auto_approve", "approval_required")


async def create(call: Call) -> Json:
    """POST /{number}/groups {messaging_product, subject, description?, join_approval_mode?}."""
    subject, mode = _subject(call.params), str(call.params.get("join_approval_mode") or _MODES[0])
    if mode not in _MODES:
        raise GraphError(100, f"Param join_approval_mode must be one of {{{', '.join(_MODES)}}}.")
    if not call.number.settings.groups:
        raise GraphError(131215)
    groups = call.sim.groups
    if len(groups.of(call.number)) >= GROUPS_MAX:
        raise GraphError(131204)
    phone = groups.create(call.number, subject, _description(call.params), needs_approval=mode == _MODES[1])
    return _asked(lambda request: groups.tell_created(call.number, phone, request))


def _asked(tell: Callable[[str], None]) -> Json:
    """The answer: asked, which is not yet done."""
    request_id = new_trace_id()
    asyncio.get_running_loop().call_soon(tell, request_id)
    return {"messaging_product": "whatsapp", "request_id": request_id}


def _subject(given: Json) -> str:
    subject = str(required(given, "subject"))
    if len(subject) > SUBJECT_MAX:
        raise GraphError(100, f"Param subject must be at most {SUBJECT_MAX} characters long.")
    return subject


def _description(given: Json) -> str:
    text = str(given.get("description") or "")
    if len(text) > DESCRIPTION_MAX:
        raise GraphError(100, f"Param description must be at most {DESCRIPTION_MAX} characters long.")
    return text


async def list_groups(call: Call) -> Json:
    """GET /{number}/groups?limit=&after=: those that are there, the newest first."""
    limit, after = call.query.get("limit", "25"), call.query.get("after", "0")
    if not limit.isdigit() or not after.isdigit():
        raise GraphError(131059)
    found, start = call.sim.groups.of(call.number), int(after)
    end = start + max(1, min(int(limit), 1_024))
    shown = [
        {"id": one.number, "subject": one.name, "created_at": str(int(one.as_group.at))}
        for one in found[start:end]
    ]
    paging = {"cursors": {"before": str(start), "after": str(end)}} if end < len(found) else {}
    return {"data": {"groups": shown}, "paging": paging}


async def get_group(call: Call) -> Json:
    """GET /{group}?fields=."""
    phone = _found(call)
    group = phone.as_group
    everything: Json = {
        "messaging_product": "whatsapp",
        "id": phone.number,
        "subject": phone.name,
        "description": group.description,
        "suspended": group.suspended,
        "creation_timestamp": str(int(group.at)),
        "total_participant_count": len(group.members),
        "participants": [_person(call, one) for one in group.members],
        "join_approval_mode": _MODES[group.needs_approval],
    }
    asked = [name.strip() for name in call.query.get("fields", "").split(",") if name.strip()]
    return (
        {name: everything[name] for name in ["messaging_product", "id", *asked] if name in everything}
        if asked
        else everything
    )


async def change(call: Call) -> Json:
    """POST /{group} {subject?, description?}, or a form with these and `profile_picture_file`."""
    phone = _found(call)
    picture: Media | None = None
    given = call.params
    if call.headers.get("content-type", "").startswith("multipart/"):
        fields, file = await form_of(call, "profile_picture_file")
        given, picture = fields, await _picture(call, file) if file else None
    said: Json = {name: given[name] for name in ("subject", "description") if name in given}
    if not said and picture is None:
        raise GraphError(100, "Nothing to change: give a subject, a description or a picture.")
    if "subject" in said:
        _subject(said)
    _description(said)
    return _asked(lambda request: call.sim.groups.change(call.number, phone, said, request, picture))


async def _picture(call: Call, file: UploadFile) -> Media:
    """The picture, kept. Raises GraphError for a file that is none."""
    content = await file.read()
    if file.content_type != "image/jpeg" or not content.startswith(b"\xff\xd8"):
        raise GraphError(131209, "The picture must be a JPEG file.")
    media = await asyncio.to_thread(
        call.sim.world.files.write, content, channel=call.number.id, mime="image/jpeg", source="business",
        at=call.now,
    )  # fmt: skip
    call.sim.world.save_media(media)
    return media


async def delete(call: Call) -> Json:
    """DELETE /{group}."""
    phone = _found(call)
    return _asked(lambda request: call.sim.groups.delete(call.number, phone, request))


async def get_link(call: Call) -> Json:
    """GET /{group}/invite_link."""
    group = _found(call).as_group
    return {"messaging_product": "whatsapp", "invite_link": invite_link(group)}


async def renew_link(call: Call) -> Json:
    """POST /{group}/invite_link: the old one no longer works."""
    return {"messaging_product": "whatsapp", "invite_link": call.sim.groups.renew_link(_found(call))}


async def remove_people(call: Call) -> Json:
    """DELETE /{group}/participants {participants: [{user}]}."""
    phone = _found(call)
    with reading(misshapen):
        people = [_wa_id(call, one) for one in required(call.params, "participants")]
    return _asked(lambda request: call.sim.groups.remove(call.number, phone, people, request))


def _wa_id(call: Call, named: Json) -> str:
    """The person named by number or user id."""
    if "user" in named:
        return whatsapp_id(str(named["user"]))
    return call.sim.world.whatsapp_id_of(str(named["user_id"])) or ""


async def list_requests(call: Call) -> Json:
    """GET /{group}/join_requests."""
    group = _found(call).as_group
    return {
        "data": [
            {
                "join_request_id": key,
                "creation_timestamp": str(int(group.asked_at.get(key, group.at))),
                **_person(call, one),
            }
            for key, one in group.asking.items()
        ]
    }


def _person(call: Call, wa_id: str) -> Json:
    """Somebody of a group, or who wants to be."""
    return {"wa_id": wa_id, "user_id": call.sim.world.user_id(call.number, wa_id)}


async def approve(call: Call) -> Json:
    """POST /{group}/join_requests {join_requests: [id]}."""
    return _decided(call, "approved_join_requests", lets_in=True)


async def reject(call: Call) -> Json:
    """DELETE /{group}/join_requests {join_requests: [id]}."""
    return _decided(call, "rejected_join_requests", lets_in=False)


def _decided(call: Call, name: str, *, lets_in: bool) -> Json:
    phone = _found(call)
    with reading(misshapen):
        requests = [str(one) for one in required(call.params, "join_requests")]
    done = call.sim.groups.decide(call.number, phone, requests, lets_in=lets_in)
    failed = [{"join_request_id": one} for one in requests if one not in done]
    return {
        "messaging_product": "whatsapp",
        "request_id": new_trace_id(),
        name: done,
        **({"failed_join_requests": failed} if failed else {}),
    }


def _found(call: Call) -> Phone:
    """The group a call names. Raises GraphError."""
    phone = call.sim.groups.find(call.object_id, call.number)
    if phone is None:
        raise GraphError(131041, "There is no such group.")
    return phone


HANDLERS = {
    ("POST", "groups"): create,
    ("GET", "groups"): list_groups,
    ("GET", "group"): get_group,
    ("POST", "group"): change,
    ("DELETE", "group"): delete,
    ("GET", "group_invite_link"): get_link,
    ("POST", "group_invite_link"): renew_link,
    ("DELETE", "group_participants"): remove_people,
    ("GET", "group_join_requests"): list_requests,
    ("POST", "group_join_requests"): approve,
    ("DELETE", "group_join_requests"): reject,
}
