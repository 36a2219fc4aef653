"""Make the demo tenants, once; safe to run again."""

from __future__ import annotations

import secrets
from typing import Any

import orjson
from django.conf import settings

from channels_whatsapp.form_words import form_address
from common.tenancy import tenant_context
from demo import simulator
from demo.cast import ACCESS_TOKEN_FOR, APP_ID, BUSINESSES, OPENINGS, Business, Opening
from demo.story import tell
from inbox.models import Channel, ChannelRoute
from inbox.operations.authors import SYSTEM
from inbox.operations.channels import channel_secrets, connect_channel, webhook_url
from notifications.models import NotificationType
from notifications.operations.starter import install_starter
from tenants.models import ApiKey, Member, Team, Tenant, User
from tenants.operations.keys import create_api_key, find_key
from tenants.operations.login_links import create_login_link
from tenants.operations.members import add_member
from tenants.operations.teams import create_team
from tenants.operations.workspaces import create_tenant
from tenants.permissions import SCOPES

RUN_FILE = "run.json"
#: What the demo's telephone numbers are for, and how each is called.
LINE_KINDS = {"sms": "texts", "voice": "calls"}
#: As granted to a number for businesses; the pace every number starts with would make a demo slow.
LINE_PER_SECOND = 20
#: Types of notification that each demo tenant has from the start.
STARTERS = ("fraud_alert", "flight_delay")


def build() -> dict[str, Any]:
    """Tenants, people, channels and first messages; writes run.json and returns what stands in it."""
    before = _before()
    app_secret = _known_app_secret() or secrets.token_hex(16)
    tenants = [_tenant(business, app_secret, before) for business in BUSINESSES]
    run = {"url": settings.PUBLIC_URL, "simulator_url": settings.SIMULATOR_PUBLIC_URL, "tenants": tenants}
    _write(run)
    return run


def _tenant(business: Business, app_secret: str, before: dict[str, Any]) -> dict[str, Any]:
    tenant = Tenant.objects.filter(slug=business.slug).first()
    is_new = tenant is None
    tenant = tenant or create_tenant(
        name=business.name, slug=business.slug, owner=_user(business, 0), is_demo=True
    )
    with tenant_context(tenant.id):
        members = _people(business)
        channel = _channel(business, app_secret)
        account = channel_secrets(channel)
        lines = _lines(business)
        line_token = channel_secrets(lines[0])["auth_token"]
        _notification_types()
        found = {
            "id": str(tenant.id),
            "name": tenant.name,
            "slug": tenant.slug,
            "api_key": _api_key(tenant, members[0], before),
            "agents": [
                {
                    "email": member.email,
                    "name": member.name,
                    "login_url": create_login_link(user=member.user, tenant=tenant),
                }
                for member in members
            ],
            "channels": [
                _shown(channel, account["app_secret"]),
                *(_shown(line, line_token) for line in lines),
            ],
        }
    _register(business, channel, account)
    _register_spare(business)
    _register_line(business, lines, line_token)
    if is_new:
        for opening in OPENINGS[business.slug]:
            _say(business, opening)
        tell(tenant, [opening.name for opening in OPENINGS[business.slug]], business.answer)
    return found


def _user(business: Business, n: int) -> User:
    person = business.people[n]
    known = User.objects.filter(email__iexact=person.email).first()
    return known or User.objects.create_user(person.email, name=person.name)


def _people(business: Business) -> list[Member]:
    members = []
    for n, person in enumerate(business.people):
        user = _user(business, n)
        known = Member.objects.filter(user=user).select_related("user").first()
        members.append(known or add_member(user=user, role=person.role))
    if not Team.objects.exists():
        for n, name in enumerate(dict.fromkeys(person.team for person in business.people if person.team)):
            of_team = [m for m, p in zip(members, business.people, strict=True) if p.team == name]
            create_team(name=name, colour=n, members=of_team)
    return members


def _channel(business: Business, app_secret: str) -> Channel:
    number = business.number
    known = Channel.objects.filter(external_id=number.phone_number_id).first()
    return known or connect_channel(
        kind="whatsapp",
        name=number.name,
        external_id=number.phone_number_id,
        config={"waba_id": number.waba_id, "display_phone_number": f"+{number.display}"},
        secrets={
            "app_secret": app_secret,
            "access_token": ACCESS_TOKEN_FOR.format(slug=business.slug),
            "verify_token": secrets.token_urlsafe(16),
        },
        base_url=settings.SIMULATOR_URL,
        by=SYSTEM,
    )


def _shown(channel: Channel, secret: str) -> dict[str, str]:
    return {
        "id": str(channel.id),
        "kind": channel.kind,
        "external_id": channel.external_id,
        "webhook_url": webhook_url(channel),
        "secret": secret,
    }


