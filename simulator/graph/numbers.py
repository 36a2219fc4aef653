"""Numbers and accounts: fields, who receives their webhooks, profile, templates, block list."""

from typing import Any

from simulator.errors import GraphError, failure
from simulator.graph import registration, templates
from simulator.graph.call import Call, misshapen, required
from simulator.graph.health import health_status
from simulator.ids import country_dial_code, country_of, formatted_number, whatsapp_id
from simulator.jsonio import reading
from simulator.models import Chat, Number
from simulator.webhooks import wire

Json = dict[str, Any]
_CALLBACK_MAX = 200
_BLOCKABLE_S = 86_400
_NUMBER_FIELDS = ("id", "display_phone_number", "verified_name", "quality_rating")
_TEMPLATE_FIELDS = ("name", "parameter_format", "components", "language", "status", "category", "id")
# Fields that exist but have no value here: Graph leaves those out of the answer.
_UNSET_FIELDS = (
    "correct_category",
    "previous_category",
    "message_send_ttl_seconds",
    "library_template_name",
    "cta_url_link_tracking_opted_out",
    "sub_category",
    "degrees_of_freedom_spec",
    "new_certificate",
    "eligibility_for_api_business_global_search",
    "search_visibility",
)
_RATED_AT = 1790000000


async def get_number(call: Call) -> Json:
    """GET /{number}?fields=."""
    return _fields(call, _number(call.number), _NUMBER_FIELDS)


async def post_number(call: Call) -> Json:
    """POST /{number}: a callback of its own for its webhooks, a new PIN, or another name."""
    hook = call.params.get("webhook_configuration")
    if isinstance(hook, dict):
        await _set_callback(call, hook)
    if "pin" in call.params:
        await registration.set_pin(call)
    if "new_display_name" in call.params:
        await registration.request_name(call)
    return {"success": True}


async def get_account(call: Call) -> Json:
    """GET /{account}?fields=."""
    account = {
        "id": call.number.waba_id, "name": call.number.verified_name, "currency": "GBP", "timezone_id": "1",
        "message_template_namespace": "0" * 32, "account_review_status": call.number.settings.account_review,
    }  # fmt: skip
    return _fields(call, account, ("id", "name", "timezone_id", "message_template_namespace"))


async def phone_numbers(call: Call) -> Json:
    """GET /{account}/phone_numbers."""
    mine = [number for number in call.sim.world.numbers.values() if number.waba_id == call.number.waba_id]
    return {"data": [_fields(call, _number(number), _NUMBER_FIELDS) for number in mine]}


async def subscribe(call: Call) -> Json:
    """POST /{account}/subscribed_apps: without it no webhook is sent; may name another callback."""
    if call.params.get("override_callback_uri"):
        await _set_callback(call, call.params)
    for number in _numbers_of_account(call):
        number.subscribed = True
        call.sim.world.save_number(number)
    return {"success": True}


async def unsubscribe(call: Call) -> Json:
    """DELETE /{account}/subscribed_apps: webhooks stop."""
    for number in _numbers_of_account(call):
        number.subscribed = False
        call.sim.world.save_number(number)
    return {"success": True}


async def subscribed_apps(call: Call) -> Json:
    """GET /{account}/subscribed_apps."""
    number = call.number
    if not number.subscribed:
        return {"data": []}
    app: Json = {
        "whatsapp_business_api_data": {
            "id": number.app_id,
            "name": "Simulated app",
            "link": "https://example.com/",
        }
    }
    override = {"override_callback_uri": number.override_webhook_url} if number.override_webhook_url else {}
    return {"data": [app | override]}


async def message_templates(call: Call) -> Json:
    """GET /{account}/message_templates?name=&status=&language=&category=&fields=&summary=&limit=&after=."""
    everything = templates.of_number(call.number)
    found = [template for template in everything if _matches(template, call.query)]
    limit, start = _page(call)
    page = found[start : start + limit]
    shown = [_fields(call, _rated(template), _TEMPLATE_FIELDS) for template in page]
    answer: Json = {"data": shown}
    if shown:
        answer["paging"] = _paging(call, start, start + len(page), more=start + limit < len(found))
    if "summary" in call.query:
        counts = {
            "total_count": len(found),
            "message_template_count": len(everything),
            "message_template_limit": call.number.settings.templates_max,
        }
        answer["summary"] = counts | {"are_translations_complete": False}
    return answer


