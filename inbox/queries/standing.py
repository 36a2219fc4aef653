"""How a channel stands with its provider, in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from inbox.direct import why_barred
from inbox.holds import holds_of
from inbox.models import Channel, Delivery, DeliveryState, StartedWith
from inbox.operations.holding import DAY, pool_of
from inbox.operations.standing import fact

QUALITY = {
    "high": gettext_lazy("High"),
    "medium": gettext_lazy("Medium: some people blocked or reported it, so marketing goes slowly."),
    "low": gettext_lazy("Low: many people blocked or reported it."),
    "": gettext_lazy("No rating yet"),
}
NAME = {
    "approved": gettext_lazy("Approved"),
    "in review": gettext_lazy("In review"),
    "refused": gettext_lazy("Refused: choose another name where the provider manages your number."),
    "expired": gettext_lazy("Expired: have the name reviewed again."),
}


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that is held back: why, what a person can do, and until when."""

    why: str
    fix: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class StandingWords:
    """rows: (what, in words); waits: what is held back; held: how many messages wait for it."""

    rows: list[tuple[str, str]]
    waits: list[Wait]
    held: int = 0

    def __bool__(self) -> bool:
        return bool(self.rows or self.waits or self.held)


def standing_words(channel: Channel) -> StandingWords:
    """Everything its provider said of the channel. Two statements at most."""
    now = timezone.now()
    rows = [
        (_("Quality"), _known(QUALITY, fact(channel, "quality"))),
        (_("Display name"), _name(channel)),
        (_("New people a day"), _people(channel, now)),
        (_("Pace"), _pace(fact(channel, "per_second"))),
        (_("Warning"), str(fact(channel, "violation") or "")),
    ]
    held = Delivery.objects.filter(channel=channel, state=DeliveryState.HELD).count()
    return StandingWords(
        [row for row in rows if row[1]], [_wait(one) for one in holds_of(channel, now)], held
    )


def why_not_directly(channel: Channel) -> str:
    """Why nothing may leave this channel without a template outside the reply window, "" if something may."""
    return why_barred(channel, timezone.now())


def _known(words: Any, said: Any) -> str:
    return str(words[said]) if said in words else ""


def _name(channel: Channel) -> str:
    """How its review stands, and why it was refused."""
    said = _known(NAME, fact(channel, "name"))
    why = fact(channel, "name_reason")
    is_refused = fact(channel, "name") == "refused" and isinstance(why, str)
    return f"{said} {why}".rstrip() if is_refused else said


def _people(channel: Channel, now: datetime) -> str:
    most = fact(channel, "people_per_day")
    if not isinstance(most, int):
        return ""
    if most < 0:
        return _("No limit")
    used = StartedWith.objects.filter(pool=pool_of(channel), at__gt=now - DAY).count()
    return _("%(used)d of %(most)d in the last 24 hours") % {"used": used, "most": most}


def _pace(per_second: Any) -> str:
    if not isinstance(per_second, int | float):
        return ""
    return ngettext("%d message a second", "%d messages a second", int(per_second)) % per_second


def _wait(hold: dict[str, Any]) -> Wait:
    until = datetime.fromisoformat(hold["until"]) if hold["until"] else None
    return Wait(hold["why"], hold["fix"], until)
