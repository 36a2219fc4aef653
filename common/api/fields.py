"""Fields of bodies that more than one room takes."""

from __future__ import annotations

from typing import Any

import phonenumbers
from rest_framework import serializers

from common.zones import NO_ZONE, is_zone


class PhoneField(serializers.CharField):
    """A phone number with its country code, in any spelling; becomes E.164."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data).strip().removeprefix("00")
        try:
            number = phonenumbers.parse(text if text.startswith("+") else f"+{text}", None)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise serializers.ValidationError("Write the number with its country code, like +447700900123.")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class ZoneField(serializers.CharField):
    """A time zone by its IANA name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=64, **options)

    def to_internal_value(self, data: Any) -> str:
        name: str = super().to_internal_value(data)
        if not is_zone(name):
            raise serializers.ValidationError(NO_ZONE)
        return name
