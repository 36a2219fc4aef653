"""Addresses of the console's pages about webhooks."""

from __future__ import annotations

from django.urls import path

from webhooks import views

ONE = "<uuid:endpoint_id>/"
DELIVERY = f"{ONE}deliveries/<uuid:delivery_id>/"

urlpatterns = [
    path("", views.listed, name="webhooks"),
    path("new/", views.new, name="webhook_new"),
    path(ONE, views.one, name="webhook"),
    path(f"{ONE}change/", views.change, name="webhook_change"),
    path(f"{ONE}secret/", views.secret, name="webhook_secret"),
    path(f"{ONE}sample/", views.sample, name="webhook_sample"),
    path(f"{ONE}pause/", views.pause, name="webhook_pause"),
    path(f"{ONE}return/", views.resume, name="webhook_return"),
    path(f"{ONE}deletion/", views.deletion, name="webhook_deletion"),
    path(f"{ONE}replay/", views.replay, name="webhook_replay"),
    path(DELIVERY, views.delivery, name="webhook_delivery"),
    path(f"{DELIVERY}replay/", views.delivery_replay, name="webhook_delivery_replay"),
]
