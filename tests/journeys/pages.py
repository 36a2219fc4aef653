"""Every page of the console and the account, from the table of every address: none can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.cast import ACME_ACCOUNT, APP_SECRET, GLOBEX_ACCOUNT, GLOBEX_SECRET
from tests.crossfire.table import ids_of, template_of
from tests.crossfire.table_numbers import CODE
from tests.crossfire.table_pages import PAGES
from tests.journeys.stack import Stack

#: What answers with a file, with a part of a page, or leads elsewhere at once.
NO_PAGE = {
    "console/audit/export/", "console/notifications/log/export/", "console/notifications/prices/export/",
    "console/notifications/configuration/export/", "accounts/2fa/recovery-codes/download/",
    "console/channels/<uuid:channel_id>/links/<slug:code>.<slug:ending>",
    "console/notifications/campaigns/people/", "console/notifications/types/<slug:key>/simulation/",
    "console/templates/sync/",
}  # fmt: skip
#: Pages of somebody who is not signed in.
OUTSIDE = (
    "accounts/login/", "accounts/password/reset/", "accounts/signup/", "demo/login/",
    "accounts/invitations/<uuid:tenant_id>/<str:token>/", "choices/<uuid:tenant_id>/<str:token>/",
)  # fmt: skip
#: Pages that look quite different by what their address asks for.
VARIANTS = (
    "console/notifications/types/fraud_alert/?language=ar",
    "console/notifications/log/?state=expired",
    "nothing/here/",
)
#: Pages that are meant to say no, and how.
REFUSED = {"nothing/here/": 404, "demo/login/": 410}
#: What somebody without a second step has no page for.
WITHOUT_A_STEP = {"accounts/2fa/totp/deactivate/": 404, "accounts/2fa/recovery-codes/": 404}
#: Pages on which the demo's own workspace has more to show.
RICH = (
    "console/", "console/templates/", "console/notifications/types/fraud_alert/",
    "console/notifications/log/", "console/notifications/reports/", "accounts/2fa/totp/activate/",
)  # fmt: skip


@dataclass(frozen=True)
class Workspace:
    """Its tenant, a browser in which its owner is signed in, and the rows that its addresses name."""

    id: str
    state: Any
    rows: Mapping[str, str]

    def paths(self) -> Iterator[str]:
        """The address of each page that this workspace has rows for, those of the house's gate aside."""
        for address, route in PAGES.items():
            is_ours = address.startswith(("console/", "accounts/")) and address not in OUTSIDE
            if (
                is_ours
                and "get" in route.calls
                and address not in NO_PAGE
                and (self.rows or not ids_of(address))
            ):
                yield _path(address, self.rows)

    def paths_outside(self) -> Iterator[str]:
        yield from (_path(address, self.rows) for address in OUTSIDE)


def _path(address: str, rows: Mapping[str, str]) -> str:
    """What the table asks for beside the address would only show less."""
    words = {name: row if isinstance(row, str) else rows[row.name] for name, row in ids_of(address).items()}
    return template_of(address).format(**words).replace(CODE, rows.get("code", CODE))


def furnished(stack: Stack) -> dict[str, Workspace]:
    """Two new workspaces beside the demo's: `full` has a row of each kind, `bare` has nothing."""
    for name, account, secret in (
        ("acme", ACME_ACCOUNT, APP_SECRET),
        ("globex", GLOBEX_ACCOUNT, GLOBEX_SECRET),
    ):
        told = {"waba_id": f"1{account}", "access_token": f"EAAG{name}token", "app_secret": secret}
        stack.far_end.register(account, verified_name=name.title(), **told)
    made = stack.program("tests.journeys.furnish", stack.run["simulator_url"])
    return {name: Workspace(**one) for name, one in made.items()}
