"""The API's addresses of a customer's addresses, for the table."""

from __future__ import annotations

from tests.crossfire.routes import AGENT, DO, Call, Route, Row, on


def customer_addresses() -> dict[str, Route]:
    base = "api/v1/customers/<uuid:customer_id>/addresses"
    spare = {"address_id": Row("spare_address")}
    return {
        base: on(AGENT, post=Call({"phone": "+447700900988", "label": "Raid"})),
        "api/v1/customers/<uuid:customer_id>/splits": on(
            AGENT, post=Call({"address_id": Row("spare_address")})
        ),
        f"{base}/<uuid:address_id>": on(AGENT, ids=spare, delete=DO),
    }
