"""The inbox over HTTP: each call is one operation or one query."""

from inbox.api import problems

__all__ = ["problems"]
