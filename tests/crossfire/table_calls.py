"""The API's addresses of calls, for the table."""

from __future__ import annotations

from tests.calls import ANSWER
from tests.crossfire.routes import AGENT, GET, MEMBER, Call, Route, Row, allauth, on


def calls() -> dict[str, Route]:
    """Whoever answers or hangs up asks a provider, and none is reached here."""
    one = "api/v1/calls/<uuid:call_id>"
    return {
        "api/v1/calls": on(AGENT, get=GET),
        one: on(AGENT, get=GET),
        f"{one}/session": on(AGENT, get=GET),
        f"{one}/answer": allauth(MEMBER, put=Call({"ref": "raid", "sdp": ANSWER})),
        f"{one}/end": allauth(MEMBER, put=Call({"ref": "raid"})),
        f"{one}/recipient": on(AGENT, put=Call({"member_id": Row("member")})),
    }
