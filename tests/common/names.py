"""A resolver for tests: one name, the addresses the test wants, and a count of the questions."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

NAME = "rebinding.example"


def resolver(*found: str) -> tuple[Callable[..., Any], list[str]]:
    """A stand-in for ``socket.getaddrinfo`` that knows NAME, and the list of what it was asked."""
    real = socket.getaddrinfo
    asked: list[str] = []

    def look_up(host: str, port: int, *args: Any, **options: Any) -> Any:
        if host != NAME:
            return real(host, port, *args, **options)
        if options.get("flags"):
            raise socket.gaierror(socket.EAI_NONAME, "a name")
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    return look_up, asked
