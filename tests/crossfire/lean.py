"""A browser for thousands of requests: Django's own test client without what no test of the crossfire reads.

The test client listens to every template and copies its context, connects and disconnects its ears for each
request, and keeps what it saw beside the answer. A sixth of the time of a small call goes there.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from tenants.models import Member, Tenant
from tests.conftest import _signed_in


class Lean(Client):
    """The same way through the same handler; a failure inside is the answer a caller would get."""

    def __init__(self) -> None:
        super().__init__(raise_request_exception=False)

    def request(self, **request: Any) -> Any:
        """Send one request; gives the house's answer and keeps its cookies."""
        answer = self.handler(self._base_environ(**request))  # type: ignore[attr-defined]
        self.cookies.update(answer.cookies)
        return answer


class SignIn:
    """Somebody who signs in again and again: each time a browser of its own with the session as it was after
    the first time, whatever was done to it since. A whole sign-in takes longer than most requests."""

    def __init__(self, member: Member, tenant: Tenant) -> None:
        client = _signed_in(member, tenant, Lean())
        self._cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self._session = Session.objects.get(session_key=self._cookie)

    def again(self) -> Lean:
        """A browser that is signed in and has seen nothing yet."""
        Session.objects.bulk_create(
            [self._session],
            update_conflicts=True,
            update_fields=["session_data", "expire_date"],
            unique_fields=["session_key"],
        )
        client = Lean()
        client.cookies[settings.SESSION_COOKIE_NAME] = self._cookie
        return client
