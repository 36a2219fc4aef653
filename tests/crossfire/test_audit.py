"""Each thing an admin does in the console leaves one row in the audit; what does not is listed, with why."""

from __future__ import annotations

import pytest
from django.db import transaction

from common.tenancy import tenant_context
from events.models import Change
from tests.conftest import _signed_in
from tests.crossfire.shots import aimed, fire
from tests.crossfire.table_pages import PAGES
from tests.crossfire.twins import Twin, Twins

#: Posts that change nothing of the set-up.
NOTHING_TO_AUDIT = {
    "console/guide/": "hides a list in this browser",
    "console/channels/<uuid:channel_id>/check/": "asks the provider, changes nothing",
    "console/channels/<uuid:channel_id>/number/refresh/": "asks the provider, changes nothing",
    "console/channels/<uuid:channel_id>/profile/reading/": "asks the provider, changes nothing",
    "console/channels/<uuid:channel_id>/openers/reading/": "asks the provider, changes nothing",
    "console/channels/<uuid:channel_id>/openers/preview/": "shows what is typed",
    "console/channels/<uuid:channel_id>/settings/reading/": "asks the provider, changes nothing",
    "console/channels/<uuid:channel_id>/form-key/reading/": "asks the provider, changes nothing",
    "console/channels/<uuid:channel_id>/links/reading/": "asks the provider, changes nothing",
    "console/channels/<uuid:channel_id>/blocked/reading/": "asks the provider, changes nothing",
    "console/channels/<uuid:channel_id>/groups/reading/": "asks the provider, changes nothing",
    "console/templates/check/": "looks at what is typed",
    "console/templates/sync/": "reads the provider's list again",
    "console/notifications/configuration/": "only compares; taking over is tried in test_configuration.py",
    "console/notifications/types/<slug:key>/preview/": "shows what is typed",
    "console/webhooks/<uuid:endpoint_id>/sample/": "asks their server, changes nothing",
    "console/notifications/types/<slug:key>/test/": "its notification stands in the log, marked test",
}
CAMPAIGN = "console/notifications/campaigns/<uuid:campaign_id>/"
#: Posts that change nothing of the twins' campaign, whose rows came from a program; see test_campaigns.py.
NOTHING_TO_AUDIT |= dict.fromkeys([f"{CAMPAIGN}columns/", f"{CAMPAIGN}segment/"], "it has none")
#: Post → what must be done before it has something to do.
FIRST = {
    "console/webhooks/<uuid:endpoint_id>/return/": ["console/webhooks/<uuid:endpoint_id>/pause/"],
    "console/channels/<uuid:channel_id>/return/": ["console/channels/<uuid:channel_id>/pause/"],
    f"{CAMPAIGN}pause/": [f"{CAMPAIGN}start/"],
    f"{CAMPAIGN}resumption/": [f"{CAMPAIGN}start/", f"{CAMPAIGN}pause/"],
}
POSTS = [
    address
    for address, route in PAGES.items()
    if address.startswith("console/") and "post" in route.calls and route.is_ready
]


def test_each_post_of_the_console_leaves_one_row_of_its_doer(small_twins: Twins) -> None:
    acme = small_twins.acme
    left = {address: _left_by(acme, address) for address in POSTS}

    wrong = {
        address: rows
        for address, rows in left.items()
        if [who for who, _ in rows] != ([] if address in NOTHING_TO_AUDIT else [acme.owner.name])
    }
    assert wrong == {}, "\n".join(f"{address}: {rows}" for address, rows in wrong.items())
    assert set(NOTHING_TO_AUDIT) <= set(POSTS)


@pytest.mark.parametrize("address", ["console/audit/", "console/audit/export/", "api/v1/changes"])
def test_a_stranger_reads_nothing_of_it(small_twins: Twins, address: str) -> None:
    acme, globex = small_twins.acme, small_twins.globex
    both = [
        fire(_signed_in(one.owner, one.tenant), aimed(address, "get", {**acme.rows, "member": ""}, {}, ""))
        for one in (acme, globex)
    ]

    assert [acme.mark.encode() in answer.body for answer in both] == [True, False]


def _left_by(twin: Twin, address: str) -> list[tuple[str, str]]:
    """(who, action) of each row one post leaves; then it is undone."""
    with transaction.atomic():
        for earlier in FIRST.get(address, ()):
            _post(twin, earlier)
        with tenant_context(twin.tenant.id):
            before = set(Change.objects.values_list("id", flat=True))
        _post(twin, address)
        with tenant_context(twin.tenant.id):
            made = Change.objects.exclude(id__in=before)
            rows = [(one.actor["name"], one.action) for one in made]
        transaction.set_rollback(True)
    return rows


def _post(twin: Twin, address: str) -> None:
    answer = fire(_signed_in(twin.owner, twin.tenant), aimed(address, "post", twin.rows, twin.rows, ""))
    assert answer.status in {200, 302}, f"{address}: {answer}"
