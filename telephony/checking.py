"""Does a connected number work? Asked step by step, in words for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inbox.ports import Account, CheckStep, Json, SendError
from telephony.bodies import word
from telephony.rest import ask

FIXES = {
    "auth": "Copy the account SID and the auth token again from the first page of the provider's console.",
    "config": "Copy the account SID again, and see that the number belongs to this account.",
    "invalid": "Put right what the provider names, then check again.",
    "throttled": "Wait a minute and check again.",
    "unavailable": "See that this server may reach the API's address, then check again.",
}


def check(account: Account, *, webhook_url: str, ability: str, hook_field: str) -> Iterator[CheckStep]:
    """Token, number, what the number can do, and where its webhooks go; then how to try it out.

    ability: "sms" or "voice"; hook_field: the number's field that names our address.
    """
    try:
        found = ask(account, "GET")
    except SendError as error:
        yield _refused("Account and token", error)
        return
    status = word(found, "status") or "active"
    name = word(found, "friendly_name", 200) or account.config.get("account_sid", "")
    if status != "active":
        yield CheckStep(
            "Account and token", False, f"The account is {status}.", "Settle it with the provider."
        )
        return
    yield CheckStep("Account and token", True, f"{name} is active.")
    yield from _sender(account, webhook_url, ability, hook_field)


def _sender(account: Account, webhook_url: str, ability: str, hook_field: str) -> Iterator[CheckStep]:
    if not account.external_id.startswith("+"):
        detail = "A messaging service chooses the number; set its webhook there."
        yield CheckStep("Number", True, detail)
        return
    try:
        page = ask(account, "GET", "IncomingPhoneNumbers", params={"PhoneNumber": account.external_id})
    except SendError as error:
        yield _refused("Number", error)
        return
    number = _first(page.get("incoming_phone_numbers"))
    if not number:
        fix = "Choose a number of this account, or use the account that owns this number."
        yield CheckStep("Number", False, f"The account has no number {account.external_id}.", fix)
        return
    yield _able(account, number, ability)
    yield _webhook(number, webhook_url, hook_field)
    yield CheckStep(
        "Test", True, f"Now write to {account.external_id} with your own phone, or call it from here."
    )


def _able(account: Account, number: Json, ability: str) -> CheckStep:
    abilities = number.get("capabilities")
    words = {"sms": "text messages", "voice": "calls"}[ability]
    if isinstance(abilities, dict) and abilities.get(ability) is False:
        fix = "Choose another number in the provider's console."
        return CheckStep("Number", False, f"{account.external_id} is yours but cannot do {words}.", fix)
    return CheckStep("Number", True, f"{account.external_id} is yours and can do {words}.")


def _webhook(number: Json, webhook_url: str, hook_field: str) -> CheckStep:
    found = word(number, hook_field, 2_000)
    fix = f"In the number's settings enter {webhook_url} for what comes in, with HTTP POST."
    if not found:
        return CheckStep("Webhook address", False, "No webhook address is set for this number.", fix)
    if found.partition("#")[0].rstrip("/") != webhook_url.rstrip("/"):
        return CheckStep("Webhook address", False, f"Webhooks go to {found}.", fix)
    return CheckStep("Webhook address", True, "Webhooks come here.")


def _first(found: Any) -> Json:
    return found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}


def _refused(name: str, error: SendError) -> CheckStep:
    said = f"{error.title}. {error.detail}".lstrip(". ")
    return CheckStep(name, False, said, FIXES.get(error.reason, FIXES["invalid"]))
