"""Connecting numbers by Meta's signup: a code becomes a signup, and the numbers chosen of it become channels.

An account is subscribed before its numbers are saved: what Meta refuses leaves nothing behind but a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from django.utils import timezone

from channels_whatsapp import number_calls
from channels_whatsapp.forms import new_verify_token
from channels_whatsapp.models import Errand, Signup
from channels_whatsapp.operations.errands import (
    begin_errand,
    finish_errand,
    refuse_errand,
    run_errand,
)
from channels_whatsapp.operations.numbers import shared_address
from channels_whatsapp.signup_calls import App, Grant, grant, opened
from common import crypto
from common.ids import uuid7
from common.tenancy import tenant_context
from common.wire import stamp
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.operations.channels import connect_channel
from inbox.operations.errors import ChannelTaken
from inbox.operations.standing import keep_standing
from inbox.ports import Account, Json, SendError, Standing
from tenants.models import Tenant

KEPT = timedelta(days=1)
KIND = "whatsapp"


def begin_signup(
    *, tenant_id: UUID, by: Author, app: App, code: str, redirect_uri: str = ""
) -> tuple[Errand, Signup | None]:
    """Exchange a code and see what it opens; without a signup the errand says why.

    Writes Errand, Signup; forgets those of yesterday.
    """
    with tenant_context(tenant_id):
        errand = begin_errand(what=Errand.What.SIGNUP, by=by)
    try:
        granted = grant(app, code=code, redirect_uri=redirect_uri)
        accounts = opened(app, granted)
    except SendError as error:
        with tenant_context(tenant_id):
            return refuse_errand(errand, error), None
    with tenant_context(tenant_id):
        Signup.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
        return finish_errand(errand), keep_signup(app=app, granted=granted, accounts=accounts, by=by)


def keep_signup(*, app: App, granted: Grant, accounts: list[Json], by: Author) -> Signup:
    """Keep what a person allowed, its secrets sealed. Writes Signup."""
    signup = Signup(
        id=uuid7(), app_id=app.id, base_url=app.base_url, accounts=accounts, token_until=granted.until,
        by_name=by.name[:200],
    )  # fmt: skip
    secrets = {"access_token": granted.token, "app_secret": app.secret, "verify_token": new_verify_token()}
    signup.sealed_secrets = crypto.seal(orjson.dumps(secrets), **_lock(signup))
    signup.save(force_insert=True)
    return signup


def _lock(signup: Signup) -> Any:
    """Where the secrets stand, so that they can be opened nowhere else."""
    key = Tenant.objects.values_list("data_key", flat=True).get(id=signup.tenant_id)
    return {
        "wrapped_key": bytes(key),
        "tenant_id": str(signup.tenant_id),
        "place": f"channels_whatsapp_signup|sealed_secrets|{signup.id}",
    }


def signup_secrets(signup: Signup) -> dict[str, str]:
    """The secrets in the clear; never log them."""
    found: dict[str, str] = orjson.loads(crypto.unseal(bytes(signup.sealed_secrets), **_lock(signup)))
    return found


def open_signup(signup_id: UUID) -> Signup:
    """A signup of the last day. Raises Signup.DoesNotExist."""
    found: Signup = Signup.objects.get(id=signup_id, created_at__gt=timezone.now() - KEPT)
    return found


def connected_ids(signup: Signup) -> set[str]:
    """Which of its numbers the tenant has connected."""
    ids = [number["id"] for account in signup.accounts for number in account["numbers"]]
    rows = Channel.objects.filter(kind=KIND, external_id__in=ids)
    return set(rows.values_list("external_id", flat=True))


@dataclass(slots=True)
class Connected:
    """What became of the chosen numbers. refused: phone_number_id or account → why it is not connected;
    unheard: channels whose webhooks may not come here yet."""

    channels: list[Channel] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    unheard: list[Channel] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What a person chose of a signup. names: phone_number_id → the channel's name."""

    tenant_id: UUID
    signup: Signup
    secrets: Mapping[str, str] = field(repr=False)
    names: Mapping[str, str]
    by: Author


def connect_numbers(*, tenant_id: UUID, signup_id: UUID, by: Author, names: Mapping[str, str]) -> Connected:
    """Connect the chosen numbers: our app hears of their account, they are saved, webhooks come here.

    names: phone_number_id → the channel's name. Writes Errand, and what ``connect_channel`` does.
    Raises Signup.DoesNotExist.
    """
    with tenant_context(tenant_id):
        signup = open_signup(signup_id)
        choice, done = _Choice(tenant_id, signup, signup_secrets(signup), names, by), Connected()
    for account in signup.accounts:
        chosen = [number for number in account["numbers"] if number["id"] in names]
        if chosen and _subscribed(choice, account["waba_id"], done):
            made = _saved(choice, account["waba_id"], chosen, done)
            if made:
                _point_here(choice, made, done)
    return done


def _subscribed(choice: _Choice, waba_id: str, done: Connected) -> bool:
    """Let our app hear of the account. False with a sentence in `done` when Meta refuses."""
    with tenant_context(choice.tenant_id):
        errand = begin_errand(what=Errand.What.SUBSCRIBE, by=choice.by)
    try:
        number_calls.subscribe(Account("", choice.signup.base_url, {"waba_id": waba_id}, choice.secrets))
    except SendError as error:
        with tenant_context(choice.tenant_id):
            errand = refuse_errand(errand, error)
        done.refused[waba_id] = f"{errand.sentence} {errand.fix}".strip()
        return False
    with tenant_context(choice.tenant_id):
        finish_errand(errand)
    return True


def _saved(choice: _Choice, waba_id: str, chosen: list[Json], done: Connected) -> list[Channel]:
    """The numbers of one account as channels, each in a transaction of its own."""
    made = []
    for number in chosen:
        try:
            with tenant_context(choice.tenant_id):
                made.append(_channel(choice, waba_id, number))
        except ChannelTaken as refused:
            done.refused[number["id"]] = refused.sentence
    done.channels += made
    return made


def _channel(choice: _Choice, waba_id: str, number: Json) -> Channel:
    """Raises ChannelTaken."""
    signup = choice.signup
    channel = connect_channel(
        kind=KIND,
        name=choice.names[number["id"]][:80] or number["phone"],
        external_id=number["id"],
        config={"waba_id": waba_id, "display_phone_number": number["phone"], "app_id": signup.app_id},
        secrets=choice.secrets,
        base_url=signup.base_url,
        by=choice.by,
    )
    facts = {
        "status": number["status"],
        "verification": number["verification"],
        "verified_name": number["name"],
        "token_until": stamp(signup.token_until),
    }
    keep_standing(channel=channel, news=Standing(facts=facts))
    return channel


def _point_here(choice: _Choice, made: list[Channel], done: Connected) -> None:
    """Have the account's webhooks sent to us; Meta asks our door at once, which knows the token by now."""
    errand = run_errand(
        tenant_id=choice.tenant_id, channel_id=made[0].id, what=Errand.What.SUBSCRIBE, by=choice.by,
        ask=lambda account: number_calls.point_webhooks(account, url=shared_address()),
    )  # fmt: skip
    if errand.outcome != Errand.Outcome.DONE:
        done.unheard += made
