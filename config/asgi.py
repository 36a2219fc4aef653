"""One port: webhooks to the front door, sockets to Channels, everything else to Django.

Addresses under /hooks/ whose caller waits for more than "received" are Django's too, on threads of their own.

Django runs as WSGI on a fixed pool of threads that keep their database connections: its own ASGI handler
opens a thread and a connection per request, which costs six times the processor time.
"""

from __future__ import annotations

import os
from typing import Any

from a2wsgi import WSGIMiddleware
from channels.routing import URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application: Any = get_wsgi_application()

from common.garbage import calm_collector  # noqa: E402 - needs Django to be set up
from common.guard import refuse_unsafe_role  # noqa: E402
from config.parts import is_asked  # noqa: E402
from inbox.door import Door  # noqa: E402
from realtime.sockets import InboxSocket  # noqa: E402

THREADS = 8

refuse_unsafe_role()

# Each of these libraries has types of its own for ASGI; here, where they meet, they are told none.
inbox_socket: Any = InboxSocket.as_asgi()
socket_routes: list[Any] = [path("ws/", inbox_socket)]
sockets: Any = OriginValidator(URLRouter(socket_routes), [settings.PUBLIC_URL, *settings.SOCKET_ORIGINS])
pages: Any = WSGIMiddleware(django_application, workers=THREADS)
# Who is asked there may be slow; that takes no thread from anybody's pages.
asked: Any = WSGIMiddleware(django_application, workers=THREADS)
door = Door()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Dispatch by protocol and path."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "websocket":
        await sockets(scope, receive, send)
    elif is_asked(scope["path"]):
        await asked(scope, receive, send)
    elif scope["path"].startswith("/hooks/"):
        await door(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await door.start()
            calm_collector()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
