"""Registering a number: the two-step PIN, verification codes, and how often each may be tried."""

import secrets
from typing import Any

from simulator.errors import GraphError
from simulator.graph.call import Call, required
from simulator.models import Number, Registration
from simulator.simulation import Simulation

Json = dict[str, Any]
_PIN_DIGITS = 6
_REGISTRATIONS_MAX, _REGISTRATIONS_FOR_S = 10, 72 * 3600
_WRONG_PINS_MAX, _WRONG_PINS_FOR_S = 5, 3600
_CODES_MAX, _CODES_FOR_S = 5, 3600
_CODE_LIVES_S = 600
_NAME_LEAST, _NAME_MOST, _NAMES_MAX, _NAMES_FOR_S = 3, 512, 10, 30 * 86_400
_REGIONS = ("AE", "AU", "BH", "BR", "CA", "CH", "DE", "GB", "ID", "IN", "JP", "KR", "SG", "ZA")
DECISIONS = ("APPROVED", "REJECTED", "DEFERRED", "PENDING")


async def register(call: Call) -> Json:
    """POST /{number}/register {messaging_product, pin, data_localization_region?}.

    The PIN becomes, or must equal, the two-step PIN.
    """
    _product(call)
    state, pin, region = call.number.registration, _pin(call), _region(call)
    _count_registration(call, state)
    if not state.verified:
        raise GraphError(133006)
    if state.pin and state.pin != pin:
        _wrong_pin(call, state)
    if state.registered and state.region and region not in ("", state.region):
        raise GraphError(100, "Deregister the number before its data_localization_region is changed.")
    state.pin, state.registered, state.ever, state.region = pin, True, True, region or state.region
    call.number.form_key_is_old = bool(call.number.form_key)
    if state.new_name_status == "APPROVED":
        call.number.verified_name, state.new_name, state.new_name_status = state.new_name, "", "NONE"
    call.sim.world.save_number(call.number)
    return {"success": True}


async def deregister(call: Call) -> Json:
    """POST /{number}/deregister: the number can no longer send."""
    state = call.number.registration
    if not state.registered:
        raise GraphError(133010)
    _count_registration(call, state)
    state.registered = False
    call.sim.world.save_number(call.number)
    return {"success": True}


async def set_pin(call: Call) -> None:
    """POST /{number} {pin}: another two-step PIN, told by a webhook."""
    call.number.registration.pin = _pin(call)
    call.sim.world.save_number(call.number)
    value = {"display_phone_number": call.number.display_phone_number, "event": "PIN_CHANGED"}
    value["requester"] = call.number.app_id
    call.sim.webhooks.tell(call.number.id, "change", {"value": value, "field": "security"})


async def request_code(call: Call) -> Json:
    """POST /{number}/request_code?code_method=&language=: a code by text or call."""
    method, _ = str(required(call.params, "code_method")), required(call.params, "language")
    state = call.number.registration
    if method not in ("SMS", "VOICE"):
        raise GraphError(100, "Param code_method must be one of {SMS, VOICE}.")
    state.codes_at = [at for at in state.codes_at if at > call.now - _CODES_FOR_S]
    if state.verified:
        raise GraphError(136024, "This phone number is verified already.")
    if len(state.codes_at) >= _CODES_MAX:
        raise GraphError(136024, "Too many codes were asked for; try again in an hour.")
    state.codes_at.append(call.now)
    state.code = f"{secrets.randbelow(10**6):06d}"
    call.sim.world.save_number(call.number)
    return {"success": True}


async def verify_code(call: Call) -> Json:
    """POST /{number}/verify_code?code=: proves that the number is one's own."""
    code, state = str(required(call.params, "code")), call.number.registration
    asked_at = state.codes_at[-1] if state.codes_at else 0.0
    is_right = bool(state.code) and secrets.compare_digest(state.code.encode(), code.encode())
    if not is_right or call.now - asked_at > _CODE_LIVES_S:
        raise GraphError(136025)
    state.verified, state.code = True, ""
    call.sim.world.save_number(call.number)
    return {"success": True}


async def request_name(call: Call) -> None:
    """POST /{number}?new_display_name=: another name, which is reviewed; see POST /control/names."""
    name, state = str(call.params["new_display_name"]).strip(), call.number.registration
    if not _NAME_LEAST <= len(name) <= _NAME_MOST:
        raise GraphError(100, f"Param new_display_name must have {_NAME_LEAST} to {_NAME_MOST} characters.")
    state.names_at = [at for at in state.names_at if at > call.now - _NAMES_FOR_S]
    if len(state.names_at) >= _NAMES_MAX:
        raise GraphError(100, "The display name was changed too often; try again in some days.")
    state.names_at.append(call.now)
    state.new_name, state.new_name_status = name, "PENDING_REVIEW"
    call.sim.world.save_number(call.number)


def decide_name(sim: Simulation, number: Number, decision: str, reason: str) -> None:
    """The review of the name that was asked for is over, told by a webhook."""
    state = number.registration
    state.new_name_status = {"APPROVED": "APPROVED", "REJECTED": "DECLINED"}.get(decision, "PENDING_REVIEW")
    sim.world.save_number(number)
    value = {
        "display_phone_number": number.display_phone_number,
        "decision": decision,
        "requested_verified_name": state.new_name or number.verified_name,
        "rejection_reason": reason or None,
    }
    sim.webhooks.tell(number.id, "change", {"value": value, "field": "phone_number_name_update"})


def _region(call: Call) -> str:
    region = str(call.params.get("data_localization_region") or "")
    if region and region not in _REGIONS:
        raise GraphError(100, f"Param data_localization_region must be one of {{{', '.join(_REGIONS)}}}.")
    return region


def _product(call: Call) -> None:
    if call.params.get("messaging_product") != "whatsapp":
        raise GraphError(
            100, "Missing parameter.", message="(#100) The parameter messaging_product is required."
        )


def _pin(call: Call) -> str:
    pin = str(required(call.params, "pin"))
    if len(pin) != _PIN_DIGITS or not (pin.isascii() and pin.isdecimal()):
        raise GraphError(100, f"Param pin must be {_PIN_DIGITS} digits.")
    return pin


def _count_registration(call: Call, state: Registration) -> None:
    state.tries_at = [at for at in state.tries_at if at > call.now - _REGISTRATIONS_FOR_S]
    if len(state.tries_at) >= _REGISTRATIONS_MAX:
        raise GraphError(133016)
    state.tries_at.append(call.now)
    call.sim.world.save_number(call.number)


def _wrong_pin(call: Call, state: Registration) -> None:
    """Raises GraphError: the PIN is not the number's."""
    state.wrong_at = [at for at in state.wrong_at if at > call.now - _WRONG_PINS_FOR_S]
    if len(state.wrong_at) >= _WRONG_PINS_MAX:
        raise GraphError(133008)
    state.wrong_at.append(call.now)
    call.sim.world.save_number(call.number)
    raise GraphError(133005)


HANDLERS = {
    ("POST", "register"): register,
    ("POST", "deregister"): deregister,
    ("POST", "request_code"): request_code,
    ("POST", "verify_code"): verify_code,
}
