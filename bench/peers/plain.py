"""Django alone, on the same fixed pool of threads as the product's pages."""

from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

THREADS = 8
django_application: Any = get_wsgi_application()  # this library has WSGI types of its own
_pages: Any = WSGIMiddleware(django_application, workers=THREADS)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """HTTP goes to Django."""
    if scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})
    else:
        await _pages(scope, receive, send)
