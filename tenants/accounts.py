"""What we decide about sign-in, told to the library that does it."""

from __future__ import annotations

import base64
from functools import partial
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.sites.shortcuts import get_current_site
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from common.crypto import open_global, seal_global

_PLACE = "mfa_authenticator|data"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No open sign-up; emails leave after the commit; sentences say what to do."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "That email address and password do not fit together.",
        "too_many_login_attempts": "Too many tries. Wait five minutes, or reset your password.",
        "incorrect_password": "That is not your password.",
        "rate_limited": "Too many requests. Wait a minute, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come by invitation; the first one by the first-run page."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_home")

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render now, send once the transaction is through; a mail server that is down fails no request."""
        whole = {"request": self.request, "email": email, "current_site": get_current_site(self.request)}
        message = self.render_mail(template_prefix, email, whole | context)
        transaction.on_commit(partial(message.send), robust=True)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors are sealed with the master key."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code is not right. It changes every 30 seconds: try the one shown now.",
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal_global(text.encode(), _PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return open_global(base64.b64decode(encrypted_text), _PLACE).decode()
