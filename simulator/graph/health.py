"""Whether a number can send, thing by thing, as the provider tells it under `health_status`."""

from typing import Any

from simulator.models import Number

Json = dict[str, Any]
_WORST = ("AVAILABLE", "LIMITED", "BLOCKED")


def health_status(number: Number) -> Json:
    """The state of the number and of its account, and the worst of both."""
    entities: list[Json] = [
        {"entity_type": "PHONE_NUMBER", "id": number.id, **_number(number)},
        {"entity_type": "WABA", "id": number.waba_id, **_account(number)},
    ]
    worst = max(entities, key=lambda one: _WORST.index(str(one["can_send_message"])))
    return {"can_send_message": worst["can_send_message"], "entities": entities}


def _blocked(code: int, why: str, fix: str) -> Json:
    error = {"error_code": code, "error_description": why, "possible_solution": fix}
    return {"can_send_message": "BLOCKED", "errors": [error]}


def _number(number: Number) -> Json:
    if not number.registration.registered:
        return _blocked(141000, "The phone number is not registered.", "Register the phone number.")
    state = number.settings.number_status
    if state == "BANNED":
        return _blocked(141002, "The phone number has been banned.", "Request a review.")
    if state in ("FLAGGED", "RESTRICTED"):
        return {"can_send_message": "LIMITED", "additional_info": ["The quality of the number is low."]}
    return {"can_send_message": "AVAILABLE"}


def _account(number: Number) -> Json:
    if number.settings.account_review == "REJECTED":
        return _blocked(141010, "The account was not approved.", "Request a review of the account.")
    return {"can_send_message": "AVAILABLE"}
