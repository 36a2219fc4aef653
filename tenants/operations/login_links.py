"""Single-use sign-in links of the demo."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from tenants.models import LoginLink, Tenant, User
from tenants.operations.errors import Refused
from tenants.operations.tokens import digest_of, new_token

VALID_FOR = timedelta(hours=24)


class LinkUsed(Refused):
    """Unknown, expired or used before."""

    code = "link_used"


def create_login_link(*, user: User, tenant: Tenant, now: datetime | None = None) -> str:
    """Write a LoginLink (global) and return its address. It signs `user` in once, within 24 hours."""
    token = new_token()
    expires_at = (now or timezone.now()) + VALID_FOR
    LoginLink.objects.create(digest=digest_of(token), user=user, tenant=tenant, expires_at=expires_at)
    return f"{settings.PUBLIC_URL}{reverse('demo_login')}?{urlencode({'token': token})}"


def use_login_link(*, token: str, now: datetime | None = None) -> LoginLink:
    """Take a link out of use and return it; of two at once only one gets it. Raises LinkUsed."""
    now = now or timezone.now()
    digest = digest_of(token)
    # A join would put `used_at` into a subquery, and that is not looked at again after waiting for another.
    allowed = User.objects.filter(is_active=True)
    unused = LoginLink.objects.filter(digest=digest, used_at=None, expires_at__gt=now, user__in=allowed)
    if not unused.update(used_at=now):
        raise LinkUsed("This sign-in link was used before, or is older than a day.")
    return LoginLink.objects.select_related("user").get(digest=digest)
