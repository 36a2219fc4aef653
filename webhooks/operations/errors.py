"""Refusals: expected failures of this room's operations."""

from __future__ import annotations


class WebhookRefused(Exception):
    """It may not be done like this. field: the input it is about."""

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(sentence)
        self.sentence, self.field = sentence, field


class SwitchedOff(Exception):
    """Nothing is delivered to an endpoint that is switched off."""
