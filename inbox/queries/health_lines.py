"""Each thing that can be wrong with a channel, one line each: what is, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from inbox.channels import UnknownChannel, adapter_for
from inbox.holds import holds_of
from inbox.models import Channel, Delivery, DeliveryState
from inbox.operations.standing import fact
from inbox.ports import TellsHealth, WarnsOfTemplates
from inbox.queries.health import (
    FAILING_COUNT,
    FAILING_SHARE,
    HOUR,
    SLOW_AFTER,
    Figures,
    figures_of,
    first_id,
    kind_label,
)

#: A token that ends sooner is worth a word.
TOKEN_WARNING = timedelta(days=14)
#: Silence on a channel that was used is worth a look after so long.
SILENCE = timedelta(days=7)

#: Why sends fail → what to do.
FIXES = {
    "config": gettext_lazy("Check the channel, then correct what the check finds."),
    "auth": gettext_lazy("Make a new access token at the provider and enter it under Change."),
    "invalid": gettext_lazy("The messages themselves are refused: open one in the inbox and read its error."),
    "recipient": gettext_lazy("These people cannot be reached here; try another channel for them."),
    "opted_out": gettext_lazy("These people asked to be left alone. Nothing is to be done."),
    "window_closed": gettext_lazy("More than 24 hours have passed: send an approved template instead."),
    "identity_changed": gettext_lazy("Confirm in the conversations that it is still the same people."),
    "throttled": gettext_lazy("The provider slows us down. Messages leave later by themselves."),
    "unavailable": gettext_lazy("The provider is away. Messages are tried again by themselves."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing about a channel. tone: ok, warn, bad, blue (nothing known yet); at: a time to show."""

    what: Any
    tone: str
    sentence: str
    fix: str = ""
    at: datetime | None = None

    @property
    def needs_somebody(self) -> bool:
        return self.tone in {"warn", "bad"}


@dataclass(frozen=True, slots=True)
class ChannelLines:
    """A channel and its lines."""

    channel: Channel
    label: str
    lines: list[Line]

    @property
    def wrong(self) -> int:
        return sum(line.needs_somebody for line in self.lines)


def health_lines(now: datetime | None = None) -> list[ChannelLines]:
    """Every channel that is in use, those with something wrong first."""
    now = now or timezone.now()
    channels = list(Channel.objects.filter(is_active=True).order_by("name", "id"))
    figures = figures_of(now) if channels else {}
    reasons = _top_reasons(now) if any(one.failed for one in figures.values()) else {}
    found = [
        ChannelLines(
            channel,
            kind_label(channel.kind),
            list(_lines(channel, figures.get(channel.id, Figures()), reasons.get(channel.id, {}), now)),
        )
        for channel in channels
    ]
    return sorted(found, key=lambda one: -one.wrong)


def _lines(channel: Channel, figures: Figures, reason: dict[str, str], now: datetime) -> Iterator[Line]:
    yield _inbound(channel, now)
    yield _errors(figures, reason)
    yield _queue(figures, now)
    yield _access(channel, now)
    yield from _holds(channel, now)
    yield from _templates(channel)
    yield from _own(channel)


def _inbound(channel: Channel, now: datetime) -> Line:
    what, at = _("Last message in"), channel.last_inbound_at
    if at is None:
        fix = _("Enter the webhook address at the provider, then write to the channel from a phone.")
        return Line(what, "blue", _("No message has come yet."), fix)
    if now - at > SILENCE:
        sentence = ngettext("Nothing for %d day.", "Nothing for %d days.", (now - at).days) % (now - at).days
        return Line(
            what, "warn", sentence, _("Write to it from a phone; if nothing comes, check the channel."), at
        )
    return Line(what, "ok", "", at=at)


