"""The product's own application, whose door checks a webhook and then stores nothing."""

from uuid import UUID

from config import asgi
from inbox.door import Door


class _Forgetful(Door):
    async def accept(self, kind: str, app_id: UUID, channel_id: UUID | None, body: bytes) -> None:
        return None


asgi.door = _Forgetful()
application = asgi.application
