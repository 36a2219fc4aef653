"""The console's pages about notifications and campaigns, for the table."""

from __future__ import annotations

from tests.crossfire.marks import PHONE
from tests.crossfire.routes import ADMIN, AGENT, DO, GET, Call, Route, Row, allauth, on

_PREFERENCES = {
    "name": "Raided",
    "category": "utility",
    "lane": "utility",
    "quiet_hours": "obey",
    "ttl_s": "600",
    "dedupe_window_s": "600",
    "fallback_language": "en",
}

CONFIGURATION = {
    "format": "parley.notifications/1",
    "types": [],
    "teams": [{"name": "Raid again", "colour": 3}],
}
#: Of a channel that the sender has; the API and the console take the same words.
PRICE = {
    "channel": Row("channel"),
    "country": "GB",
    "price": "0.0553",
    "currency": "EUR",
    "valid_from": "2026-10-01",
}

_RULE = {"threshold": "10", "at_least": "3", "window_min": "60", "repeat_h": "24", "is_on": "on"}


def _campaign_pages(base: str) -> dict[str, Route]:
    """The console's pages about campaigns."""
    one = f"{base}<uuid:campaign_id>/"
    return {
        base: on(AGENT, get=GET),
        f"{base}new/": allauth(ADMIN, get=GET, post=Call({"name": "Raid", "type": Row("type")})),
        f"{base}new/people/": on(
            ADMIN, get=Call(query={"type": Row("type")}), post=Call({"name": "Raid", "type": Row("type")})
        ),
        f"{base}people/": on(ADMIN, get=Call(query={"label": "vip"})),
        one: on(AGENT, get=GET),
        f"{one}columns/": on(ADMIN, get=GET, post=Call({"phone": "0"})),
        f"{one}segment/": on(ADMIN, get=GET, post=Call({"label": "vip"})),
        f"{one}start/": on(ADMIN, post=Call({"per_minute": "60", "recipients": "1", "when": "now"})),
        f"{one}schedule/": allauth(ADMIN, get=GET, post=Call({"when": "now"})),  # see test_campaign_times.py
        f"{one}pause/": on(ADMIN, post=DO),
        f"{one}resumption/": on(ADMIN, post=DO),
        f"{one}stop/": on(ADMIN, get=GET, post=DO),
        f"{one}discard/": on(ADMIN, post=DO),
        f"{one}rows/": on(AGENT, get=Call(query={"format": "csv"})),
    }


def notification_pages() -> dict[str, Route]:
    """The console's pages about notifications: a type is named by its key, which another tenant may share."""
    of = {"key": Row("type")}
    base = "console/notifications/"
    one = f"{base}types/<slug:key>/"
    whom = {"type": Row("type"), "person": Row("customer"), "channel": Row("channel")}
    return {
        f"{base}types/": on(ADMIN, get=Call(query={"q": "raid"})),
        f"{base}types/new/": on(
            ADMIN, get=GET, post=Call({"key": "mine_too", "name": "Mine", "category": "utility"})
        ),
        f"{base}starters/<slug:key>/": on(ADMIN, ids={"key": "order_update"}, post=DO),
        one: on(ADMIN, ids=of, get=GET, post=Call({"var0__name": "raided", "var0__type": "text"})),
        f"{one}preview/": on(ADMIN, ids=of, post=Call({"var0__name": "raided", "var0__type": "text"})),
        f"{one}ladder/": on(
            ADMIN, ids=of, get=GET, post=Call({"channel0": "whatsapp", "reach0": "read", "patience0": "90"})
        ),
        f"{one}simulation/": on(ADMIN, ids=of, get=GET),
        f"{one}actions/": on(
            ADMIN, ids=of, get=GET, post=Call({"action0__key": "yes", "action0__title": "Yes"})
        ),
        f"{one}preferences/": on(ADMIN, ids=of, get=GET, post=Call(_PREFERENCES)),
        f"{one}versions/": on(ADMIN, ids=of, get=GET),
        f"{one}publication/": on(ADMIN, ids=of, get=GET, post=Call({"version": "1"})),
        f"{one}discard/": on(ADMIN, ids=of, get=GET, post=DO),
        f"{one}copy/": on(ADMIN, ids=of, get=GET, post=Call({"key": "copied", "name": "Copied"})),
        f"{one}archive/": on(ADMIN, ids=of, get=GET, post=DO),
        f"{one}test/": on(ADMIN, ids=of, get=GET, post=Call({"phone": PHONE})),
        f"{one}samples/<uuid:set_id>/removal/": on(ADMIN, ids=of, post=DO),
        **_campaign_pages(f"{base}campaigns/"),
        f"{base}log/": on(AGENT, get=Call(query=whom)),
        f"{base}log/export/": on(AGENT, get=Call(query=whom)),
        f"{base}consents/": on(AGENT, get=Call(query={"person": Row("customer")})),
        f"{base}consents/<uuid:customer_id>/": on(
            AGENT, get=GET, post=Call({"marketing__*": "denied", "source": "raid"})
        ),
        f"{base}reports/": on(AGENT, get=GET),
        f"{base}alerts/": on(ADMIN, get=GET),
        f"{base}alerts/new/<slug:watched>/": on(
            ADMIN, ids={"watched": "failures"}, get=GET, post=Call(_RULE | {"channel_id": Row("channel")})
        ),
        f"{base}alerts/<uuid:rule_id>/": on(
            ADMIN, get=GET, post=Call({**_RULE, "repeat_h": "1", "members": Row("member")})
        ),
        f"{base}alerts/<uuid:rule_id>/removal/": on(ADMIN, ids={"rule_id": Row("spare_rule")}, post=DO),
        f"{base}review/": on(ADMIN, get=GET, post=Call({"needs_second": "on"})),
        f"{base}costs/": on(AGENT, get=Call(query={"type": Row("type")})),
        f"{base}prices/": allauth(ADMIN, get=GET, post=Call({"file": ""})),
        f"{base}prices/new/": on(ADMIN, get=Call(query={"channel": Row("channel")}), post=Call(PRICE)),
        f"{base}prices/export/": on(ADMIN, get=GET),
        f"{base}prices/<uuid:price_id>/removal/": on(ADMIN, post=DO),
        f"{base}configuration/": on(
            ADMIN, get=GET, post=Call({"text": '{"format": "parley.notifications/1", "types": []}'})
        ),
        f"{base}configuration/export/": on(ADMIN, get=GET),
        f"{base}quiet-hours/": on(
            ADMIN, get=GET, post=Call({"start": "21:00", "end": "07:00", "timezone": "UTC"})
        ),
        f"{base}log/<uuid:notification_id>/": on(AGENT, get=GET),
        f"{base}log/<uuid:notification_id>/reveal/": on(ADMIN, post=DO),
        f"{base}log/<uuid:notification_id>/cancellation/": on(AGENT, get=GET, post=DO),
        f"{base}log/<uuid:notification_id>/acknowledgement/": on(AGENT, post=DO),
    }
