"""The getting-started list, which ticks itself, and the last changes to the set-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Max

from events.models import Change
from inbox.models import Channel, Message
from tenants.models import ApiKey, Invitation, Member

CHANGES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do first. key: names its words in the template; at: when it happened, None = not yet."""

    key: str
    at: datetime | None
    number: int
    is_current: bool = False


def first_steps(member: Member) -> list[Step]:
    """What a new workspace does first, in order; the first one not done is the current one."""
    times = {
        "channel": Channel.objects.order_by("id").values_list("created_at", flat=True).first(),
        "hello": _first_message(direction="inbound"),
        "answer": _first_message(direction="outbound", author_kind="member"),
        "invite": Invitation.objects.order_by("id").values_list("created_at", flat=True).first()
        or _second_member(),
        "key": ApiKey.objects.aggregate(at=Max("last_used_at"))["at"],
        "two_steps": _two_steps(member),
    }
    current = next((key for key, at in times.items() if at is None), None)
    return [Step(key, at, number, key == current) for number, (key, at) in enumerate(times.items(), start=1)]


def _first_message(**wanted: str) -> datetime | None:
    found: datetime | None = (
        Message.objects.filter(**wanted).order_by("id").values_list("created_at", flat=True).first()
    )
    return found


def _second_member() -> datetime | None:
    found: datetime | None = Member.objects.order_by("id").values_list("created_at", flat=True)[1:2].first()
    return found


def _two_steps(member: Member) -> datetime | None:
    mine = Authenticator.objects.filter(user_id=member.user_id, type=Authenticator.Type.TOTP)
    found: datetime | None = mine.values_list("created_at", flat=True).first()
    return found


def recent_changes() -> list[Change]:
    """The last things somebody changed in the set-up, newest first."""
    return list(Change.objects.exclude(actor_id=None).order_by("-id")[:CHANGES_SHOWN])
