"""Blocking people, so that their messages no longer come.

https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users (September 2026)
"""

from __future__ import annotations

from channels_whatsapp.graph import Body, ask
from channels_whatsapp.people import WHATSAPP_ID
from channels_whatsapp.values import record
from inbox.ports import PHONE, Account, Claim, Json, SendError

#: Which key of the list takes which kind of address.
NAMED_BY = {PHONE: "user", WHATSAPP_ID: "user_id"}
#: Their code of an answer that names who could not be blocked.
SOME_FAILED = "139100"


def block(account: Account, *, person: tuple[Claim, ...], blocked: bool) -> None:
    """Put a person on the number's block list, or take them off. Raises SendError."""
    user = next(({NAMED_BY[one.kind]: one.value} for one in person if one.kind in NAMED_BY), None)
    if user is None:
        raise SendError(
            "recipient", "This person has no WhatsApp address and no phone number.", permanent=True
        )
    body: Json = {"messaging_product": "whatsapp", "block_users": [user]}
    method = "POST" if blocked else "DELETE"
    try:
        answer = ask(account, method, account.external_id, "block_users", body=Body(json=body))
    except SendError as error:
        raise (_refused() if error.provider_code == SOME_FAILED else error) from None
    if record(answer.get("block_users")).get("failed_users"):
        raise _refused()


def _refused() -> SendError:
    said = "WhatsApp did not do it. It only blocks people who wrote within the last 24 hours."
    return SendError("invalid", said, permanent=True, provider_code=SOME_FAILED)
