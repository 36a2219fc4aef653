"""Which tenant and channel does each item of a receipt belong to?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from inbox.channels import UnknownChannel, adapter_for
from inbox.models import ChannelRoute, Outcome
from inbox.operations.arrivals import Part, Verdict
from inbox.ports import Notice, OwnAddress


def route(parts: Sequence[Part]) -> None:
    """Set each item's tenant and channel. An item may only reach a channel whose app signed its body.

    An item of no connected channel gets its verdict here, and a tenant when its body can only be theirs.
    """
    routes = _routes(parts)
    strays = []
    for part in parts:
        found = routes.get((part.receipt.kind, part.item.account))
        if found and _signs(part, found):
            part.tenant_id, part.channel_id = found.tenant_id, found.channel_id
        else:
            strays.append(part)
    if strays:
        _place_strays(strays)


def _signs(part: Part, found: ChannelRoute) -> bool:
    """Did the channel's app sign this body, or the one before it while that was still accepted?"""
    if found.app_id == part.receipt.app_id:
        return True
    until = found.app_before_until
    is_before = found.app_before_id is not None and found.app_before_id == part.receipt.app_id
    return is_before and until is not None and part.receipt.received_at < until


def _routes(parts: Sequence[Part]) -> dict[tuple[str, str], ChannelRoute]:
    accounts = {part.item.account for part in parts if part.item.account}
    rows = ChannelRoute.objects.filter(
        kind__in={part.receipt.kind for part in parts}, external_id__in=accounts
    )
    return {(row.kind, row.external_id): row for row in rows}


def _place_strays(parts: Sequence[Part]) -> None:
    sole = _sole_tenants({part.receipt.app_id for part in parts})
    hooked = _hooked({part.receipt.channel_id for part in parts if part.receipt.channel_id})
    grouped = [part for part in parts if part.item.group and part.receipt.app_id not in sole]
    _place_grouped(grouped, hooked)
    placed = {id(part) for part in grouped}
    for part in parts:
        if id(part) in placed:
            continue
        receipt, account = part.receipt, part.item.account
        part.tenant_id = hooked.get(receipt.channel_id) if receipt.channel_id else sole.get(receipt.app_id)
        if (part.tenant_id and receipt.channel_id and _is_own_address(receipt.kind)) or (
            isinstance(part.item, Notice) and not account
        ):
            part.channel_id = receipt.channel_id
        elif isinstance(part.item, Notice) and part.item.known:
            part.verdict = Verdict(Outcome.IGNORED, part.item.detail or f"{part.item.topic} is not used yet.")
        else:
            part.quarantine(
                f"No connected channel has the account {account[:60]}." if account else "It names no account."
            )


def _place_grouped(parts: Sequence[Part], hooked: dict[UUID, UUID]) -> None:
    """News of an account of an app that several tenants share: only for the tenant whose account it is.

    The address it came to says nothing of that, unless two of them name the account: then it decides.
    """
    owners = _owners(parts)
    for part in parts:
        receipt, group = part.receipt, part.item.group
        claimants = owners.get((receipt.app_id, group), set())
        here = hooked.get(receipt.channel_id) if receipt.channel_id else None
        if here in claimants:
            part.tenant_id, part.channel_id = here, receipt.channel_id
        elif len(claimants) == 1:
            part.tenant_id = next(iter(claimants))
        else:
            why = "More than one workspace names" if claimants else "No connected channel belongs to"
            part.quarantine(f"{why} the account {group[:60]}.")


def _owners(parts: Sequence[Part]) -> dict[tuple[UUID, str], set[UUID]]:
    """(app, group) → tenants with an account in it."""
    owners: dict[tuple[UUID, str], set[UUID]] = defaultdict(set)
    if parts:
        rows = ChannelRoute.objects.filter(group_id__in={part.item.group for part in parts})
        for app_id, group, tenant_id in _by_app(rows, {part.receipt.app_id for part in parts}, "group_id"):
            owners[app_id, group].add(tenant_id)
    return owners


def _by_app(rows: QuerySet[ChannelRoute], apps: set[UUID], name: str) -> list[tuple[Any, ...]]:
    """(app, a column, tenant) of the routes these apps sign for; a change of secrets may still run."""
    now = rows.filter(app__in=apps).values_list("app_id", name, "tenant_id")
    before = rows.filter(app_before__in=apps, app_before_until__gt=timezone.now())
    return [*now, *before.values_list("app_before_id", name, "tenant_id")]


def _is_own_address(kind: str) -> bool:
    """Does the signature prove that the body is for the channel in the address? It may name another sender of
    the account: a number that a messaging service chose."""
    try:
        return isinstance(adapter := adapter_for(kind), OwnAddress) and adapter.own_address
    except UnknownChannel:
        return False


def _sole_tenants(apps: set[UUID]) -> dict[UUID, UUID]:
    """Apps whose channels all belong to one tenant."""
    owners: dict[UUID, set[UUID]] = defaultdict(set)
    for app_id, _kind, tenant_id in _by_app(ChannelRoute.objects.all().distinct(), apps, "kind"):
        owners[app_id].add(tenant_id)
    return {app_id: next(iter(tenants)) for app_id, tenants in owners.items() if len(tenants) == 1}


def _hooked(channels: set[UUID]) -> dict[UUID, UUID]:
    return dict(ChannelRoute.objects.filter(channel_id__in=channels).values_list("channel_id", "tenant_id"))
