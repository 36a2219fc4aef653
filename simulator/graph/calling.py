"""POST /{number}/calls and GET /{number}/call_permissions: calls by WhatsApp, as the business asks."""

from collections.abc import Callable
from typing import Any

from simulator.errors import GraphError
from simulator.graph.call import Call, required
from simulator.ids import country_of
from simulator.models import Chat
from simulator.sdp import is_sound
from simulator.voice import DAY_S, WEEK_S, VoiceCall

Json = dict[str, Any]
_CALLBACK_DATA_MAX = 512
_PURPOSE_MAX = 250
_CALLS_A_DAY = 100
_ASKS = {"PT24H": (1, DAY_S), "P7D": (2, WEEK_S)}
#: Where business numbers may not call their customers.
_COUNTRIES = {"US", "CA", "EG", "NG", "VN", "TR"}
_DONE = {"messaging_product": "whatsapp", "success": True}


async def calls(call: Call) -> Json:
    """One of the five actions. Raises GraphError."""
    if call.params.get("messaging_product") != "whatsapp":
        required({}, "messaging_product")
    action = str(required(call.params, "action"))
    if not call.number.settings.calling:
        raise GraphError(138000, "Calling is not enabled for this phone number.")
    if action == "connect":
        return _connect(call)
    do = _ACTIONS.get(action)
    if do is None:
        known = ", ".join(name.upper() for name in ("connect", *_ACTIONS))
        raise GraphError(100, f"Param action must be one of {{{known}}}.")
    do(call, _live(call))
    return _DONE


def _live(call: Call) -> VoiceCall:
    """The call that is meant. Raises GraphError."""
    call_id = str(required(call.params, "call_id"))
    found = call.sim.voice.live.get(call_id)
    if found is None or found.number.id != call.number.id:
        is_past = call_id in call.sim.voice.past
        raise GraphError(100, "The call has ended." if is_past else "There is no such call.")
    return found


def _session(call: Call, kind: str) -> str:
    """The session of a body. Raises GraphError."""
    session = call.params.get("session")
    if not isinstance(session, dict) or session.get("sdp_type") != kind or not is_sound(session.get("sdp")):
        raise GraphError(100, f"Param session must hold an sdp of the type {kind}, valid by RFC 8866.")
    return str(session["sdp"])


def _pre_accept(call: Call, found: VoiceCall) -> None:
    _check_unanswered(found)
    call.sim.voice.prepare(found, _session(call, "answer"))


def _accept(call: Call, found: VoiceCall) -> None:
    _check_unanswered(found)
    answer = _session(call, "answer")
    if found.answer and found.answer != answer:
        raise GraphError(100, "The session must be the one of pre_accept.")
    found.callback_data, found.keeps = _callback_data(call), _keeps(call)
    call.sim.voice.accept(found, answer)


def _check_unanswered(found: VoiceCall) -> None:
    if not found.by_user:
        raise GraphError(100, "Only a call of a user can be accepted.")
    if found.answered_at:
        raise GraphError(138003, "The call was accepted already.")


def _reject(call: Call, found: VoiceCall) -> None:
    _check_unanswered(found)
    call.sim.voice.end(found, "declined")


def _terminate(call: Call, found: VoiceCall) -> None:
    call.sim.voice.end(found, "ended" if found.answered_at else "missed")


_ACTIONS: dict[str, Callable[[Call, VoiceCall], None]] = {
    "pre_accept": _pre_accept,
    "accept": _accept,
    "reject": _reject,
    "terminate": _terminate,
}


def _callback_data(call: Call) -> str | None:
    data = call.params.get("biz_opaque_callback_data")
    if data is not None and (not isinstance(data, str) or len(data) > _CALLBACK_DATA_MAX):
        raise GraphError(100, f"Param biz_opaque_callback_data has at most {_CALLBACK_DATA_MAX} characters.")
    return data


