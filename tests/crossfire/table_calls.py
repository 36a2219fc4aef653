"""The API's addresses of calls, for the table."""

from __future__ import annotations

from tests.calls import ANSWER, OFFER
from tests.crossfire.routes import AGENT, GET, MEMBER, Call, Route, Row, allauth, on

REF = "0190a0c4-0000-7000-8000-00000000ca11"


def calls() -> dict[str, Route]:
    """Whoever answers or hangs up asks a provider, and none is reached here."""
    one = "api/v1/calls/<uuid:call_id>"
    return {
        "api/v1/calls": on(AGENT, get=GET),
        one: on(AGENT, get=GET),
        f"{one}/session": on(AGENT, get=GET),
        f"{one}/answer": allauth(MEMBER, put=Call({"ref": "raid", "sdp": ANSWER})),
        f"{one}/end": allauth(MEMBER, put=Call({"ref": "raid"})),
        "api/v1/threads/<uuid:thread_id>/call_line": allauth(AGENT, get=GET),
        "api/v1/threads/<uuid:thread_id>/calls/<uuid:ref>": Route(
            MEMBER, {"put": Call({"sdp": OFFER})}, {"ref": REF}, is_ready=False
        ),
        f"{one}/recipient": on(AGENT, put=Call({"member_id": Row("member")})),
    }
