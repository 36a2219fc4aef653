"""Compiles the .po files of locale/ to the .mo files that gettext reads, unless those are newer."""

import os
from pathlib import Path

from common.words import po
from config.launch.environment import ROOT


def compile_all(folder: Path = ROOT / "locale") -> None:
    """Write each language's django.mo beside its django.po; the page's words are read from their .po."""
    for source in folder.glob("*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            written = target.with_name(f"{target.name}.{os.getpid()}")  # two starts at once write the same
            written.write_bytes(po.compiled(po.read(source)))
            written.replace(target)


if __name__ == "__main__":
    compile_all()
