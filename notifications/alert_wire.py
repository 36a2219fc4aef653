"""Types of the JSON of alerts and their rules."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Meaning, Time
from notifications.models import Watched

WatchedWord = Annotated[str, Meaning(words=tuple(Watched.values))]


class AlertRule(TypedDict):
    """What somebody wants to be told about."""

    id: Id
    watched: WatchedWord
    channel_id: Annotated[Id | None, Meaning(about="Null: every channel.")]
    threshold: Annotated[str, Meaning(about="Percent, hours, seconds or an amount, as a decimal number.")]
    currency: str
    at_least: int
    window_min: int
    repeat_h: Annotated[int, Meaning(about="Said again after so many hours while it lasts; 0: once.")]
    members: Annotated[list[Id], Meaning(about="Who is told; empty: everybody who sets up channels.")]
    by_mail: bool
    is_on: bool


class AlertRules(TypedDict):
    """Every rule."""

    data: list[AlertRule]


class Alert(TypedDict):
    """Something a rule found."""

    id: Id
    rule_id: Id | None
    watched: WatchedWord
    channel_id: Id | None
    sentence: str
    times: Annotated[int, Meaning(about="How often it was said.")]
    begun_at: Time
    ended_at: Annotated[Time | None, Meaning(about="Null: it lasts.")]
    why_ended: str


class Alerts(TypedDict):
    """What lasts, then what is over, the newest first."""

    data: list[Alert]
