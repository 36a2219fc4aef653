"""Every call to the provider, with the answers it needs to succeed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from channels_whatsapp import (
    blocking,
    calls,
    checking,
    form_calls,
    form_keys,
    group_calls,
    kept,
    link_calls,
    media,
    number_calls,
    number_standing,
    opener_calls,
    sending,
    setting_calls,
    signup_calls,
    standing,
    template_calls,
    username_calls,
)
from channels_whatsapp.tests.hostile import HERE, Good
from channels_whatsapp.tests.making import ADA, PNID, TAKEN, a_file, outbound
from inbox.ports import Account, Direct, Json, SendError

WABA, APP_ID, GROUP = "204881736650091", "920000000000078", "Y2FwaV9ncm91cA"
HOOK = "https://parley.example/hooks/whatsapp/7/"
DONE: Json = {"success": True}
ASKED: Json = {"messaging_product": "whatsapp", "request_id": "r1"}
CALLED: Json = {"messaging_product": "whatsapp", "calls": [{"id": "wacid.1"}]}
NOT_HERE: Json = {"error": {"code": 131063, "message": "Not by this API."}}
LINK: Json = {"code": "Q1", "prefilled_message": "Hi", "deep_link_url": "https://wa.me/message/Q1"}
NUMBER: Json = {
    "id": PNID, "display_phone_number": "+44 7700 900201", "verified_name": "Harbour Bikes",
    "status": "CONNECTED", "webhook_configuration": {"application": HOOK},
}  # fmt: skip
APPS: Json = {"data": [{"whatsapp_business_api_data": {"id": "1", "name": "Parley"}}]}
TOKEN: Json = {
    "data": {
        "is_valid": True, "app_id": APP_ID, "expires_at": 0,
        "granular_scopes": [
            {"scope": signup_calls.MANAGE, "target_ids": [WABA]},
            {"scope": signup_calls.MESSAGE, "target_ids": [WABA]},
        ],
    }
}  # fmt: skip
OF_GROUP: Json = {"id": GROUP, "subject": "Riders", "join_approval_mode": "approval_required"}
PERMISSION: Json = {
    "permission": {"status": "no_permission"},
    "actions": [{"action_name": "start_call", "can_perform_action": False}],
}
SETTINGS: Json = {"calling": {"status": "DISABLED"}, "user_identity_change": {}}
PICTURE = b"\x89PNG and more"
FILE: Json = {"url": f"{HERE}/file", "mime_type": "image/png", "file_size": str(len(PICTURE)), "id": "7"}
TEMPLATE: Json = {"name": "hello", "language": "en", "category": "marketing"}


class Row(NamedTuple):
    """deed: makes the call as this account; goods: what it is answered when all is well."""

    deed: Callable[[Account], object]
    goods: Sequence[Good]


def row(deed: Callable[[Account], object], *goods: Json | Good) -> Row:
    """A row; answers are 200 with JSON unless they say otherwise."""
    return Row(deed, [one if isinstance(one, Good) else Good(one) for one in goods])


def _app(account: Account) -> signup_calls.App:
    return signup_calls.App(APP_ID, "app-secret", account.base_url)


def _grant(account: Account) -> signup_calls.Grant:
    return signup_calls.grant(_app(account), code="code", redirect_uri="")


def _opened(account: Account) -> object:
    return signup_calls.opened(_app(account), signup_calls.Grant("token", None, (WABA,)))


def _closely(account: Account) -> object:
    """As a number that came by a signup is asked."""
    secrets = {**account.secrets, "app_secret": "app-secret"}
    return number_standing.ask_closely(
        replace(account, config={**account.config, "app_id": APP_ID}, secrets=secrets)
    )


def _checked(account: Account) -> None:
    """A check never raises: what is wrong is one of its steps, with what to do about it."""
    for step in checking.check(account, webhook_url=HOOK):
        if not step.ok:
            assert step.fix, step
            raise SendError("config", step.detail, permanent=True)


def _fetched(url: str) -> Callable[[Account], object]:
    def deed(account: Account) -> None:
        there = url.replace(HERE, account.base_url)
        with media.fetch(account, media_id="880012", url=there, max_bytes=2_000_000) as file:
            assert file.read() == PICTURE

    return deed


def _asked_business(account: Account) -> None:
    """The one that is not the provider's: the business's own system."""
    url = f"{account.base_url}/form"
    try:
        form_calls.ask_business(url, {"flow_token": "t"}, secrets=["s" * 32])
    except form_calls.Unanswered as error:
        raise SendError("unavailable", error.detail, permanent=False) from None


def _to_ada(**keys: Any) -> Callable[[Account], object]:
    return lambda account: sending.send(account, outbound(**keys))


#: By module and function, with a word behind a colon where one function has several ways.
CALLS: dict[str, Row] = {
    "blocking.block": row(
        lambda one: blocking.block(one, person=ADA, blocked=True), {"block_users": {"added_users": [{}]}}
    ),
    "blocking.block: off": row(
        lambda one: blocking.block(one, person=ADA, blocked=False), {"block_users": {"removed_users": [{}]}}
    ),
    "blocking.read_blocked": row(
        blocking.read_blocked,
        {"data": [{"wa_id": "447700900123"}], "paging": {"cursors": {"after": "a"}}},
        {"data": []},
    ),
    "calls.accept_call": row(lambda one: calls.accept_call(one, external_id="c", sdp="v=0"), DONE, DONE),
    "calls.reject_call": row(lambda one: calls.reject_call(one, external_id="c"), DONE),
    "calls.end_call": row(lambda one: calls.end_call(one, external_id="c"), DONE),
    "calls.start_call": row(lambda one: calls.start_call(one, to=ADA, sdp="v=0", ref="r"), CALLED),
    "calls.call_permission": row(lambda one: calls.call_permission(one, to=ADA), PERMISSION),
    "checking.check": row(_checked, NUMBER, APPS),
    "checking.check: nobody hears": row(_checked, NUMBER, {"data": []}, DONE, APPS),
    "form_calls.ask_business": row(_asked_business, {"screen": "A", "data": {}}),
    "form_keys.read_key": row(form_keys.read_key, {"data": []}),
    "form_keys.set_key": row(lambda one: form_keys.set_key(one, key="k"), DONE),
    "group_calls.list_groups": row(
        group_calls.list_groups,
        {"data": {"groups": [{"id": GROUP}]}, "paging": {"cursors": {"after": "a"}}},
        {"data": {"groups": []}},
    ),
    "group_calls.read_group": row(
        lambda one: group_calls.read_group(one, GROUP),
        OF_GROUP, {"messaging_product": "whatsapp", "invite_link": "https://chat.whatsapp.com/1"},
        {"data": []},
    ),
    "group_calls.create_group": row(
        lambda one: group_calls.create_group(one, subject="s", description="", needs_approval=False), ASKED
    ),
    "group_calls.change_group": row(
        lambda one: group_calls.change_group(one, GROUP, subject="s", description=""), ASKED
    ),
    "group_calls.change_picture": row(
        lambda one: group_calls.change_picture(one, GROUP, picture=a_file()), ASKED
    ),
    "group_calls.delete_group": row(lambda one: group_calls.delete_group(one, GROUP), ASKED),
    "group_calls.renew_link": row(
        lambda one: group_calls.renew_link(one, GROUP), {"invite_link": "https://chat.whatsapp.com/2"}
    ),
    "group_calls.remove_person": row(
        lambda one: group_calls.remove_person(one, GROUP, person="+447700900123"), ASKED
    ),
    "group_calls.answer_request: in": row(
        lambda one: group_calls.answer_request(one, GROUP, request="r", lets_in=True),
        {"approved_join_requests": ["r"]},
    ),
    "group_calls.answer_request: away": row(
        lambda one: group_calls.answer_request(one, GROUP, request="r", lets_in=False),
        {"rejected_join_requests": ["r"]},
    ),
    "kept.given": row(lambda one: kept.given(one, replace(a_file(), key="k")), {"id": "880012"}),
    "link_calls.read_links": row(
        link_calls.read_links,
        {"data": [LINK], "paging": {"cursors": {"after": "a"}, "next": "n"}}, {"data": []},
    ),
    "link_calls.make_link": row(lambda one: link_calls.make_link(one, text="Hi"), LINK),
    "link_calls.change_link": row(lambda one: link_calls.change_link(one, code="Q1", text="Hi"), LINK),
    "link_calls.delete_link": row(lambda one: link_calls.delete_link(one, code="Q1"), DONE),
    "media.upload": row(lambda one: media.upload(one, a_file()), {"id": "880012"}),
    "media.fetch": row(_fetched(""), FILE, Good(PICTURE, kind="image/png")),
    "media.fetch: by the webhook's address": row(
        _fetched(f"{HERE}/hot"), Good(PICTURE, kind="image/png")
    ),
    "number_calls.register": row(lambda one: number_calls.register(one, pin="123456"), DONE),
    "number_calls.request_name": row(lambda one: number_calls.request_name(one, name="n"), DONE),
    "number_calls.deregister": row(number_calls.deregister, DONE),
    "number_calls.set_pin": row(lambda one: number_calls.set_pin(one, pin="123456"), DONE),
    "number_calls.request_code": row(
        lambda one: number_calls.request_code(one, method="SMS", language="en"), DONE
    ),
    "number_calls.verify_code": row(lambda one: number_calls.verify_code(one, code="123456"), DONE),
    "number_calls.start_sync": row(lambda one: number_calls.start_sync(one, what="history"), ASKED),
    "number_calls.read_profile": row(number_calls.read_profile, {"data": [{"about": "Bikes"}]}),
    "number_calls.change_profile": row(lambda one: number_calls.change_profile(one, {"about": "B"}), DONE),
    "number_calls.upload_picture": row(
        lambda one: number_calls.upload_picture(one, a_file()), {"id": "upload:1"}, {"h": "4::handle"}
    ),
    "number_calls.subscribe": row(number_calls.subscribe, DONE),
    "number_calls.point_webhooks": row(lambda one: number_calls.point_webhooks(one, url=HOOK), DONE),
    "number_standing.ask_closely": row(_closely, NUMBER, {"id": WABA}, {"username": "bikes"}, TOKEN),
    "opener_calls.read_openers": row(opener_calls.read_openers, {"id": PNID}),
    "opener_calls.change_openers": row(
        lambda one: opener_calls.change_openers(one, {"prompts": [], "commands": []}), DONE
    ),
    "sending.send": row(_to_ada(), TAKEN),
    "sending.send: a file": row(_to_ada(kind="image", text="", file=a_file()), {"id": "880012"}, TAKEN),
    "sending.send: marketing elsewhere": row(
        _to_ada(kind="template", text="", content=TEMPLATE), Good(NOT_HERE, status=400), TAKEN
    ),
    "sending.send: without a template": row(_to_ada(direct=Direct("utility")), TAKEN),
    "sending.mark_read": row(lambda one: sending.mark_read(one, external_id="wamid.1", typing=False), DONE),
    "sending.mark_read: typing": row(
        lambda one: sending.mark_read(one, external_id="wamid.1", typing=True), DONE
    ),
    "setting_calls.read_settings": row(setting_calls.read_settings, SETTINGS),
    "setting_calls.change_settings": row(
        lambda one: setting_calls.change_settings(one, {}, {"identity_check": True}), DONE
    ),
    "signup_calls.grant": row(
        _grant, {"access_token": "short", "expires_in": 3_600}, {"access_token": "long"}, TOKEN
    ),
    "signup_calls.opened": row(
        _opened, {"id": WABA, "name": "Acme"},
        {"data": [{"id": PNID, "display_phone_number": "+44 7700 900201"}]},
    ),
    "signup_calls.token_end": row(lambda one: signup_calls.token_end(_app(one), "token"), TOKEN),
    "standing.ask_standing": row(standing.ask_standing, NUMBER),
    "template_calls.page": row(lambda one: template_calls.page(one, ""), {"data": []}),
    "template_calls.create": row(lambda one: template_calls.create(one, {}), {"id": "1"}),
    "template_calls.upsert": row(
        lambda one: template_calls.upsert(one, template={}), {"data": [{"id": "1", "status": "PENDING"}]}
    ),
    "template_calls.edit": row(lambda one: template_calls.edit(one, "1", {}), DONE),
    "template_calls.delete": row(lambda one: template_calls.delete(one, "hello", "1"), DONE),
    "template_calls.unpause": row(lambda one: template_calls.unpause(one, "1"), DONE),
    "template_calls.upload_sample": row(
        lambda one: template_calls.upload_sample(one, a_file()), {"id": "upload:1?sig=x"}, {"h": "4::handle"}
    ),
    "username_calls.read_username": row(
        username_calls.read_username, {"username": "bikes", "status": "approved"}
    ),
    "username_calls.take_username": row(
        lambda one: username_calls.take_username(one, name="bikes"), {"status": "approved"}
    ),
    "username_calls.drop_username": row(username_calls.drop_username, DONE),
    "username_calls.delete_contact_book": row(username_calls.delete_contact_book, DONE),
}  # fmt: skip