def _keeps(call: Call) -> Json:
    """What the call is to leave behind. Raises GraphError."""
    said = {name: call.params[name] for name in ("recording", "transcription") if name in call.params}
    for name, one in said.items():
        if not isinstance(one, dict) or one.get("status") not in ("ENABLED", "DISABLED"):
            raise GraphError(100, f"Param {name} must have a status of {{ENABLED, DISABLED}}.")
        if not all(isinstance(one.get(key, ""), str) for key in ("purpose", "announcement_language")):
            raise GraphError(100, f"Param {name} has a purpose and an announcement_language, both texts.")
        if len(one.get("purpose", "")) > _PURPOSE_MAX:
            raise GraphError(100, f"Param {name}.purpose must be at most {_PURPOSE_MAX} characters long.")
    return {name: one for name, one in said.items() if one["status"] == "ENABLED"}


# ---------------------------------------------------------------- the business calls


def _connect(call: Call) -> Json:
    """Let the customer's phone ring."""
    wa_id, offer, voice = _callee(call), _session(call, "offer"), call.sim.voice
    keeps = _keeps(call)
    chat = call.sim.world.chat(call.number.id, wa_id)
    phone = call.sim.world.phone(wa_id)
    if country_of(call.number.display_phone_number) in _COUNTRIES:
        raise GraphError(138013)
    if not voice.may_call(chat):
        raise GraphError(138006)
    if any(one.phone is phone for one in voice.live.values()):
        raise GraphError(138003, "This user is in a call with the business already.")
    if voice.recent(chat.calls_at, DAY_S) >= _CALLS_A_DAY:
        raise GraphError(138012)
    if phone.settings.offline or not phone.settings.on_whatsapp:
        raise GraphError(138001)
    found = voice.ring_phone(call.number, phone, offer, _callback_data(call))
    found.keeps = keeps
    return {**_DONE, "calls": [{"id": found.id}]}


def _callee(call: Call) -> str:
    wa_id, user_id = call.recipient()
    if wa_id is None and user_id is None:
        required({}, "to")
    if wa_id is None or not 7 <= len(wa_id) <= 15:
        raise GraphError(131009, "The recipient is not a user this business has met.")
    return wa_id


async def permissions(call: Call) -> Json:
    """GET /{number}/call_permissions?user_wa_id= or ?recipient=: may the business call, may it ask?"""
    params = {"to": call.query.get("user_wa_id"), "recipient": call.query.get("recipient")}
    call.params.update({name: value for name, value in params.items() if value})
    chat = call.sim.world.chat(call.number.id, _callee(call))
    permission: Json = {"status": _standing(call, chat)}
    if permission["status"] == "temporary":
        permission["expiration_time"] = int(chat.calls_until)
    made = call.sim.voice.recent(chat.calls_at, DAY_S)
    starts = [{"time_period": "PT24H", "max_allowed": _CALLS_A_DAY, "current_usage": made}]
    asks: list[Json] = [
        {"time_period": period, "max_allowed": most, "current_usage": _asked(call, chat, within_s)}
        for period, (most, within_s) in _ASKS.items()
    ]
    can_start = permission["status"] != "no_permission" and made < _CALLS_A_DAY
    can_ask = not chat.calls_permanent and all(one["current_usage"] < one["max_allowed"] for one in asks)
    actions = [
        {"action_name": "send_call_permission_request", "can_perform_action": can_ask, "limits": asks},
        {"action_name": "start_call", "can_perform_action": can_start, "limits": starts},
    ]
    return {"messaging_product": "whatsapp", "permission": permission, "actions": actions}


def _standing(call: Call, chat: Chat) -> str:
    if chat.calls_permanent:
        return "permanent"
    return "temporary" if call.sim.voice.may_call(chat) else "no_permission"


def _asked(call: Call, chat: Chat, within_s: float) -> int:
    return call.sim.voice.recent(chat.calls_asked_at, within_s)


def check_request(call: Call, chat: Chat, content: Json) -> None:
    """A message that asks whether one may call: once a day, twice a week. Raises GraphError."""
    if (content.get("interactive") or {}).get("type") != "call_permission_request":
        return
    if chat.calls_permanent:
        raise GraphError(138017)
    if any(_asked(call, chat, within_s) >= most for most, within_s in _ASKS.values()):
        raise GraphError(138009)
    chat.calls_asked_at.append(call.now)
    call.sim.world.save_chat(chat)


HANDLERS = {
    ("POST", "calls"): calls,
    ("GET", "call_permissions"): permissions,
}
