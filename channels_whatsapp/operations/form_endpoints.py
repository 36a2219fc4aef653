"""A number's endpoint of forms: its keys and secrets, kept sealed, and whom of the business we ask.

sealed holds {keys: [{private, public, until}], secrets: [{secret, until}]}, the newest first. What has an
`until` is used until then only: it was replaced.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import orjson
from django.utils import timezone

from channels_whatsapp.models import FormEndpoint
from common import crypto
from common.signed_calls import new_secret
from common.wire import stamp
from events import audit
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.ports import Json
from tenants.models import Tenant

#: How long phones may go on with a key they have, and calls are signed with a secret that was replaced.
OVERLAP = timedelta(days=1)
#: Keys whose upload nobody heard the end of count too.
KEYS_MOST = 8


def endpoint_of(channel: Channel) -> FormEndpoint | None:
    """None before anything was set."""
    return FormEndpoint.objects.filter(channel=channel).first()


def _own(channel: Channel) -> FormEndpoint:
    """The endpoint, locked; made when there is none: the channel is locked too, so nobody else makes one."""
    Channel.objects.select_for_update().get(id=channel.id)
    found = FormEndpoint.objects.select_for_update().filter(channel=channel).first()
    return found or FormEndpoint.objects.create(channel=channel)


# ---------------------------------------------------------------- what is sealed


def _lock(endpoint: FormEndpoint) -> Any:
    key = Tenant.objects.values_list("data_key", flat=True).get(id=endpoint.tenant_id)
    place = f"channels_whatsapp_formendpoint|sealed|{endpoint.id}"
    return {"wrapped_key": bytes(key), "tenant_id": str(endpoint.tenant_id), "place": place}


def _opened(endpoint: FormEndpoint) -> Json:
    found: Json = {"keys": [], "secrets": []}
    if endpoint.sealed:
        found |= orjson.loads(crypto.unseal(bytes(endpoint.sealed), **_lock(endpoint)))
    return found


def _seal(endpoint: FormEndpoint, found: Json) -> None:
    """Put it back, without what is over. Writes FormEndpoint."""
    kept = {name: [row for row in rows if _is_good(row)] for name, rows in found.items()}
    endpoint.sealed = crypto.seal(orjson.dumps(kept), **_lock(endpoint))
    endpoint.save(update_fields=["sealed"])


def _is_good(row: Json) -> bool:
    until = row.get("until")
    return not until or datetime.fromisoformat(until) > timezone.now()


def private_keys(endpoint: FormEndpoint) -> list[str]:
    """Every key a phone may have encrypted with, the newest first; never log them."""
    return [row["private"] for row in _opened(endpoint)["keys"] if _is_good(row)]


def call_secrets(endpoint: FormEndpoint) -> list[str]:
    """What calls to the business are signed with; never log them."""
    return [row["secret"] for row in _opened(endpoint)["secrets"] if _is_good(row)]


def has_key(endpoint: FormEndpoint | None, public: str) -> bool:
    """Was this public key made here, and is it the one in use?"""
    rows = _opened(endpoint)["keys"] if endpoint and public else []
    return any(_same(row["public"], public) and not row.get("until") for row in rows)


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()


# ---------------------------------------------------------------- keys


def keep_pair(channel: Channel, private: str, public: str) -> None:
    """Keep a pair before Meta has heard of it, beside those in use. Writes FormEndpoint."""
    endpoint = _own(channel)
    found = _opened(endpoint)
    found["keys"] = [{"private": private, "public": public}, *found["keys"]][:KEYS_MOST]
    _seal(endpoint, found)


def drop_pair(channel: Channel, public: str) -> None:
    """Meta did not take it. Writes FormEndpoint."""
    endpoint = _own(channel)
    found = _opened(endpoint)
    found["keys"] = [row for row in found["keys"] if not _same(row["public"], public)]
    _seal(endpoint, found)


def settle_keys(channel: Channel, public: str) -> None:
    """Meta has this key: others made here are used for a day more. Writes FormEndpoint, if there is one."""
    if not public or not FormEndpoint.objects.filter(channel=channel).exists():
        return
    endpoint = _own(channel)
    found, until = _opened(endpoint), stamp(timezone.now() + OVERLAP)
    for row in found["keys"]:
        row["until"] = None if _same(row["public"], public) else row.get("until") or until
    _seal(endpoint, found)


# ---------------------------------------------------------------- whom we ask


def set_address(*, channel: Channel, url: str, by: Author) -> str:
    """Have forms asked of this address, or of nobody (""). Returns the secret, if it is made with this.

    Writes FormEndpoint, Change.
    """
    endpoint = _own(channel)
    before, endpoint.url = endpoint.url, url
    endpoint.save(update_fields=["url"])
    _note("number.form_address", channel, by, {"url": before}, {"url": url})
    found = _opened(endpoint)
    return _new_secret(endpoint, found) if url and not found["secrets"] else ""


def renew_secret(*, channel: Channel, by: Author) -> str:
    """Another secret; calls are signed with both for a day. Returns it. Writes FormEndpoint, Change."""
    endpoint = _own(channel)
    _note("number.form_secret", channel, by, None, None)
    return _new_secret(endpoint, _opened(endpoint))


def _new_secret(endpoint: FormEndpoint, found: Json) -> str:
    made, until = new_secret(), stamp(timezone.now() + OVERLAP)
    older = [{**row, "until": row.get("until") or until} for row in found["secrets"]]
    _seal(endpoint, {**found, "secrets": [{"secret": made}, *older]})
    return made


def _note(action: str, channel: Channel, by: Author, before: Json | None, after: Json | None) -> None:
    audit.note(action, channel.id, channel.name, before=before, after=after, actor=by.actor)
