"""Refusals: expected failures, each with a code for programs and a sentence for people."""

from __future__ import annotations


class Refused(Exception):
    """An operation that may not be done."""

    code = "refused"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
