"""Sessions as Django keeps them in the database, read by a query whose words are made once."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from common.prepared import Prepared

_SESSIONS = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    "a session's key",
    datetime(1970, 1, 1, tzinfo=UTC),
)


class SessionStore(db.SessionStore):
    """What settings.SESSION_ENGINE names."""

    def _get_session_from_db(self) -> Session | None:
        found = _SESSIONS.rows(self.session_key, timezone.now())
        if not found:
            self._session_key = None
        return found[0] if found else None
