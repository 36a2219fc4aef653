"""Addresses under /hooks/whatsapp/ where it waits for an answer; its webhooks come in by the door."""

from __future__ import annotations

from django.urls import path

from channels_whatsapp.views import form_hooks

urlpatterns = [path("<uuid:channel_id>/forms/", form_hooks.form, name="whatsapp_form_hook")]
