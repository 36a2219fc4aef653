"""Everything Meta tells of a number when it is asked closely: the number, its account, its token."""

from __future__ import annotations

from channels_whatsapp.graph import Body, ask, must_be
from channels_whatsapp.signup_calls import App, token_end
from channels_whatsapp.standing import FIELDS, read_number
from channels_whatsapp.template_calls import waba_id_of
from channels_whatsapp.username_calls import read_username
from channels_whatsapp.values import line, record, word
from common.wire import stamp
from inbox.ports import Account, Json, SendError, Standing

NUMBER_FIELDS = (
    "verified_name,code_verification_status,new_display_name,new_name_status,is_pin_enabled,is_on_biz_app,"
    f"health_status,{FIELDS}"
)
ILL, ENTITIES_MOST = {"LIMITED", "BLOCKED"}, 6
ACCOUNT_FIELDS = "id,name,account_review_status"


def ask_closely(account: Account) -> Standing:
    """What ``standing.ask_standing`` tells and more; facts are in Meta's own words. Raises SendError."""
    number = ask(account, "GET", account.external_id, body=Body(params={"fields": NUMBER_FIELDS}))
    news = read_number(account, number)
    facts: Json = {
        "verified_name": line(number, "verified_name")[:200],
        "status": word(number, "status", 40),
        "verification": word(number, "code_verification_status", 40),
        "new_name": word(number, "new_name_status", 40),
        "wanted_name": line(number, "new_display_name")[:200],
        "has_pin": number.get("is_pin_enabled") if type(number.get("is_pin_enabled")) is bool else None,
        "on_app": number.get("is_on_biz_app") is True,
        "health": _health(record(number.get("health_status"))),
        **_account(account),
        **_username(account),
        **_token(account),
    }
    return Standing(facts={**news.facts, **facts}, holds=news.holds, at=news.at)


def _health(found: Json) -> list[Json]:
    """What stands against sending, thing by thing: {entity, state, why, fix}; [] when nothing does."""
    entities = found.get("entities")
    rows = [record(one) for one in entities] if isinstance(entities, list) else []
    return [_ill(row) for row in rows if word(row, "can_send_message").upper() in ILL][:ENTITIES_MOST]


def _ill(row: Json) -> Json:
    errors, more = row.get("errors"), row.get("additional_info")
    first = record(errors[0]) if isinstance(errors, list) and errors else {}
    info = " ".join(one for one in more if isinstance(one, str)) if isinstance(more, list) else ""
    return {
        "entity": word(row, "entity_type", 40),
        "state": word(row, "can_send_message").upper(),
        "why": (line(first, "error_description") or info)[:400],
        "fix": line(first, "possible_solution")[:400],
    }


def _account(account: Account) -> Json:
    waba_id = waba_id_of(account)
    found = ask(account, "GET", waba_id, body=Body(params={"fields": ACCOUNT_FIELDS}))
    must_be(word(found, "id") == waba_id, "about this account")
    return {"review": word(found, "account_review_status", 40), "account_name": line(found, "name")[:200]}


def _username(account: Account) -> Json:
    """The name people find it by. A number that may have none is answered in ways nobody has written down."""
    try:
        return read_username(account)
    except SendError:
        return {}


def _token(account: Account) -> Json:
    """When the token ends; only an app may ask, so it is known for numbers that came by a signup."""
    app_id, secret = str(account.config.get("app_id") or ""), account.secrets.get("app_secret", "")
    if not app_id or not secret:
        return {}
    app = App(app_id, secret, account.base_url)
    return {"token_until": stamp(token_end(app, account.secrets.get("access_token", "")))}
