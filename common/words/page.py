"""The inbox page's words in another language: one small script, loaded only by who reads that language.

English needs none: the page's scripts hold it. The script sets `gettext` and `ngettext`, which `t()` and
`tn()` of `static/inbox/base.js` look for, and comes before the page's modules.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import cache
from gettext import c2py

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from common.words import po, sources
from common.words.catalogues import kept
from common.words.pseudo import LANGUAGES as PSEUDO
from common.words.pseudo import pseudo

_FOREVER = "public, max-age=31536000, immutable"
_BRIEFLY = "public, max-age=300"
_SCRIPT = """(() => {
const words = %s, form = (n) => Number(%s);
globalThis.gettext = (text) => words[text] ?? text;
globalThis.ngettext = (one, many, n) => words[one]?.[form(n)] ?? (n === 1 ? one : many);
})();
"""


def words_address(language: str) -> str:
    """Where the script of a language is, which changes with it; "" for English."""
    return f"/words/{language}.js?v={_version(language)}" if _script(language) else ""


@transaction.non_atomic_requests
@require_safe
def words(request: HttpRequest, language: str) -> HttpResponse:
    """GET /words/<language>.js: kept for ever by browsers that asked with ?v=<version>."""
    script = _script(language) if language in dict(settings.LANGUAGES) else b""
    if not script:
        raise Http404
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    body = gzip.compress(script, 9, mtime=0) if takes_gzip else script
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    if takes_gzip:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = _FOREVER if request.GET.get("v") == _version(language) else _BRIEFLY
    response["Vary"] = "Accept-Encoding"
    return response


@cache
def _version(language: str) -> str:
    return hashlib.sha256(_script(language)).hexdigest()[:12]


@cache
def _script(language: str) -> bytes:
    """The script, made once per process; nothing for a language without a catalogue."""
    if language in dict(PSEUDO):
        found = po.Catalogue("", [_in_brackets(entry) for entry in sources.entries("djangojs")])
    else:
        found = kept(language, "djangojs")
    if not found.entries:
        return b""
    _, rule = found.plural
    c2py(rule)  # the rule becomes code in the page: only what counts forms may pass
    told = json.dumps(_table(found), ensure_ascii=False, separators=(",", ":"))
    return (_SCRIPT % (told, rule)).encode()


def _table(found: po.Catalogue) -> dict[str, str | list[str]]:
    return {e.text: e.forms if e.plural else e.forms[0] for e in found.entries if e.is_done}


def _in_brackets(entry: po.Entry) -> po.Entry:
    entry.forms = [pseudo(text) for text in (entry.text, entry.plural) if text]
    return entry
