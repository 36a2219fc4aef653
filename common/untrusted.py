"""JSON from outside, read so that nothing in it can break us, psycopg or PostgreSQL (reliability rule 36)."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson

#: Levels that are kept; what lies deeper is replaced by TOO_DEEP.
MAX_DEPTH = 64
TOO_DEEP = "(nested too deep)"
MAX_KEY_CHARS = 1_000

_SURROGATE = re.compile("[\ud800-\udfff]")
#: Strings (also one that never ends) and brackets; possessive, so that no input makes it go back.
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


class BadJson(ValueError):
    """These bytes are not JSON; the message says why in a plain sentence."""


def read_json(body: bytes) -> Any:
    """Read JSON as orjson does, and also what correctly signed bodies hold in spite of it.

    NUL and lone surrogates become U+FFFD, numbers that no float holds and NaN become their own text, parts
    deeper than MAX_DEPTH become TOO_DEEP, keys are cut at MAX_KEY_CHARS. Raises BadJson.
    """
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _clean(_read_leniently(body), 1)
    if rb"\u0000" in body or _is_odd(data):
        return _clean(data, 1)
    return data


def clean_text(text: str) -> str:
    """The text as PostgreSQL and UTF-8 can hold it."""
    return _SURROGATE.sub("\ufffd", text.replace("\0", "\ufffd"))


def _read_leniently(body: bytes) -> Any:
    text = _cut_depth(body.decode("utf-8-sig", "replace"))
    try:
        return json.loads(text, strict=False, parse_int=_whole, parse_float=_broken, parse_constant=str)
    except json.JSONDecodeError as error:
        raise BadJson(f"The body is not JSON: {error.msg} at character {error.pos}.") from None
    except RecursionError:
        raise BadJson("The body is not JSON: it is nested too deep and never closed.") from None


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits.lstrip("-")) <= 18 else digits


def _broken(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def _cut_depth(text: str) -> str:
    """Take out what lies deeper than MAX_DEPTH, so that the parser's own recursion can read the rest."""
    kept, kept_to, depth, start = [], 0, 0, 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth == MAX_DEPTH + 1:
                start = token.start()
        elif token[0] in "]}":
            if depth == MAX_DEPTH + 1:
                kept += [text[kept_to:start], f'"{TOO_DEEP}"']
                kept_to = token.end()
            depth -= 1
    return "".join([*kept, text[kept_to:]])


def _is_odd(data: Any) -> bool:
    """Is it nested too deep, or has it keys too long? Level by level, which costs little."""
    level = [data]
    for _ in range(MAX_DEPTH):
        dicts = [node for node in level if type(node) is dict]
        if any(len(key) > MAX_KEY_CHARS for node in dicts for key in node):
            return True
        lists = [node for node in level if type(node) is list]
        level = [child for node in dicts for child in node.values() if type(child) in (dict, list)]
        level += [child for node in lists for child in node if type(child) in (dict, list)]
        if not level:
            return False
    return True


def _clean(data: Any, depth: int) -> Any:
    if isinstance(data, str):
        return clean_text(data)
    if isinstance(data, dict | list) and depth > MAX_DEPTH:
        return TOO_DEEP
    if isinstance(data, dict):
        return {clean_text(key)[:MAX_KEY_CHARS]: _clean(value, depth + 1) for key, value in data.items()}
    if isinstance(data, list):
        return [_clean(value, depth + 1) for value in data]
    return data
