"""Addresses of the whole house, collected from the rooms."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from common import health, icons
from common.api import problems
from common.words.page import words
from config.parts import has_module
from inbox import files
from inbox.views import page, transcripts
from notifications.views import people

handler400, handler403 = problems.handler400, problems.handler403
handler404, handler500 = problems.handler404, problems.handler500

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tenants.urls")),
    path("console/", include("inbox.console_urls")),
    path("console/notifications/", include("notifications.console_urls")),
    path("console/webhooks/", include("webhooks.console_urls")),
    *(
        path("console/", include(f"{app}.console_urls"))
        for app in settings.CHANNEL_APPS
        if has_module(f"{app}.console_urls")
    ),
    *(
        path(f"hooks/{app.removeprefix('channels_')}/", include(f"{app}.hook_urls"))
        for app in settings.CHANNEL_APPS
        if has_module(f"{app}.hook_urls")
    ),
    path("choices/<uuid:tenant_id>/<str:token>/", people.choices, name="choices"),
    path("inbox/", page.inbox_page, name="inbox"),
    path("inbox/transcripts/<uuid:thread_id>.txt", transcripts.transcript, {"form": "txt"}),
    path("inbox/transcripts/<uuid:thread_id>.json", transcripts.transcript, {"form": "json"}),
    path("phone/", page.phone_page, name="phone"),
    path("api/", include("config.api_urls")),
    path("files/<uuid:tenant_id>/<uuid:attachment_id>/<str:variant>", files.serve, name="file"),
    path("icons.svg", icons.icons, name="icons"),
    path("favicon.ico", icons.favicon),
    path("words/<str:language>.js", words, name="words"),
    path("-/health/live", health.live),
    path("-/health/ready", health.ready),
    path("-/metrics", health.metrics),
]
