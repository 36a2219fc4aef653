"""Tenants, people and numbers, made through the product's own operations."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from bench.cast import ACCESS_TOKEN, APP_SECRET, VERIFY_TOKEN, Number, Tenant
from common.tenancy import tenant_context
from inbox.operations.authors import SYSTEM
from inbox.operations.channels import connect_channel, webhook_url
from tenants import models
from tenants.operations.keys import create_api_key
from tenants.operations.workspaces import create_tenant
from tenants.permissions import SCOPES


def make_tenant(*, name: str, first: int, numbers: int = 1, **config: Any) -> Tenant:
    """Write a tenant with an owner, an API key, a session, and numbers on the simulator from `first` on."""
    email = f"owner@{name.lower()}.example"
    user = models.User.objects.create_user(email, secrets.token_urlsafe(16), name=f"{name} agent")
    tenant = create_tenant(name=name, owner=user)
    with tenant_context(tenant.id):
        member = models.Member.objects.get(user=user)
        _, key = create_api_key(name="Measuring", scopes=SCOPES, by=member)
        connected = tuple(_number(str(first + n), config) for n in range(numbers))
    return Tenant(str(tenant.id), name, str(member.id), key, _cookie(user, tenant), connected)


def _number(external_id: str, config: dict[str, Any]) -> Number:
    channel = connect_channel(
        kind="whatsapp",
        name=external_id,
        external_id=external_id,
        config={"waba_id": "102290129340398", "display_phone_number": f"+4420{external_id[-8:]}", **config},
        secrets={"app_secret": APP_SECRET, "access_token": ACCESS_TOKEN, "verify_token": VERIFY_TOKEN},
        base_url=settings.SIMULATOR_URL,
        by=SYSTEM,
    )
    return Number(str(channel.id), external_id, webhook_url(channel))


def _cookie(user: models.User, tenant: models.Tenant) -> str:
    """A signed-in browser's session."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["tenant_id"] = str(tenant.id)
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
