"""Variables that every text may use without declaring them: their values come from us."""

from __future__ import annotations

from uuid import UUID

from notifications.links import choices_link

#: {{digest_count}}: how many a digest gathers; {{choices_link}}: the page where the person chooses what they
#: get.
GIVEN = ("digest_count", "choices_link")


def given_values(tenant_id: UUID, customer_id: UUID, *, gathered: int = 1) -> dict[str, str]:
    """{name: text} for one person's notification."""
    return {"digest_count": str(gathered), "choices_link": choices_link(tenant_id, customer_id)}
