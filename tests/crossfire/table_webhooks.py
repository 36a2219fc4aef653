"""Webhook endpoints in the console and the API, for the table."""

from __future__ import annotations

from tests.crossfire.routes import ADMIN, DO, GET, Call, Route, Row, on

_URL = {"url": "https://127.0.0.1/raid", "description": "Raided"}


def webhook_pages() -> dict[str, Route]:
    base = "console/webhooks/"
    one = f"{base}<uuid:endpoint_id>/"
    delivery = f"{one}deliveries/<uuid:delivery_id>/"
    return {
        base: on(ADMIN, get=GET),
        f"{base}new/": on(ADMIN, get=GET, post=Call(_URL)),
        one: on(ADMIN, get=GET),
        f"{one}change/": on(ADMIN, get=GET, post=Call(_URL)),
        f"{one}secret/": on(ADMIN, post=DO),
        f"{one}sample/": on(ADMIN, post=DO),
        f"{one}pause/": on(ADMIN, post=DO),
        f"{one}return/": on(ADMIN, post=DO),
        f"{one}deletion/": on(ADMIN, get=GET, post=DO),
        f"{one}replay/": on(ADMIN, post=DO),
        delivery: on(ADMIN, get=GET),
        f"{delivery}replay/": on(ADMIN, post=DO),
    }


def webhook_calls() -> dict[str, Route]:
    base = "api/v1/webhook_endpoints"
    one = f"{base}/<uuid:endpoint_id>"
    return {
        base: on(ADMIN, get=GET, post=Call(_URL)),
        one: on(ADMIN, get=GET, patch=Call({"description": "Raided"}), delete=DO),
        f"{one}/secret": on(ADMIN, post=DO),
        f"{one}/test": on(ADMIN, post=DO),
        f"{one}/deliveries": on(ADMIN, get=GET),
        f"{one}/replay": on(ADMIN, post=Call({"event_id": Row("event")})),
    }
