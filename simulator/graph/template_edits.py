"""Creating, editing and deleting templates, uploads of samples, and the library."""

import hashlib
import secrets
from typing import Any

from simulator.errors import GraphError
from simulator.graph import template_checks, templates
from simulator.graph.builtin_templates import BUILT_IN
from simulator.graph.call import Call, required
from simulator.graph.carousels import capital_cards
from simulator.jsonio import reading
from simulator.reviews import CODE_TEXT, review_soon, write

Json = dict[str, Any]
_EDITABLE = ("APPROVED", "REJECTED", "PAUSED")
_HOUR_S, _DAY_S = 3_600, 86_400
_AN_HOUR = 100
#: How often an approved template may be edited: within so many days, so often.
_EDITS = ((1, 1), (30, 10))
_OTP_URL = "https://www.whatsapp.com/otp/code/?otp_type={kind}&code=otp{{{{1}}}}"
_SAMPLE_TYPES = ("image/jpeg", "image/jpg", "image/png", "video/mp4", "application/pdf")
_FROM_LIBRARY = {"order_update", "flight_delay", "fraud_alert", "one_time_code"}


async def create(call: Call) -> Json:
    """POST /{account}/message_templates: a new one, in review until its fate is decided."""
    with reading(lambda why: GraphError(100, why)):
        wanted = _wanted(call)
        template_checks.check(wanted)
    mine = templates.of_number(call.number)
    known = next((one for one in mine if _key(one) == _key(wanted)), None)
    if known is not None:
        subcode = 2388023 if known["status"] == "PENDING_DELETION" else 2388024
        raise GraphError(100, "There is content in this language for this template already.", subcode=subcode)
    _must_have_room(call, len(mine), 1)
    template = _read_back(wanted) | {"status": "PENDING", "quality": "UNKNOWN", "made_at": call.now}
    write(call.sim, call.number, template)
    review_soon(call.sim, call.number, template)
    return {
        "id": templates.id_of(call.number, template),
        "status": "PENDING",
        "category": template["category"],
    }


def _must_have_room(call: Call, kept: int, more: int) -> None:
    """Raises GraphError when the account has too many templates, or too many were made in the last hour."""
    if kept + more > call.number.settings.templates_max:
        raise GraphError(2388019, "The account has as many templates as it may.")
    lately = [one for one in call.number.templates if one.get("made_at", 0) > call.now - _HOUR_S]
    if len(lately) + more > _AN_HOUR:
        raise GraphError(80007, f"{_AN_HOUR} templates were created in this hour.")


async def upsert(call: Call) -> Json:
    """POST /{account}/upsert_message_templates: one of codes in several languages, new or changed."""
    languages = call.params.get("languages")
    if not isinstance(languages, list) or not languages:
        raise GraphError(100, "Param languages must be a list of languages.")
    with reading(lambda why: GraphError(100, why)):
        wanted = [_wanted(call) | {"language": str(one)} for one in languages]
        for one in wanted:
            template_checks.check(one)
        if wanted[0]["category"] != "AUTHENTICATION":
            raise GraphError(100, "Only AUTHENTICATION templates can be upserted.")
    mine = templates.of_number(call.number)
    new = {_key(one) for one in wanted} - {_key(one) for one in mine}
    _must_have_room(call, len(mine), len(new))
    first = {"status": "PENDING", "quality": "UNKNOWN", "made_at": call.now}
    made = [_read_back(one) | first for one in wanted]
    for template in made:
        write(call.sim, call.number, template)
        review_soon(call.sim, call.number, template)
    return {
        "data": [
            {"id": templates.id_of(call.number, one), "status": "PENDING", "language": one["language"]}
            for one in made
        ]
    }


def _key(template: Json) -> tuple[Any, Any]:
    return template["name"], template["language"]


def _wanted(call: Call) -> Json:
    """What is to be created, types in capitals; of the library when it names one there."""
    said = call.params
    if said.get("library_template_name"):
        wanted = _of_library(said)
    else:
        wanted = {"components": said.get("components"), "category": str(said.get("category") or "").upper()}
    wanted |= {"name": said.get("name"), "language": said.get("language")}
    wanted["parameter_format"] = str(said.get("parameter_format") or "POSITIONAL").upper()
    wanted["components"] = [_capitals(part) for part in wanted["components"] or []]
    if said.get("message_send_ttl_seconds") is not None:
        wanted["message_send_ttl_seconds"] = said["message_send_ttl_seconds"]
    return wanted


def _of_library(said: Json) -> Json:
    name, language = said["library_template_name"], said.get("language")
    for one in BUILT_IN:
        if one["name"] in _FROM_LIBRARY and (one["name"], one["language"]) == (name, language):
            return {"components": one["components"], "category": one["category"]}
    raise GraphError(100, f"There is no library template {name} in {language}.")


def _capitals(part: Json) -> Json:
    """Types and formats are taken in any case, and shown in capitals."""
    shown = {**part, "type": str(part.get("type")).upper()}
    if "format" in shown:
        shown["format"] = str(shown["format"]).upper()
    elif shown["type"] == "HEADER":
        shown["format"] = "TEXT"
    if shown["type"] == "BUTTONS":
        shown["buttons"] = [
            {**one, "type": str(one.get("type")).upper()} for one in part.get("buttons") or []
        ]
    return capital_cards(shown, _capitals)


def _read_back(template: Json) -> Json:
    """As the list shows it: the text of a code is filled in, and its button is a URL."""
    if template["category"] != "AUTHENTICATION":
        return template
    return {**template, "components": [_code_part(part) for part in template["components"]]}


