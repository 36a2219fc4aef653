"""Questions about an account: does it work, and what would have to be put right?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from channels_whatsapp.graph import Body, ask, do, must_be, rows_of
from channels_whatsapp.values import line, record, word
from inbox.ports import Account, CheckStep, Json, SendError

NUMBER_FIELDS = (
    "id,display_phone_number,verified_name,quality_rating,code_verification_status,name_status,status,"
    "webhook_configuration"
)

FIXES = {
    "auth": (
        "Make a permanent token in Meta's Business settings › Users › System users › Generate token, with "
        "the permissions whatsapp_business_messaging and whatsapp_business_management, and paste it here."
    ),
    "config": (
        "Copy the phone number ID (not the number itself) from the app's page WhatsApp › API Setup, and see "
        "that the token's system user has this account among its assets."
    ),
    "invalid": "Put right what the provider names, then check again.",
    "throttled": "Wait a minute and check again.",
    "unavailable": "See that this server may reach the API's address, then check again.",
}


def check(account: Account, *, webhook_url: str) -> Iterator[CheckStep]:
    """Ask step by step; stops where the next questions would have no sense. Never raises for a refusal."""
    try:
        number = ask(account, "GET", account.external_id, body=Body(params={"fields": NUMBER_FIELDS}))
        must_be(word(number, "id") == account.external_id, "about this number")
    except SendError as error:
        yield _refused("Access token and number", error)
        return
    name = line(number, "verified_name") or "without a verified name"
    yield CheckStep("Access token and number", True, f"{line(number, 'display_phone_number')}, {name}.")
    yield _same_number(account, number)
    yield _status(number)
    yield _quality(number)
    subscription, override = _subscription(account)
    yield subscription
    yield _webhook(number, override, webhook_url)


def _refused(name: str, error: SendError) -> CheckStep:
    said = f"{error.title}. {error.detail}".lstrip(". ")
    return CheckStep(name, False, said, FIXES.get(error.reason, FIXES["invalid"]))


def _same_number(account: Account, number: Json) -> CheckStep:
    """Ids and numbers of several lines are easily mixed up."""
    expected = _digits(account.config.get("display_phone_number"))
    found = _digits(number.get("display_phone_number"))
    if expected and found and expected != found:
        detail = f"The phone number ID belongs to +{found}, not to +{expected}."
        return CheckStep("Phone number", False, detail, "Correct the phone number or the phone number ID.")
    return CheckStep("Phone number", True, "The phone number ID and the number belong together.")


def _digits(text: Any) -> str:
    return "".join(character for character in str(text or "") if character.isdecimal())


def _status(number: Json) -> CheckStep:
    status, verification = word(number, "status") or "CONNECTED", word(number, "code_verification_status")
    if status not in {"CONNECTED", "FLAGGED"}:
        fix = "Register the number in WhatsApp Manager › Phone numbers; a banned one needs an appeal there."
        return CheckStep("Registration", False, f"The number is {status.lower()}.", fix)
    if verification in {"NOT_VERIFIED", "EXPIRED"} and status != "CONNECTED":
        fix = "Verify the number by SMS or call in WhatsApp Manager › Phone numbers."
        return CheckStep("Registration", False, "The number is not verified.", fix)
    return CheckStep("Registration", True, "The number is connected.")


def _quality(number: Json) -> CheckStep:
    rating = word(number, "quality_rating").upper()
    if rating == "RED":
        fix = "Write only to people who asked for it; WhatsApp Manager › Insights shows who did not."
        return CheckStep("Quality", False, "Many people blocked or reported this number lately.", fix)
    said = {"GREEN": "High.", "YELLOW": "Medium: some people blocked or reported this number."}
    return CheckStep("Quality", True, said.get(rating, "No rating yet."))


def _subscription(account: Account) -> tuple[CheckStep, str]:
    """Does an app hear of this account? If none does, ours is subscribed. And the webhook address set for the
    whole account, if any."""
    name = "Subscription"
    waba_id = str(account.config.get("waba_id") or "")
    if not waba_id:
        fix = "Copy the WhatsApp Business Account ID from the app's page WhatsApp › API Setup."
        return CheckStep(name, False, "The WhatsApp Business Account ID is missing.", fix), ""
    try:
        apps = _subscribers(account, waba_id)
        if not apps:  # What only the token can do, nobody needs to do by hand.
            do(account, "POST", waba_id, "subscribed_apps")
            apps = _subscribers(account, waba_id)
    except SendError as error:
        return _refused(name, error), ""
    if not apps:
        fix = (
            f"Send POST /{waba_id}/subscribed_apps with this token, for example in Meta's Graph API Explorer."
        )
        return CheckStep(name, False, "No app hears of this account, so no webhook will come.", fix), ""
    names = [line(record(app.get("whatsapp_business_api_data")), "name") or "an app" for app in apps]
    override = next((found for app in apps if (found := line(app, "override_callback_uri"))), "")
    return CheckStep(name, True, f"{', '.join(names)} hears of this account."), override


def common_address(webhook_url: str) -> str:
    """The address all numbers share, from that of one of them."""
    return webhook_url.rstrip("/").rpartition("/")[0]


def _subscribers(account: Account, waba_id: str) -> list[Json]:
    answer = ask(account, "GET", waba_id, "subscribed_apps")
    return rows_of(answer)


def _webhook(number: Json, override: str, webhook_url: str) -> CheckStep:
    """The number's own address wins over the account's, which wins over the app's."""
    name = "Webhook address"
    set_for = record(number.get("webhook_configuration"))
    found = (line(set_for, "phone_number"), line(set_for, "whatsapp_business_account"), override)
    effective = next(filter(None, (*found, line(set_for, "application"))), "")
    fix = (
        f"In the app's page WhatsApp › Configuration set the callback URL to {webhook_url}, the verify token "
        "to the one of this channel, and subscribe to the field “messages”."
    )
    if not effective:
        return CheckStep(name, False, "No webhook address is set.", fix)
    if effective.rstrip("/") not in {webhook_url.rstrip("/"), common_address(webhook_url)}:
        return CheckStep(name, False, f"Webhooks go to {effective}.", fix)
    return CheckStep(name, True, "Webhooks come here.")
