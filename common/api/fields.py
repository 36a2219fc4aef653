"""Fields of bodies that more than one room takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from common.phones import NotAPhone, read_phone
from common.zoned_times import FURTHEST, TOO_FAR
from common.zones import NO_ZONE, is_zone


class PhoneField(serializers.CharField):
    """A phone number with its country code, in any spelling; becomes E.164."""

    def to_internal_value(self, data: Any) -> str:
        try:
            return read_phone(super().to_internal_value(data))
        except NotAPhone as error:
            raise serializers.ValidationError(str(error)) from None


class OneOf(serializers.ChoiceField):
    """One of some words; a refusal names them."""

    def __init__(self, choices: Sequence[str], **options: Any) -> None:
        words = ", ".join(choices)
        options.setdefault("error_messages", {"invalid_choice": f"This is one of: {words}."})
        super().__init__(choices, **options)


class NearTimeField(serializers.DateTimeField):
    """A time that is not further away than anybody plans."""

    def to_internal_value(self, value: Any) -> datetime:
        at: datetime = super().to_internal_value(value)
        if at > timezone.now() + FURTHEST:
            raise serializers.ValidationError(TOO_FAR)
        return at


class ZoneField(serializers.CharField):
    """A time zone by its IANA name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=64, **options)

    def to_internal_value(self, data: Any) -> str:
        name: str = super().to_internal_value(data)
        if not is_zone(name):
            raise serializers.ValidationError(NO_ZONE)
        return name
