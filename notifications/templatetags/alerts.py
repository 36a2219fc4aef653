"""Alerts in the frame of the console and on the page of health."""

from __future__ import annotations

from typing import Any

from django import template

from common.tenancy import tenant_context
from notifications.queries.alerts import SEES_HEALTH, history, open_alerts_for

register = template.Library()

#: So many stand in the frame; the page of health has them all.
SHOWN = 3


@register.inclusion_tag("notifications/alert_strip.html")
def alert_strip(member: Any, may: Any) -> dict[str, Any]:
    """What is wrong now that the reader is told of. A person's own pages have no tenant's scope open."""
    if member is None:
        return {"alerts": [], "more": 0, "may_look": False}
    with tenant_context(member.tenant_id):
        found = open_alerts_for(member, sees_all=SEES_HEALTH in may)
    return {"alerts": found, "more": max(0, len(found) - SHOWN), "may_look": SEES_HEALTH in may}


@register.inclusion_tag("notifications/alert_history.html")
def alert_history() -> dict[str, Any]:
    """What rules found, the newest first."""
    return {"alerts": history()}
