"""May a template be used now? A message whose template may not is held with the reason (``holding``).

Copies of templates are kept by adapters (``KeepsTemplates``). Without a copy nothing is known, and the
provider decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from inbox.channels import adapter_for
from inbox.models import Channel, Delivery
from inbox.operations.errors import TemplateNotApproved
from inbox.ports import Json, KeepsTemplates

APPROVED = "APPROVED"
#: What comes and goes by itself: a message may wait for it.
PASSING = {"PAUSED", "DISABLED"}
CODE = "template_held"


def stored_template(channel: Channel, content: Mapping[str, Any]) -> Json | None:
    """The copy of the template a message names, if its channel keeps one."""
    adapter = adapter_for(channel.kind)
    if not isinstance(adapter, KeepsTemplates):
        return None
    name, language = str(content.get("name") or ""), str(content.get("language") or "")
    return adapter.template(channel.id, name=name, language=language)


class Copies:
    """Stored templates of one piece of work, each looked up once."""

    def __init__(self) -> None:
        self._known: dict[tuple[UUID, str, str], Json | None] = {}

    def of(self, channel: Channel, content: Mapping[str, Any]) -> Json | None:
        """See ``stored_template``."""
        key = (channel.id, str(content.get("name")), str(content.get("language")))
        if key not in self._known:
            self._known[key] = stored_template(channel, content)
        return self._known[key]


def check_template(stored: Json | None) -> None:
    """May a message with this template be queued? Raises TemplateNotApproved."""
    if stored is None or stored["status"] == APPROVED or stored["status"] in PASSING:
        return
    state = stored["status"].lower().replace("_", " ")
    why = f" ({stored['reason']})" if stored["reason"] else ""
    raise TemplateNotApproved(
        f"The template {stored['name']} is {state}{why}; choose one that is approved.", pointer="/template"
    )


def with_category(stored: Json | None, content: dict[str, Any]) -> dict[str, Any]:
    """The content of a template message with the category it is queued under: a later one needs a person."""
    return {**content, "category": stored["category"].lower()} if stored else content


def why_held(stored: Json | None, content: Mapping[str, Any]) -> str:
    """Why a message must wait, or "": paused, disabled, in review again, or put into another category."""
    if stored is None:
        return ""
    if stored["status"] != APPROVED:
        return _state(stored)
    before, now = str(content.get("category") or "").lower(), stored["category"].lower()
    if before and now and before != now:
        was = f"The template {stored['name']} was {before} and is now {now}."
        return f"{was} Send it again if it may go as {now}."
    return ""


def _state(stored: Json) -> str:
    until = parse_datetime(stored["paused_until"]) if stored["paused_until"] else None
    state = stored["status"].lower().replace("_", " ")
    end = f" until about {until:%H:%M} UTC" if until else ""
    why = f": {stored['reason'].rstrip('.')}" if stored["reason"] else ""
    return (
        f"The template {stored['name']} is {state}{end}{why}. The message leaves when it may be used again."
    )


def held_reasons(rows: Iterable[Delivery], copies: Copies) -> dict[UUID, str]:
    """{delivery id: why} of those whose template may not be used."""
    found = {}
    for row in rows:
        if row.message.kind != "template":
            continue
        content = row.message.content
        if why := why_held(copies.of(row.channel, content), content):
            found[row.id] = why
    return found