def _errors(figures: Figures, reason: dict[str, str]) -> Line:
    what, total = _("Errors, last hour"), figures.sent + figures.failed
    if not figures.failed:
        words = ngettext("The one send went through.", "None of %d sends failed.", total)
        return Line(what, "ok", words.replace("%d", str(total)) if total else _("Nothing was sent."))
    share = {"failed": figures.failed, "total": total, "share": f"{100 * figures.failed / total:.1f}"}
    sentence = _("%(failed)d of %(total)d sends failed (%(share)s %%).") % share
    if title := reason.get("title"):
        sentence += " " + _("Most often: %s.") % title.rstrip(".")
    is_bad = figures.failed >= FAILING_COUNT and figures.failed >= FAILING_SHARE * total
    return Line(what, "bad" if is_bad else "ok", sentence, str(FIXES.get(reason.get("code", ""), "")))


def _top_reasons(now: datetime) -> dict[UUID, dict[str, str]]:
    """{channel: the error most of its failed sends of the last hour had}."""
    failed = Delivery.objects.filter(id__gte=first_id(now, HOUR), state=DeliveryState.FAILED)
    rows = failed.values("channel_id", "error__code", "error__title").annotate(n=Count("id"))
    return {
        row["channel_id"]: {"code": row["error__code"] or "", "title": row["error__title"] or ""}
        for row in sorted(rows, key=lambda row: int(row["n"]))
    }


def _queue(figures: Figures, now: datetime) -> Line:
    what = _("Waiting to leave")
    if figures.oldest is None:
        return Line(what, "ok", _("Nothing waits."))
    delay = int((now - figures.oldest).total_seconds())
    sentence = ngettext(
        "%(n)d message, the oldest for %(s)d s.", "%(n)d messages, the oldest for %(s)d s.", figures.waiting
    ) % {"n": figures.waiting, "s": delay}
    if now - figures.oldest <= SLOW_AFTER:
        return Line(what, "ok", sentence)
    return Line(
        what,
        "warn",
        sentence,
        _("They leave by themselves. If the number grows, check that the workers run, or add one."),
    )


def _access(channel: Channel, now: datetime) -> Line:
    """What the last check or call found, then when the token ends, if the provider told."""
    what, fix = _("Access"), _("Make a new access token at the provider and enter it under Change.")
    if channel.last_error:
        return Line(
            what,
            "bad",
            channel.last_error,
            _("Check the channel: it says what to do."),
            channel.last_error_at,
        )
    told = fact(channel, "token_until")
    if not told:
        return Line(what, "ok", _("No end of the access is known."))
    ends = datetime.fromisoformat(told)
    if ends <= now:
        return Line(what, "bad", _("The access token has ended."), fix, ends)
    days = (ends - now).days
    sentence = ngettext("The access token ends in %d day.", "The access token ends in %d days.", days) % days
    is_soon = ends - now < TOKEN_WARNING
    return Line(what, "warn" if is_soon else "ok", sentence, fix if is_soon else "", ends)


def _holds(channel: Channel, now: datetime) -> Iterator[Line]:
    for hold in holds_of(channel, now):
        until = datetime.fromisoformat(hold["until"]) if hold["until"] else None
        tone = "bad" if hold["what"] == "all" else "warn"
        yield Line(_("Held back"), tone, hold["why"], hold["fix"], until)


def _templates(channel: Channel) -> Iterator[Line]:
    try:
        adapter = adapter_for(channel.kind)
    except UnknownChannel:
        return
    if not isinstance(adapter, WarnsOfTemplates):
        return
    warnings = adapter.template_warnings(channel.id)
    if not warnings:
        yield Line(_("Templates"), "ok", _("None is paused, disabled or of low quality."))
    for warning in warnings:
        yield Line(_("Templates"), warning.tone, warning.sentence, warning.fix)


def _own(channel: Channel) -> Iterator[Line]:
    """What the adapter itself has to say."""
    try:
        adapter = adapter_for(channel.kind)
    except UnknownChannel:
        return
    if isinstance(adapter, TellsHealth):
        for note in adapter.health(channel.id):
            yield Line(note.what, note.tone, note.sentence, note.fix, note.at)
