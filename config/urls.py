"""Addresses of the whole house, collected from the rooms."""

from django.urls import URLPattern, URLResolver, path

from common import health
from inbox import files
from inbox.views import page

urlpatterns: list[URLPattern | URLResolver] = [
    path("-/health/live", health.live),
    path("-/health/ready", health.ready),
    path("-/metrics", health.metrics),
    path("files/<uuid:tenant_id>/<uuid:attachment_id>/<str:variant>", files.serve, name="file"),
    path("inbox/", page.inbox_page, name="inbox"),
    path("phone/", page.phone_page, name="phone"),
]
