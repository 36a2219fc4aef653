"""The places of texts written beforehand: {{customer.name}}, {{agent.name}}, {{workspace.name}}, …"""

from __future__ import annotations

import re
from typing import Any

from customers.models import Address, Customer
from inbox.operations.authors import Author
from tenants.models import Tenant

#: An attribute may have a name in any letters, with spaces too.
PLACE = re.compile(r"\{\{\s*((?:customer|agent|workspace)\.[^{}\n]+)\}\}")


def fill(text: str, *, customer: Customer, by: Author) -> str:
    """The text with its places filled; those nobody knows stay as they are."""
    if not PLACE.search(text):
        return text
    values = {name: value for name, value in _values(customer, by).items() if value}
    return PLACE.sub(lambda found: values.get(found[1].strip(), found[0]), text)


def gaps(text: str) -> list[str]:
    """The places of a text that are not filled."""
    return [found[0] for found in PLACE.finditer(text)]


def _values(customer: Customer, by: Author) -> dict[str, str]:
    addresses = dict(Address.objects.filter(customer=customer).order_by("-id").values_list("kind", "value"))
    agent = by.member
    own = {f"customer.{name}": _plain(value) for name, value in customer.attributes.items()}
    return own | {
        "customer.name": customer.name,
        "customer.first_name": _first(customer.name),
        "customer.phone": addresses.get("phone", ""),
        "customer.email": addresses.get("email", ""),
        "customer.external_id": customer.external_id or "",
        "agent.name": by.name,
        "agent.first_name": _first(by.name),
        "agent.email": agent.email if agent else "",
        "workspace.name": Tenant.objects.get(id=customer.tenant_id).name,
    }


def _first(name: str) -> str:
    return name.split(" ")[0]


def _plain(value: Any) -> str:
    return "" if isinstance(value, dict | list) or value is None else str(value)