def _code_part(part: Json) -> Json:
    if part["type"] == "BODY":
        warns = bool(part.get("add_security_recommendation"))
        text = CODE_TEXT + (" For your security, do not share this code." if warns else "")
        return {**part, "text": text, "example": {"body_text": [["123456"]]}}
    if part["type"] == "FOOTER":
        return {**part, "text": f"This code expires in {part['code_expiration_minutes']} minutes."}
    return {**part, "buttons": [_code_button(button) for button in part["buttons"]]}


def _code_button(button: Json) -> Json:
    url = _OTP_URL.format(kind=str(button.get("otp_type") or "COPY_CODE").upper())
    return {
        "type": "URL",
        "text": button.get("text") or "Copy code",
        "url": url,
        "example": [url.replace("{{1}}", "123456")],
    }


async def edit(call: Call) -> Json:
    """POST /{template}: other parts or another category; it is reviewed again."""
    template = _template(call)
    if template["status"] not in _EDITABLE:
        raise GraphError(100, f"A template that is {template['status']} cannot be edited.")
    category = str(call.params.get("category") or template["category"]).upper()
    if category != template["category"] and template["status"] == "APPROVED":
        raise GraphError(100, "The category of an approved template cannot be edited.")
    edited = template.get("edited", [])
    if template["status"] == "APPROVED":
        edited = _once_more(edited, call.now)
    with reading(lambda why: GraphError(100, why)):
        parts = [_capitals(part) for part in call.params.get("components") or template["components"]]
        if call.params.get("components"):
            template_checks.check_parts(category, parts)
    template_checks.check_ttl(category, call.params.get("message_send_ttl_seconds"))
    changed = _read_back({**template, "components": parts, "category": category})
    if call.params.get("message_send_ttl_seconds") is not None:
        changed["message_send_ttl_seconds"] = call.params["message_send_ttl_seconds"]
    changed |= {"status": "PENDING", "reason": "", "edited": edited}
    write(call.sim, call.number, changed)
    review_soon(call.sim, call.number, changed)
    about = {key: changed[key] for key in ("id", "name", "category")}
    return {"success": True, **about}


def _once_more(edited: list[float], now: float) -> list[float]:
    """The times of edits with one now. Raises GraphError when there were too many."""
    for days, most in _EDITS:
        if sum(at > now - days * _DAY_S for at in edited) >= most:
            raise GraphError(100, f"An approved template can be edited {most} times in {days} days.")
    return [*edited, now]


async def unpause(call: Call) -> Json:
    """POST /{template}/unpause."""
    template = _template(call)
    if template["status"] != "PAUSED":
        return {"success": False, "reason": "The template is not paused."}
    write(call.sim, call.number, {**template, "status": "APPROVED"})
    return {"success": True}


def _template(call: Call) -> Json:
    found = templates.by_id(call.number, call.object_id)
    if found is None:
        raise GraphError(100, "There is no such template.")
    return found


async def delete(call: Call) -> Json:
    """DELETE /{account}/message_templates?name=…: every language, or the one with `hsm_id`."""
    name, one_id = required(call.params, "name"), call.params.get("hsm_id")
    found = [one for one in templates.of_number(call.number) if one["name"] == name]
    if one_id:
        found = [one for one in found if one["id"] == str(one_id)]
    if not found:
        raise GraphError(100, "No template has this name and id.", subcode=2593002)
    if any(one["status"] == "DISABLED" for one in found):
        raise GraphError(100, "A disabled template cannot be deleted.")
    for one in found:
        write(call.sim, call.number, {**one, "status": "DELETED"})
    return {"success": True}


async def start_upload(call: Call) -> Json:
    """POST /{app}/uploads?file_length=&file_type=&file_name=: a session for one sample."""
    length, mime = str(required(call.params, "file_length")), str(required(call.params, "file_type"))
    if not length.isdigit() or mime not in _SAMPLE_TYPES:
        raise GraphError(100, f"Param file_type must be one of {{{', '.join(_SAMPLE_TYPES)}}}.")
    session = secrets.token_urlsafe(18)
    call.sim.uploads[session] = (int(length), mime)
    return {"id": f"upload:{session}?sig={secrets.token_urlsafe(12)}"}


async def upload(call: Call) -> Json:
    """POST /upload:…: the bytes, from `file_offset` on; gives the handle when they are whole."""
    session = call.object_id.removeprefix("upload:")
    expected = call.sim.uploads.get(session)
    if expected is None or not call.query.get("sig"):
        raise GraphError(100, "There is no such upload session.")
    if call.headers.get("file_offset") != "0" or len(call.body) != expected[0]:
        raise GraphError(100, f"Expected {expected[0]} bytes from offset 0, got {len(call.body)}.")
    digest = hashlib.sha256(call.body).hexdigest()
    del call.sim.uploads[session]
    return {"h": f"4::{digest}:{expected[1].replace('/', '_')}"}


async def library(call: Call) -> Json:
    """GET /message_template_library?search=&language=: what can be created by its name."""
    query = call.query
    found = [
        {
            "name": one["name"],
            "language": one["language"],
            "category": one["category"],
            "body": next(part["text"] for part in one["components"] if part["type"] == "BODY"),
            "id": templates.id_of(call.number, one),
        }
        for one in BUILT_IN
        if one["name"] in _FROM_LIBRARY
        and query.get("search", "") in one["name"]
        and query.get("language", one["language"]) == one["language"]
    ]
    return {"data": found}


HANDLERS = {
    ("POST", "message_templates"): create,
    ("DELETE", "message_templates"): delete,
    ("POST", "template"): edit,
    ("POST", "upsert_message_templates"): upsert,
    ("POST", "template_unpause"): unpause,
    ("POST", "app_uploads"): start_upload,
    ("POST", "upload"): upload,
    ("GET", "library"): library,
}
