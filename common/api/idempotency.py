"""A POST repeated with the same ``Idempotency-Key`` happens once (reliability rule 15).

The answer is stored in the transaction of the effect, so there is never one without the other; sealed,
because some answers carry a secret that is shown only in them. Who is at work on a key holds an advisory lock
until that transaction ends; a second request sees it and does not wait.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from common.api.authentication import caller
from common.api.problems import Problem
from common.crypto import open_global, seal_global
from common.models import IdempotencyKey
from common.tenancy import require_tenant

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
MAX_CHARS = 255
KEEP = timedelta(days=7)


def once(request: Request, run: Callable[[], HttpResponse]) -> HttpResponse:
    """Run a POST, or give its stored answer again.

    Writes IdempotencyKey when it succeeded. Raises Problem still_running or key_reused.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return run()
    _check(key)
    principal, digest = caller(request).name, _digest(request)
    _take(principal, key)
    known = IdempotencyKey.objects.filter(principal=principal, key=key).first()
    if known and known.created_at > timezone.now() - KEEP:
        return _replay(known, digest)
    response = run()
    if response.status_code < 300:
        sealed = seal_global(response.content, _place(principal, key))
        values = {"request_hash": digest, "status": response.status_code, "body": sealed}
        IdempotencyKey.objects.update_or_create(
            principal=principal, key=key, defaults=values | {"created_at": timezone.now()}
        )
    return response


def forget_old_keys() -> int:
    """Delete the open scope's answers older than 7 days; returns how many."""
    return int(IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEEP).delete()[0])


def _check(key: str) -> None:
    if not (0 < len(key) <= MAX_CHARS and key.isascii() and key.isprintable()):
        raise Problem("malformed", f"{HEADER} takes 1 to {MAX_CHARS} printable ASCII characters.")


def _take(principal: str, key: str) -> None:
    name = f"{require_tenant()}|idempotency|{principal}|{key}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if not cursor.fetchone()[0]:
            raise Problem("still_running", headers={"Retry-After": "1"})


def _replay(known: IdempotencyKey, digest: str) -> HttpResponse:
    if known.request_hash != digest:
        raise Problem("key_reused")
    return HttpResponse(
        _body(known), status=known.status, content_type="application/json", headers={REPLAYED: "true"}
    )


def _body(known: IdempotencyKey) -> bytes:
    """The answer as it was given. Those kept before answers were sealed are JSON as they stand."""
    kept = bytes(known.body or b"")
    is_plain = not kept or kept[:1] in b'{["' or kept[:1].isspace()
    return kept if is_plain else open_global(kept, _place(known.principal, known.key))


def _place(principal: str, key: str) -> str:
    return f"idempotency|{require_tenant()}|{principal}|{key}"


def _digest(request: Request) -> str:
    """What was asked: address and body; of an upload its fields and files, whatever the boundary was."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for part in _parts(request):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _parts(request: Request) -> Iterable[bytes]:
    if not (request.content_type or "").startswith("multipart/"):
        yield request._request.body
        return
    for name, value in sorted(request.POST.items()):
        yield f"{name}={value}".encode()
    for name, file in sorted(request.FILES.items()):
        yield f"{name}={file.name}".encode()
        yield from file.chunks()
        file.seek(0)
