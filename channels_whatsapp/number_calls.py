"""Calls about one number: registration, its PIN and codes, its profile, and where its webhooks go.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/registration
and …/business-phone-numbers/business-profiles (September 2026)
"""

from __future__ import annotations

from channels_whatsapp.graph import Body, ask, do, must_be, must_be_done, rows_of
from channels_whatsapp.template_calls import upload_sample, waba_id_of
from channels_whatsapp.values import line
from inbox.ports import Account, Json, OutboundFile, SendError

PRODUCT = {"messaging_product": "whatsapp"}
PROFILE_TEXTS = ("about", "address", "description", "email", "vertical")
PROFILE_FIELDS = "about,address,description,email,profile_picture_url,websites,vertical"


def register(account: Account, *, pin: str, region: str = "") -> None:
    """Let the number send; the PIN becomes, or must equal, its two-step PIN. region: where Meta keeps what
    is said, "" for wherever it does. Raises SendError."""
    where = {"data_localization_region": region} if region else {}
    do(account, "POST", account.external_id, "register", body=Body(json={**PRODUCT, "pin": pin, **where}))


def request_name(account: Account, *, name: str) -> None:
    """Ask for another display name, which Meta reviews. Raises SendError.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/display-names (November 2026)
    """
    do(account, "POST", account.external_id, body=Body(params={"new_display_name": name}))


def deregister(account: Account) -> None:
    """The number can no longer send or receive through the platform. Raises SendError."""
    do(account, "POST", account.external_id, "deregister", body=Body(json={}))


def set_pin(account: Account, *, pin: str) -> None:
    """Give the number another two-step PIN. Raises SendError."""
    do(account, "POST", account.external_id, body=Body(json={"pin": pin}))


def request_code(account: Account, *, method: str, language: str) -> None:
    """Have a verification code sent to the number. method: SMS or VOICE. Raises SendError."""
    params = {"code_method": method, "language": language}
    do(account, "POST", account.external_id, "request_code", body=Body(data=params))


def verify_code(account: Account, *, code: str) -> None:
    """Prove that the number is ours. Raises SendError."""
    do(account, "POST", account.external_id, "verify_code", body=Body(data={"code": code}))


#: What is taken over from the WhatsApp Business app → their word for it.
SYNCS = {"contacts": "smb_app_state_sync", "history": "history"}


def start_sync(account: Account, *, what: str) -> None:
    """Have the app's contacts or chats sent here, by webhooks. Once each, soon after connecting.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup (September 2026)
    Raises SendError."""
    body = Body(json={**PRODUCT, "sync_type": SYNCS[what]})
    answer = ask(account, "POST", account.external_id, "smb_app_data", body=body, sends=True)
    must_be_done(answer, is_told=bool(line(answer, "request_id")))


def read_profile(account: Account) -> Json:
    """{about, address, description, email, vertical, websites, picture_url}. Raises SendError."""
    params = {"fields": PROFILE_FIELDS}
    answer = ask(account, "GET", account.external_id, "whatsapp_business_profile", body=Body(params=params))
    rows = rows_of(answer)
    if not rows:
        raise SendError("unavailable", "The provider's answer holds no profile.", permanent=False)
    row = rows[0]
    odd = [name for name in PROFILE_TEXTS if not isinstance(row.get(name, ""), str | None)]
    sites = row.get("websites") or []
    is_read = not odd and isinstance(sites, list) and all(isinstance(site, str) for site in sites)
    must_be(is_read, "a profile we can read")
    texts = {name: line(row, name) for name in PROFILE_TEXTS}
    return {**texts, "websites": sites, "picture_url": line(row, "profile_picture_url")}


def change_profile(account: Account, change: Json) -> None:
    """Change what is named and leave the rest. Raises SendError."""
    body = Body(json={**PRODUCT, **change})
    do(account, "POST", account.external_id, "whatsapp_business_profile", body=body)


def upload_picture(account: Account, file: OutboundFile) -> str:
    """Give Meta a picture; returns its handle. Raises SendError."""
    return upload_sample(account, file)


def subscribe(account: Account) -> None:
    """Let our app hear of the account's webhooks. Raises SendError."""
    do(account, "POST", waba_id_of(account), "subscribed_apps")


def point_webhooks(account: Account, *, url: str) -> None:
    """Send the account's webhooks to this address, which Meta asks for the verify token at once.

    Raises SendError."""
    said = {"override_callback_uri": url, "verify_token": account.secrets.get("verify_token", "")}
    do(account, "POST", waba_id_of(account), "subscribed_apps", body=Body(json=said))