def _paging(call: Call, start: int, end: int, *, more: bool) -> Json:
    """Cursors of a page of templates, and where the next one is."""
    paging: Json = {"cursors": {"before": str(start), "after": str(end)}}
    if more:
        base = f"{call.base_url}/v{call.version}.0/{call.number.waba_id}/message_templates"
        paging["next"] = f"{base}?limit={end - start}&after={end}"
    return paging


async def get_template(call: Call) -> Json:
    """GET /{template}?fields=."""
    template = templates.by_id(call.number, call.object_id) or {}
    return _fields(call, _rated(template), _TEMPLATE_FIELDS)


def _rated(template: Json) -> Json:
    """With its score and the reason of a rejection, as the list shows them."""
    score = {"score": template.get("quality") or "UNKNOWN", "date": _RATED_AT}
    return {**template, "quality_score": score, "rejected_reason": template.get("reason") or "NONE"}


async def list_blocked(call: Call) -> Json:
    """GET /{number}/block_users?limit=&after=."""
    chats = [
        chat for chat in call.sim.world.chats.values() if chat.channel == call.number.id and chat.blocked
    ]
    limit, start = _page(call)
    shown = [_blocked(call, chat) for chat in chats[start : start + limit]]
    if not shown:
        return {"data": []}
    cursors: Json = {"cursors": {"before": str(start), "after": str(start + len(shown))}}
    if start + limit < len(chats):
        cursors["next"] = f"{call.base_url}/v{call.version}.0/{call.number.id}/block_users"
    return {"data": shown, "paging": cursors}


def _blocked(call: Call, chat: Chat) -> Json:
    """One of the list: by number, or by user id when the number is hidden."""
    if chat.hidden:
        user_id = call.sim.world.user_id(call.number, chat.number)
        return {"messaging_product": "whatsapp", "user_id": user_id}
    return {"messaging_product": "whatsapp", "wa_id": chat.number}


async def block(call: Call) -> Json:
    """POST /{number}/block_users: their messages no longer reach the business."""
    return _block(call, blocked=True, answer="added_users")


async def unblock(call: Call) -> Json:
    """DELETE /{number}/block_users."""
    return _block(call, blocked=False, answer=call.number.settings.unblock_answer)


def _block(call: Call, *, blocked: bool, answer: str) -> Json:
    """Block or unblock each user; when some cannot be, the answer is an error that names both lists."""
    users = required(call.params, "block_users")
    with reading(misshapen):
        asked = [(str(user.get("user") or user.get("user_id")), _chat_with(call, user)) for user in users]
    done: list[Json] = []
    failed: list[Json] = []
    for name, chat in asked:
        if chat is None or (blocked and chat.window_until <= call.now):
            failed.append(
                {"input": name, "errors": [failure(139103, "The user has not written in 24 hours.")]}
            )
            continue
        chat.blocked = blocked
        call.sim.world.save_chat(chat)
        done.append({"input": name, "wa_id": chat.number})
    result: Json = {"messaging_product": "whatsapp", "block_users": {answer: done}}
    if failed:
        result["block_users"]["failed_users"] = failed
        raise GraphError(139100, extra=result)
    return result


def _chat_with(call: Call, user: Json) -> Chat | None:
    """The chat with a user of the block list, if there is one."""
    number = user.get("user")
    wa_id = whatsapp_id(str(number)) if number else call.sim.world.whatsapp_id_of(str(user.get("user_id")))
    return call.sim.world.chats.get((call.number.id, wa_id or ""))


def _numbers_of_account(call: Call) -> list[Number]:
    return [number for number in call.sim.world.numbers.values() if number.waba_id == call.number.waba_id]


async def _set_callback(call: Call, said: Json) -> None:
    """Send this number's webhooks elsewhere, once that place has proved itself; empty goes back."""
    url = str(said.get("override_callback_uri") or "")
    if len(url) > _CALLBACK_MAX:
        raise GraphError(100, f"override_callback_uri may have {_CALLBACK_MAX} characters.")
    if url:
        await _prove(call, url, str(said.get("verify_token") or ""))
    call.number.override_webhook_url = url or None
    call.sim.world.save_number(call.number)


async def _prove(call: Call, url: str, verify_token: str) -> None:
    """Raises GraphError 2200 when the address does not answer the challenge."""
    try:
        wrong = await wire.verify(call.sim.client, url, verify_token)
    except wire.Refused as error:
        raise GraphError(2200, message=f"(#2200) Callback verification failed: {error}", http=400) from error
    if wrong:
        text = f"(#2200) Callback verification failed: HTTP Status Code = {wrong.status}"
        raise GraphError(2200, message=text, http=400)


