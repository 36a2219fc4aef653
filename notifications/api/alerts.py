"""Alerts and their rules."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import Endpoint, call
from common.api.fields import OneOf
from common.api.parameters import Body, Values
from common.api.problems import Fault, Problem, translates
from common.wire import ident, stamp
from inbox.models import Channel
from notifications import alert_wire as wire
from notifications.api.sending import author_of
from notifications.models import Alert, AlertRule, Watched
from notifications.operations.alerts import RuleRefused, change_rule, make_rule, remove_rule
from notifications.queries.alerts import history, rule_of, rules

READ, WRITE = "channels:read", "channels:write"
EXAMPLE = {"watched": "failures", "threshold": "10", "at_least": 5, "window_min": 30, "by_mail": True}


class RuleBody(Body):
    """A rule. What is left out is as usual."""

    watched = OneOf(Watched.values)
    channel_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    threshold = serializers.DecimalField(max_digits=14, decimal_places=6, min_value=0, default=Decimal(0))
    currency = serializers.CharField(max_length=3, allow_blank=True, default="")
    at_least = serializers.IntegerField(min_value=1, max_value=1_000_000, default=3)
    window_min = serializers.IntegerField(min_value=5, max_value=1_440, default=60)
    repeat_h = serializers.IntegerField(min_value=0, max_value=720, default=24)
    members = serializers.ListField(child=serializers.UUIDField(), max_length=200, default=list)
    by_mail = serializers.BooleanField(default=False)
    is_on = serializers.BooleanField(default=True)


def rule_shape(rule: AlertRule) -> wire.AlertRule:
    """A rule."""
    return {
        "id": ident(rule.id),
        "watched": rule.watched,
        "channel_id": ident(rule.channel_id),
        "threshold": f"{rule.threshold.normalize():f}",
        "currency": rule.currency,
        "at_least": rule.at_least,
        "window_min": rule.window_min,
        "repeat_h": rule.repeat_h,
        "members": [ident(one) for one in rule.members],
        "by_mail": rule.by_mail,
        "is_on": rule.is_on,
    }


def alert_shape(row: Alert) -> wire.Alert:
    """An alert."""
    return {
        "id": ident(row.id),
        "rule_id": ident(row.rule_id),
        "watched": row.watched,
        "channel_id": ident(row.channel_id),
        "sentence": row.sentence,
        "times": row.times,
        "begun_at": stamp(row.begun_at),
        "ended_at": stamp(row.ended_at),
        "why_ended": row.why_ended,
    }


def _checked(body: Values) -> Values:
    """What was said, its channel one of the tenant's. Raises Problem."""
    said = dict(body)
    if said["channel_id"] and not Channel.objects.filter(id=said["channel_id"]).exists():
        raise Problem("validation_failed", errors=[Fault("/channel_id", "There is none with this id.")])
    return said


@translates(RuleRefused)
def _refused(refused: RuleRefused) -> Problem:
    return Problem("validation_failed", str(refused), errors=[Fault(f"/{refused.field}", str(refused))])


class Alerts(Endpoint):
    """/alerts"""

    scopes = {"GET": READ}

    @call("list_alerts", "Read what is wrong, and what was", gives=wire.Alerts)
    def get(self, request: Request) -> wire.Alerts:
        return {"data": [alert_shape(row) for row in history()]}


class Rules(Endpoint):
    """/alert_rules"""

    scopes = {"GET": READ, "POST": WRITE}

    @call("list_alert_rules", "List the rules of alerts", gives=wire.AlertRules)
    def get(self, request: Request) -> wire.AlertRules:
        return {"data": [rule_shape(rule) for rule in rules()]}

    @call(
        "create_alert_rule",
        "Say what you want to be told about",
        about="It is looked at every minute. What it finds is told once, again every `repeat_h` hours while "
        "it lasts, and when it is over: on pages, as events `alert.raised`, `alert.repeated`, `alert.ended`, "
        "and by e-mail if you like.",
        body=RuleBody,
        gives=wire.AlertRule,
        status=201,
        example=EXAMPLE,
    )
    def post(self, request: Request) -> wire.AlertRule:
        return rule_shape(make_rule(by=author_of(self.principal), **_checked(self.body)))


class RuleOne(Endpoint):
    """/alert_rules/{id}"""

    scopes = {"PUT": WRITE, "DELETE": WRITE}

    @call("put_alert_rule", "Change a rule", body=RuleBody, gives=wire.AlertRule, example=EXAMPLE)
    def put(self, request: Request, rule_id: UUID) -> wire.AlertRule:
        rule = rule_of(rule_id)
        return rule_shape(change_rule(rule=rule, by=author_of(self.principal), **_checked(self.body)))

    @call("delete_alert_rule", "Take a rule away", gives=wire.AlertRules)
    def delete(self, request: Request, rule_id: UUID) -> wire.AlertRules:
        remove_rule(rule=rule_of(rule_id), by=author_of(self.principal))
        return {"data": [rule_shape(rule) for rule in rules()]}
