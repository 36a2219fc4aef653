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
#: Nine digits and more, however they are grouped; dates, times and ids have other letters beside them.
_NUMBERS = re.compile(r"(?<![\w.:-])\+?\(?\d(?:[ ().-]{0,2}\d){8,18}(?![\w:-])")
_IDS = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
#: A long random part of an address: whoever has an invitation's or a reset's link is let in by it.
_KEYS = re.compile(rf"(?<=/)(?!{_IDS}(?![\w-]))(?=[\w:-]*\d)[\w:-]{{20,}}")
#: What PostgreSQL adds to an error: the row that failed, or the values in a statement.
_ROWS = re.compile(r"^(?:DETAIL|LINE \d+|CONTEXT|HINT):.*(?:\n[ \t]*\^)?", re.MULTILINE)


def redact(text: str) -> str:
    """The text without secrets, rows, keys in addresses, and what looks like a phone or card number."""
    text = _SECRETS.sub(lambda m: (m["key"] or "") + "[secret]", _ROWS.sub("[row]", text))
    return _NUMBERS.sub("[number]", _KEYS.sub("[key]", text))


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
