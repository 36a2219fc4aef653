"""What WhatsApp will refuse in the file that is the sample of a header. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from channels_whatsapp.findings import Finding
from inbox.ports import Json

MB = 1_048_576
#: Header format → (types of its sample, most bytes).
SAMPLE_FILES: dict[str, tuple[tuple[str, ...], int]] = {
    "IMAGE": (("image/jpeg", "image/png"), 5 * MB),
    "VIDEO": (("video/mp4",), 16 * MB),
    "GIF": (("video/mp4",), 16 * MB),
    "DOCUMENT": (("application/pdf",), 100 * MB),
}


def file_findings(where: str, form: str, given: Json) -> Iterator[Finding]:
    """Everything that stands against a sample. given: {"mime", "size_bytes"}."""
    mimes, most = SAMPLE_FILES[form]
    if given.get("mime") not in mimes:
        what = _("The sample is of the type %s.") % given.get("mime")
        yield Finding(where, what, _("Take a file of the type %s.") % _(" or ").join(mimes))
    elif int(given.get("size_bytes") or 0) > most:
        what = _("The sample is larger than %d MB.") % (most // MB)
        yield Finding(where, what, _("Take a smaller one."))
