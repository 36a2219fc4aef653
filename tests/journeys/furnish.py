"""Workspaces for looking at every page: one with a row of each kind, one with nothing in it.

Run as a program of its own, told what the web process was told: no test beside Playwright's loop may ask the
database. Prints how to enter each of them, and the rows of the first.
"""

from __future__ import annotations

import sys
from typing import Any

import django
import orjson
from django.conf import settings
from django.test import override_settings

django.setup()

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes  # noqa: E402 - after the setup
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: E402

from channels_whatsapp.operations.links import kept_links, make_link  # noqa: E402
from common.tenancy import tenant_context  # noqa: E402
from inbox.models import Receipt  # noqa: E402
from inbox.operations.authors import Author  # noqa: E402
from inbox.operations.channels import connect_channel  # noqa: E402
from inbox.operations.receipts import drain  # noqa: E402
from notifications.operations.starter import install_starter, starters  # noqa: E402
from notifications.operations.types import save_draft  # noqa: E402
from tenants.models import Member, Tenant, User  # noqa: E402
from tenants.operations.workspaces import create_tenant  # noqa: E402
from tests.conftest import QUICK_HASHERS, _signed_in  # noqa: E402
from tests.crossfire.twins import Twin, make_twins  # noqa: E402
from tests.far_end import wait_for  # noqa: E402

LINE = "+442079460199"


def furnish(provider: str) -> dict[str, Any]:
    """provider: the address of a simulator that knows the twins' numbers."""
    twin = make_twins(provider, drain=_beside_the_workers).globex
    with tenant_context(twin.tenant.id):
        _more(twin, provider)
    bare = User.objects.create_user("nora@nothing.example", "noras-long-password", name="Nora Bare")
    tenant = create_tenant(name="Nothing Yet", owner=bare)
    with tenant_context(tenant.id):
        nobody = Member.objects.select_related("user").get(user=bare)
    return {
        "full": {"id": str(twin.tenant.id), "state": _state(twin.owner, twin.tenant), "rows": twin.rows},
        "bare": {"id": str(tenant.id), "state": _state(nobody, tenant), "rows": {}},
    }


def _beside_the_workers() -> None:
    """The workers of the house take the same receipts; all are done when none is left."""
    wait_for(lambda: drain() >= 0 and not Receipt.objects.filter(state="new").exists())


def _more(twin: Twin, provider: str) -> None:
    """What the crossfire has no use for: other kinds of channel, whole types, a link, the second step."""
    by = Author.of(twin.owner)
    for kind in ("sms", "voice"):
        connect_channel(
            kind=kind, name=f"Front desk {kind}", external_id=LINE, base_url=provider, by=by,
            config={"account_sid": f"AC{'5' * 32}", "display_phone_number": LINE, "messages_per_second": 1},
            secrets={"auth_token": "f" * 32},
        )  # fmt: skip
    types = {key: install_starter(key, by=by) for key in starters()}
    save_draft(named=types["fraud_alert"], by=by, ttl_s=1200)  # to be compared, published and discarded
    make_link(tenant_id=twin.tenant.id, channel_id=twin.channel.id, by=by, text="I saw your poster")
    twin.rows |= {"type": "fraud_alert", "code": kept_links(twin.channel)[0]["code"]}
    TOTP.activate(twin.owner.user, generate_totp_secret())
    RecoveryCodes.activate(twin.owner.user)


def _state(member: Member, tenant: Tenant) -> dict[str, Any]:
    """The storage of a browser in which this person is signed in."""
    kept = _signed_in(member, tenant).cookies[settings.SESSION_COOKIE_NAME]
    cookie = {
        "name": kept.key, "value": kept.value, "domain": "127.0.0.1", "path": "/", "expires": -1,
        "httpOnly": True, "secure": False, "sameSite": "Lax",
    }  # fmt: skip
    return {"cookies": [cookie], "origins": []}


if __name__ == "__main__":
    with override_settings(PASSWORD_HASHERS=QUICK_HASHERS):
        sys.stdout.buffer.write(orjson.dumps(furnish(sys.argv[1])))
