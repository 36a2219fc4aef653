"""Rules of what people are told about: made, changed, taken away; and a look at all of them every minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from common import queues, turns
from common.ids import uuid7
from common.sql import insert_rows
from common.times import database_now
from events import audit, bus
from inbox.operations.authors import Author
from notifications.models import Alert, AlertMail, AlertRule, Watched
from notifications.operations.notify import QUEUE as LADDERS
from notifications.operations.tallies import forget_tallies
from notifications.queries.alerts import Finding, findings, told_members
from tenants.models import Member

QUEUE, MAILS = "alerts", "alert_mails"
EVERY = timedelta(minutes=1)
FIELDS = (
    "watched", "channel_id", "threshold", "currency", "at_least", "window_min", "repeat_h", "members",
    "by_mail", "is_on",
)  # fmt: skip
_NEEDS_THRESHOLD = (Watched.FAILURES, Watched.SILENCE, Watched.DELAY, Watched.COST)


class RuleRefused(Exception):
    """The rule makes no sense as it is. field: which part."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def make_rule(*, by: Author, **said: Any) -> AlertRule:
    """A new rule; it is looked at within a minute. said: FIELDS. Writes AlertRule, Event
    `alert_rule.changed`.

    Raises RuleRefused.
    """
    rule = AlertRule(id=uuid7())
    return _save(rule, said, before=None, by=by)


def change_rule(*, rule: AlertRule, by: Author, **said: Any) -> AlertRule:
    """Change a rule; what it has found so far is looked at anew. Raises RuleRefused."""
    return _save(rule, said, before=_said(rule), by=by)


def _save(rule: AlertRule, said: Mapping[str, Any], *, before: Any, by: Author) -> AlertRule:
    for name in FIELDS:
        if name in said:
            setattr(rule, name, said[name])
    rule.currency = rule.currency.upper() if rule.watched == Watched.COST else ""
    _check(rule)
    rule.save()
    if not rule.is_on:
        _end(Alert.objects.filter(rule=rule, ended_at=None), database_now(), _("The rule was switched off."))
    _tell_change(rule, before, _said(rule), by)
    queues.enqueue(QUEUE)
    queues.enqueue(LADDERS)  # whoever only answers customers is heard from now on, too
    return rule


def remove_rule(*, rule: AlertRule, by: Author) -> None:
    """Take a rule away; what it found stays in the history. Writes Event `alert_rule.changed`."""
    _end(Alert.objects.filter(rule=rule, ended_at=None), database_now(), _("The rule was taken away."))
    before = _said(rule)
    Alert.objects.filter(rule=rule).update(rule=None)
    AlertRule.objects.filter(id=rule.id).delete()
    _tell_change(rule, before, {}, by)


def _tell_change(rule: AlertRule, before: Any, after: Any, by: Author) -> None:
    bus.record("alert_rule.changed", {"rule_id": rule.id, "watched": rule.watched}, actor=by.actor)
    action = "alert_rule.made" if before is None else "alert_rule.changed" if after else "alert_rule.removed"
    audit.note(action, rule.id, rule.watched, before=before, after=after, actor=by.actor)


def _said(rule: AlertRule) -> dict[str, Any]:
    return {name: str(getattr(rule, name)) for name in FIELDS}


def _check(rule: AlertRule) -> None:
    if rule.watched in _NEEDS_THRESHOLD and rule.threshold <= 0:
        raise RuleRefused("threshold", _("Say from how much on; more than nothing."))
    if rule.watched == Watched.SILENCE and rule.threshold < 1:
        raise RuleRefused("threshold", _("Say after how many hours, one at least."))
    if rule.watched == Watched.FAILURES and rule.threshold > 100:
        raise RuleRefused("threshold", _("This is a part of all messages: at most 100 percent."))
    if rule.watched == Watched.COST and not (len(rule.currency) == 3 and rule.currency.isalpha()):
        raise RuleRefused("currency", _("A currency has three letters, like EUR."))
    if rule.members and told_members(rule.members).count() != len(set(rule.members)):
        raise RuleRefused("members", _("One of these people is not in this workspace any more."))


# ---------------------------------------------------------------- every minute


def look_all(*, seconds: float = 20.0) -> int:
    """Look at the rules of every tenant that is due. Returns how many turns were taken."""
    return turns.serve(QUEUE, take_turn, seconds=seconds)


def take_turn(now: datetime | None = None) -> datetime | None:
    """Look at every rule of the open scope's tenant once; returns when to look again, None without rules.

    Says what is new, says again what lasts, says what is over. Writes Alert, AlertMail, Events
    `alert.raised`, `alert.repeated`, `alert.ended`. Ticks may be lost or doubled: of each rule and channel
    one alert is open.
    """
    now = now or database_now()
    rules = list(AlertRule.objects.filter(is_on=True).select_for_update(of=("self",)).order_by("id"))
    if not rules:
        return None
    found = {one.key: one for one in findings(rules, now)}
    lasting = {(row.rule_id, row.channel_id): row for row in Alert.objects.filter(ended_at=None)}
    for key, finding in found.items():
        if key in lasting:
            _go_on(lasting[key], finding, now)
        else:
            _raise(finding, now)
    over = [row.id for key, row in lasting.items() if key not in found]
    _end(Alert.objects.filter(id__in=over), now, _("It is over."))
    forget_tallies(now)
    return now + EVERY


def _raise(finding: Finding, now: datetime) -> None:
    rule = finding.rule
    row = Alert(
        id=uuid7(),
        rule=rule,
        watched=rule.watched,
        channel=finding.channel,
        sentence=finding.sentence[:400],
        members=rule.members,
        begun_at=now,
        told_at=now,
    )
    row.save(force_insert=True)
    _say(row, "alert.raised", now, by_mail=rule.by_mail)


def _go_on(row: Alert, finding: Finding, now: datetime) -> None:
    """It lasts: the sentence is kept true, and said again only when it was quiet long enough."""
    repeat = timedelta(hours=finding.rule.repeat_h)
    is_time = bool(repeat) and now - row.told_at >= repeat
    row.sentence, row.members = finding.sentence[:400], finding.rule.members
    if is_time:
        row.told_at, row.times = now, row.times + 1
    row.save(update_fields=["sentence", "members", "told_at", "times"])
    if is_time:
        _say(row, "alert.repeated", now, by_mail=finding.rule.by_mail)


def _end(rows: Any, now: datetime, why: str) -> None:
    for row in rows.select_related("rule").select_for_update(of=("self",)).order_by("id"):
        row.ended_at, row.why_ended = now, why
        row.save(update_fields=["ended_at", "why_ended"])
        _say(row, "alert.ended", now, by_mail=bool(row.rule and row.rule.by_mail))


def _say(row: Alert, event: str, now: datetime, *, by_mail: bool) -> None:
    data = {
        "alert_id": row.id,
        "rule_id": row.rule_id,
        "watched": row.watched,
        "channel_id": row.channel_id,
        "sentence": row.sentence,
        "times": row.times,
    }
    bus.record(event, data)
    if by_mail:
        _write_mails(row, told_members(row.members), now, is_over=event == "alert.ended")


def _write_mails(row: Alert, members: Sequence[Member] | Any, now: datetime, *, is_over: bool) -> None:
    sentence = f"{row.sentence[:280]} {row.why_ended}".strip() if is_over else row.sentence
    mails = [
        AlertMail(id=uuid7(), alert=row, member=one, is_over=is_over, sentence=sentence[:400], due_at=now)
        for one in members
    ]
    insert_rows(mails)
    if mails:
        queues.enqueue(MAILS)
