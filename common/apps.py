"""Start-up of the plumbing: the tenant schema is applied after each migrate."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string
from django.utils.translation import trans_real

from common.words.pseudo import LANGUAGES, Pseudo


def _after_migrate(using: str, **_: Any) -> None:
    # By name: that module needs models, which do not exist yet while applications are being loaded.
    import_string("common.tenant_schema.secure_schema")(using)


def speak_pseudo() -> None:
    """Put two languages that no file holds where Django keeps those it has read; settings offer them."""
    trans_real._translations.update({code: Pseudo(code) for code, _ in LANGUAGES})  # type: ignore[attr-defined]


class CommonConfig(AppConfig):
    name = "common"

    def ready(self) -> None:
        post_migrate.connect(_after_migrate, sender=self)
        speak_pseudo()
