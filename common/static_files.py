"""Scripts and styles as they go over the wire: compressed, ours without what only people read, and under an
address that changes with them, so that browsers keep them for ever."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache, cached_property
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import Response, StaticFile

FOREVER = "public, max-age=31536000, immutable"
#: What stands behind STATIC_URL in an address with a version. A module's relative imports keep it.
_VERSION = re.compile(r"~(\w+)/")
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


@cache
def version() -> str:
    """Changes with the name or the words of any static file."""
    found = {path: storage.path(path) for finder in get_finders() for path, storage in finder.list(None)}
    hashed = hashlib.sha256()
    for path, place in sorted(found.items()):
        hashed.update(path.encode() + b"\0" + Path(place).read_bytes())
    return hashed.hexdigest()[:12]


class VersionedStorage(StaticFilesStorage):
    """Gives each file an address with the version of all; while developing (DEBUG) the plain one."""

    def url(self, name: str | None) -> str:
        """What `{% static %}` writes."""
        address: str = super().url(name)
        if settings.DEBUG:
            return address
        return f"{self.base_url}~{version()}/{address.removeprefix(self.base_url)}"


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

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """A file with or without a version in its address. An older one, of a page that was opened before we
        were renewed, gives what there is now, for a moment."""
        asked = request.path_info
        found = (
            _VERSION.match(asked, len(self.static_prefix)) if asked.startswith(self.static_prefix) else None
        )
        if not found:
            plain: HttpResponseBase = super().__call__(request)
            return plain
        file = self._file(self.static_prefix + asked[found.end() :])
        answer: HttpResponseBase = self.serve(file, request) if file else self.get_response(request)
        if file and found[1] == version():
            answer.headers["Cache-Control"] = FOREVER
        return answer

    def _file(self, address: str) -> StaticFile | None:
        return self.find_file(address) if self.autorefresh else self.files.get(address)

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        """The file behind an address: text is packed, pictures and sounds go as they are."""
        plain = super().get_static_file(path, url, stat_cache=stat_cache)
        if self.autorefresh or not path.endswith(PACKED):
            return plain
        is_ours = not url.startswith(f"{self.static_prefix}npm/")
        return PackedFile(path, plain.alternatives[-1][2], is_ours=is_ours, stat_cache=stat_cache)
