"""Refusals: expected failures of operations, each with a code for programs and a sentence for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Refused(Exception):
    """An operation that may not be done. pointer: the input it is about, as a JSON pointer."""

    code = "refused"

    def __init__(self, sentence: str, *, pointer: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.pointer = sentence, pointer


class ThreadClosed(Refused):
    code = "thread_closed"


class WindowClosed(Refused):
    code = "window_closed"


class TextTooLong(Refused):
    code = "text_too_long"


class FileTooLarge(Refused):
    code = "file_too_large"


class FileTypeRefused(Refused):
    code = "file_type"


class NoAddress(Refused):
    code = "no_address"


class TemplateMissingValue(Refused):
    code = "template_missing_value"


class TemplateNotApproved(Refused):
    code = "template_not_approved"


class NothingToSend(Refused):
    code = "nothing_to_send"


class ChannelInactive(Refused):
    code = "channel_inactive"


class ChannelTaken(Refused):
    code = "channel_taken"


class OptedOut(Refused):
    """The person does not want this kind of message."""

    code = "opted_out"


class ContentRefused(Refused):
    """The message is not one its channel could send. wrong: (pointer, sentence) of everything that is not."""

    code = "content_invalid"

    def __init__(self, wrong: Sequence[tuple[str, str]]) -> None:
        super().__init__(wrong[0][1], pointer=wrong[0][0])
        self.wrong = wrong


class AnsweredMeanwhile(Refused):
    """A colleague answered since the writer last saw the conversation. message: that answer."""

    code = "answered_meanwhile"

    def __init__(self, sentence: str, message: Any) -> None:
        super().__init__(sentence, pointer="/seen_message_id")
        self.message = message


class NotPossible(Refused):
    """The row is not in a state that allows this."""

    code = "conflict"