#: Tiers by how many people they allow.
_TIERS = {50: "TIER_50", 250: "TIER_250", 2_000: "TIER_2K", 10_000: "TIER_10K", 100_000: "TIER_100K"}


def _tier(number: Number) -> str:
    """The smallest tier that holds what this number may write to; 2,000 when nothing is set."""
    most = number.settings.people_per_day
    return "TIER_2K" if most is None else next((_TIERS[n] for n in _TIERS if n >= most), "TIER_UNLIMITED")


def _status(number: Number) -> str:
    """Registration before everything else: what is not registered is only waiting."""
    if number.registration.registered:
        return number.settings.number_status
    return "DISCONNECTED" if number.registration.ever else "PENDING"


def _number(number: Number) -> Json:
    """All fields of a number."""
    throughput = number.settings.throughput_per_s
    return {
        "id": number.id,
        "display_phone_number": formatted_number(number.display_phone_number),
        "verified_name": number.verified_name,
        "quality_rating": number.settings.quality_rating,
        "code_verification_status": "VERIFIED" if number.registration.verified else "NOT_VERIFIED",
        "platform_type": "CLOUD_API",
        "status": _status(number),
        "name_status": number.settings.name_status,
        "account_mode": "LIVE",
        "throughput": {"level": "HIGH" if throughput is None or throughput > 80 else "STANDARD"},
        "quality_score": {"score": number.settings.quality_rating},
        "country_code": country_of(number.display_phone_number),
        "country_dial_code": country_dial_code(number.display_phone_number),
        "is_preverified_number": False,
        "is_official_business_account": False,
        "is_on_biz_app": number.settings.on_biz_app,
        "is_pin_enabled": bool(number.registration.pin),
        "last_onboarded_time": "2026-01-05T09:00:00+0000",
        "messaging_limit_tier": _tier(number),
        "new_display_name": number.registration.new_name,
        "new_name_status": number.registration.new_name_status,
        "whatsapp_business_manager_messaging_limit": _tier(number),
        "certificate": "",
        "webhook_configuration": {"application": number.webhook_url}
        | ({"phone_number": number.override_webhook_url} if number.override_webhook_url else {}),
        "health_status": health_status(number),
        "conversational_automation": {"prompts": [], "commands": [], **number.openers, "id": number.id},
        "username": number.username,
    }


def _fields(call: Call, thing: Json, default: tuple[str, ...]) -> Json:
    """The fields that were asked for; `id` always. Raises GraphError for one that does not exist."""
    asked = [name.split("{")[0].strip() for name in call.query.get("fields", "").split(",") if name.strip()]
    for name in asked:
        if name not in thing and name not in _UNSET_FIELDS:
            raise GraphError(100, message=f"(#100) Tried accessing nonexisting field ({name})")
    return {name: thing[name] for name in dict.fromkeys([*(asked or default), "id"]) if name in thing}


def _matches(template: Json, query: dict[str, str]) -> bool:
    """Whether a template passes the filters of a list."""

    def fits(name: str) -> bool:
        wanted = query.get(name)
        return wanted is None or str(template[name]).upper() in wanted.upper().split(",")

    return (
        fits("status") and fits("category") and fits("language") and query.get("name", "") in template["name"]
    )


def _page(call: Call) -> tuple[int, int]:
    """(limit, first) of a list. Raises GraphError 131059 for a cursor that is none."""
    limit, after = call.query.get("limit", "25"), call.query.get("after", "0")
    if not limit.isdigit() or int(limit) < 1:
        raise GraphError(100, "Param limit must be a whole number above 0.")
    if not after.isdigit():
        raise GraphError(131059)
    return min(int(limit), 1000), int(after)


HANDLERS = {
    ("GET", "number"): get_number,
    ("POST", "number"): post_number,
    ("GET", "account"): get_account,
    ("GET", "phone_numbers"): phone_numbers,
    ("GET", "subscribed_apps"): subscribed_apps,
    ("POST", "subscribed_apps"): subscribe,
    ("DELETE", "subscribed_apps"): unsubscribe,
    ("GET", "message_templates"): message_templates,
    ("GET", "template"): get_template,
    ("GET", "block_users"): list_blocked,
    ("POST", "block_users"): block,
    ("DELETE", "block_users"): unblock,
}
