"""Logs hold ids, never bodies, numbers, tokens or SQL parameters (reliability rule 42)."""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar
from typing import Any

import orjson

#: The id of the request or task being worked on, shown in every line.
request_id: ContextVar[str] = ContextVar("request_id", default="")

#: What a line may carry beside its sentence.
FIELDS = (
    "tenant",
    "channel",
    "thread_id",
    "message_id",
    "delivery",
    "receipt",
    "seq",
    "queue",
    "status",
    "ms",
    "kind",
)

_SECRETS = re.compile(
    r"(?P<key>(?:access_token|app_secret|verify_token|hub\.verify_token|password|token|authorization|signature)"
    r"[\"']?\s*[=:]\s*[\"']?(?:bearer\s+)?)[^\s\"'&,}]+|parley_(?:live|test)_\w+|EAA\w{12,}",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"(?<![\w-])\+?\d{9,19}(?![\w-])")


def redact(text: str) -> str:
    """The text without secrets and without anything that looks like a phone or card number."""
    return _NUMBERS.sub("[number]", _SECRETS.sub(lambda m: (m["key"] or "") + "[secret]", text))


class Redact(logging.Filter):
    """Runs on every handler, whatever was logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), None
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
            "level": record.levelname.lower(),
            "from": record.name,
            "says": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if request_id.get():
            line["request"] = request_id.get()
        if record.exc_info:
            line["trace"] = redact(self.formatException(record.exc_info))
        return orjson.dumps(line, default=str).decode()