def _lines(business: Business) -> list[Channel]:
    """The same telephone number twice: for texts and for calls."""
    known = {row.kind: row for row in Channel.objects.filter(external_id=business.line.number)}
    kept = channel_secrets(next(iter(known.values()))) if known else {}
    token = kept.get("auth_token") or secrets.token_hex(16)
    return [
        known.get(kind)
        or connect_channel(
            kind=kind,
            name=f"{business.name} {words}",
            external_id=business.line.number,
            config={
                "account_sid": business.line.account_sid,
                "display_phone_number": business.line.number,
                "messages_per_second": LINE_PER_SECOND,
            },
            secrets={"auth_token": token},
            base_url=settings.SIMULATOR_URL,
            by=SYSTEM,
        )
        for kind, words in LINE_KINDS.items()
    ]


def _register_line(business: Business, lines: list[Channel], token: str) -> None:
    texts, calls = lines
    simulator.put_line(
        business.line.number,
        {
            "verified_name": business.name,
            "account_sid": business.line.account_sid,
            "auth_token": token,
            "sms_url": webhook_url(texts),
            "voice_url": webhook_url(calls),
        },
    )


def _notification_types() -> None:
    """The two named notifications of the demo; the simulator has approved their templates."""
    for key in STARTERS:
        if not NotificationType.objects.filter(key=key).exists():
            install_starter(key, by=SYSTEM)


def _register(business: Business, channel: Channel, account: dict[str, str]) -> None:
    number = business.number
    simulator.put_number(
        number.phone_number_id,
        {
            "display_phone_number": number.display,
            "verified_name": number.name,
            "waba_id": number.waba_id,
            "app_id": APP_ID,
            "app_secret": account["app_secret"],
            "access_token": account["access_token"],
            "verify_token": account["verify_token"],
            "webhook_url": webhook_url(channel),
            "flow_endpoint": form_address(channel),
        },
    )


def _register_spare(business: Business) -> None:
    """Numbers nobody has connected yet: the simulator's signup offers them, the last one not registered.

    Once connected they are the workspace's: only what the provider itself knows is said again.
    """
    for n, number in enumerate(business.spare, 1):
        is_known = ChannelRoute.objects.filter(external_id=number.phone_number_id).exists()
        fresh: dict[str, Any] = {"subscribed": False}
        if n == len(business.spare):
            fresh["registration"] = {"registered": False, "ever": False, "verified": True}
        body = {
            "display_phone_number": number.display,
            "verified_name": number.name,
            "waba_id": number.waba_id,
            "app_id": settings.WHATSAPP_APP_ID,
            "app_secret": settings.WHATSAPP_APP_SECRET,
            "access_token": secrets.token_urlsafe(32),
            "webhook_url": f"{settings.PUBLIC_URL}/hooks/whatsapp/",
        }
        simulator.put_number(number.phone_number_id, body if is_known else body | fresh)


def _say(business: Business, opening: Opening) -> None:
    base = {"channel": business.number.phone_number_id, "from": opening.phone, "name": opening.name}
    for words in opening.said:
        simulator.customer_writes({**base, "text": words})
    if opening.sample:
        kind = {"photo": "image"}.get(opening.sample, opening.sample)
        simulator.customer_writes({**base, kind: {"sample": opening.sample}})


# ---------------------------------------------------------------- run.json


def _before() -> dict[str, Any]:
    """What the last run wrote; its API keys go on working."""
    try:
        found: dict[str, Any] = orjson.loads((settings.DATA_DIR / RUN_FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return {tenant["slug"]: tenant["api_key"] for tenant in found.get("tenants", [])}


def _known_app_secret() -> str:
    """The secret of the demo's first channel: all demo numbers belong to one provider app."""
    tenant = Tenant.objects.filter(slug=BUSINESSES[0].slug).first()
    if tenant is None:
        return ""
    with tenant_context(tenant.id):
        channel = Channel.objects.filter(external_id=BUSINESSES[0].number.phone_number_id).first()
        return channel_secrets(channel)["app_secret"] if channel else ""


def _api_key(tenant: Tenant, owner: Member, before: dict[str, Any]) -> str:
    """The key of the last run while it lives, else a new one in its place."""
    kept = str(before.get(tenant.slug, ""))
    found = find_key(kept) if kept else None
    if found and found[0] == tenant.id:
        return kept
    ApiKey.objects.filter(name="Demo").delete()
    _, presented = create_api_key(name="Demo", scopes=SCOPES, by=owner)
    return presented


def _write(run: dict[str, Any]) -> None:
    path = settings.DATA_DIR / RUN_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    half.touch(mode=0o600)
    half.write_bytes(orjson.dumps(run, option=orjson.OPT_INDENT_2))
    half.rename(path)
