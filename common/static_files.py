"""Scripts and styles as they go over the wire: compressed, and ours without what only people read."""

from __future__ import annotations

import gzip
from functools import cached_property
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import Response, StaticFile

PACKED = (".js", ".mjs", ".css", ".svg", ".json")
COMMENTED = (".js", ".css")


def without_comments(source: str) -> str:
    """A script or style whose lines of comment are empty, so that every other line keeps its number.

    Only whole lines count as comments: what stands behind code may be a part of a text, and stays.
    """
    kept, is_inside = [], False
    for line in source.split("\n"):
        bare = line.strip()
        if is_inside or bare.startswith("/*"):
            _, end, rest = bare.partition("*/")
            is_inside = not end
            kept.append(rest)
        else:
            kept.append("" if bare.startswith("//") else line)
    return "\n".join(kept)


class PackedFile(StaticFile):  # type: ignore[misc]
    """A file of text, kept in memory both ways; packed when it is first asked for."""

    def __init__(self, path: str, headers: list[tuple[str, str]], *, is_ours: bool, **known: Any) -> None:
        super().__init__(path, headers, **known)
        self._path = Path(path)
        self._is_ours = is_ours
        self._headers = [one for one in self.alternatives[-1][2] if one[0] != "Content-Length"]

    @cached_property
    def _plain(self) -> bytes:
        body = self._path.read_bytes()
        has_comments = self._is_ours and self._path.suffix in COMMENTED
        return without_comments(body.decode()).encode() if has_comments else body

    @cached_property
    def _packed(self) -> bytes:
        return gzip.compress(self._plain, 9, mtime=0)

    def get_response(self, method: str, request_headers: dict[str, str]) -> Response:
        """The whole file, compressed for who takes it. A part of one is never worth the trouble here."""
        if method not in ("GET", "HEAD") or self.is_not_modified(request_headers):
            return super().get_response(method, request_headers)
        takes_gzip = "gzip" in request_headers.get("HTTP_ACCEPT_ENCODING", "")
        body = self._packed if takes_gzip else self._plain
        headers = [*self._headers, ("Vary", "Accept-Encoding"), ("Content-Length", str(len(body)))]
        if takes_gzip:
            headers.append(("Content-Encoding", "gzip"))
        return Response(HTTPStatus.OK, headers, BytesIO(body) if method == "GET" else None)


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Serves static files; while developing (DEBUG) each as it is on the disk."""

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        """The file behind an address: text is packed, pictures and sounds go as they are."""
        plain = super().get_static_file(path, url, stat_cache=stat_cache)
        if self.autorefresh or not path.endswith(PACKED):
            return plain
        is_ours = not url.startswith(f"{self.static_prefix}npm/")
        return PackedFile(path, plain.alternatives[-1][2], is_ours=is_ours, stat_cache=stat_cache)
