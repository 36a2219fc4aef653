"""Addresses of the console's pages about numbers, profiles, signups and templates."""

from __future__ import annotations

from django.urls import path

from channels_whatsapp.views import app_sync_pages as app_sync
from channels_whatsapp.views import blocked_pages as blocked
from channels_whatsapp.views import form_key_pages as form_keys
from channels_whatsapp.views import group_pages as groups
from channels_whatsapp.views import language_pages as languages
from channels_whatsapp.views import link_pages as links
from channels_whatsapp.views import number_pages as numbers
from channels_whatsapp.views import opener_pages as openers
from channels_whatsapp.views import option_pages as options
from channels_whatsapp.views import profile_pages as profiles
from channels_whatsapp.views import setting_pages as settings
from channels_whatsapp.views import signup_pages as signups
from channels_whatsapp.views import template_editor as editor
from channels_whatsapp.views import template_pages as pages
from channels_whatsapp.views import username_pages as usernames

ONE = "templates/<uuid:template_id>/"

NUMBER = "channels/<uuid:channel_id>/"
GROUP = f"{NUMBER}groups/<uuid:group_id>/"
SIGNUP = "channels/whatsapp/signup/"

urlpatterns = [
    path(SIGNUP, signups.signup, name="whatsapp_signup"),
    path(f"{SIGNUP}return/", signups.back, name="whatsapp_signup_return"),
    path(f"{SIGNUP}<uuid:signup_id>/", signups.numbers, name="whatsapp_signup_numbers"),
    path(f"{NUMBER}number/", numbers.number, name="whatsapp_number"),
    path(f"{NUMBER}number/refresh/", numbers.refresh, name="whatsapp_refresh"),
    path(f"{NUMBER}number/subscription/", numbers.subscription, name="whatsapp_subscription"),
    path(f"{NUMBER}number/registration/", numbers.registration, name="whatsapp_registration"),
    path(f"{NUMBER}number/name/", numbers.name, name="whatsapp_name"),
    path(f"{NUMBER}number/deregistration/", numbers.deregistration, name="whatsapp_deregistration"),
    path(f"{NUMBER}number/pin/", numbers.pin, name="whatsapp_pin"),
    path(f"{NUMBER}number/code/", numbers.code, name="whatsapp_code"),
    path(f"{NUMBER}number/verification/", numbers.verification, name="whatsapp_verification"),
    path(f"{NUMBER}profile/", profiles.profile, name="whatsapp_profile"),
    path(f"{NUMBER}profile/reading/", profiles.reading, name="whatsapp_profile_reading"),
    path(f"{NUMBER}number/app-contacts/", app_sync.contacts, name="whatsapp_app_contacts"),
    path(f"{NUMBER}number/app-history/", app_sync.history, name="whatsapp_app_history"),
    path(f"{NUMBER}number/username/", usernames.username, name="whatsapp_username"),
    path(f"{NUMBER}number/username/end/", usernames.end, name="whatsapp_username_end"),
    path(f"{NUMBER}settings/", settings.settings, name="whatsapp_settings"),
    path(f"{NUMBER}settings/contact-book/", settings.contact_book, name="whatsapp_contact_book"),
    path(f"{NUMBER}settings/reading/", settings.reading, name="whatsapp_settings_reading"),
    path(f"{NUMBER}options/", options.options, name="whatsapp_options"),
    path(f"{NUMBER}form-key/", form_keys.form_key, name="whatsapp_form_key"),
    path(f"{NUMBER}form-key/reading/", form_keys.reading, name="whatsapp_form_key_reading"),
    path(f"{NUMBER}form-key/making/", form_keys.making, name="whatsapp_form_key_making"),
    path(f"{NUMBER}form-key/address/", form_keys.address, name="whatsapp_form_address"),
    path(f"{NUMBER}form-key/secret/", form_keys.secret, name="whatsapp_form_secret"),
    path(f"{NUMBER}openers/", openers.openers, name="whatsapp_openers"),
    path(f"{NUMBER}openers/reading/", openers.reading, name="whatsapp_openers_reading"),
    path(f"{NUMBER}openers/preview/", openers.preview, name="whatsapp_openers_preview"),
    path(f"{NUMBER}blocked/", blocked.blocked, name="whatsapp_blocked"),
    path(f"{NUMBER}blocked/reading/", blocked.reading, name="whatsapp_blocked_reading"),
    path(f"{NUMBER}blocked/alignment/", blocked.alignment, name="whatsapp_blocked_alignment"),
    path(f"{NUMBER}groups/", groups.groups, name="whatsapp_groups"),
    path(f"{NUMBER}groups/reading/", groups.list_reading, name="whatsapp_groups_reading"),
    path(GROUP, groups.group, name="whatsapp_group"),
    path(f"{GROUP}reading/", groups.reading, name="whatsapp_group_reading"),
    path(f"{GROUP}link/", groups.link, name="whatsapp_group_link"),
    path(f"{GROUP}removal/", groups.removal, name="whatsapp_group_removal"),
    path(f"{GROUP}answer/", groups.answer, name="whatsapp_group_answer"),
    path(f"{GROUP}deletion/", groups.deletion, name="whatsapp_group_deletion"),
    path(f"{NUMBER}links/", links.links, name="whatsapp_links"),
    path(f"{NUMBER}links/reading/", links.reading, name="whatsapp_links_reading"),
    path(f"{NUMBER}links/<slug:code>/", links.link, name="whatsapp_link"),
    path(f"{NUMBER}links/<slug:code>/deletion/", links.deletion, name="whatsapp_link_deletion"),
    path(f"{NUMBER}links/<slug:code>.<slug:ending>", links.picture, name="whatsapp_link_picture"),
    path("templates/", pages.templates, name="templates"),
    path("templates/starters/", pages.starters, name="template_starters"),
    path("templates/sync/", pages.sync, name="template_sync"),
    path("templates/new/", editor.new, name="template_new"),
    path("templates/check/", editor.check, name="template_check"),
    path(ONE, pages.template, name="template"),
    path(f"{ONE}change/", editor.change, name="template_change"),
    path(f"{ONE}copy/", editor.copy, name="template_copy"),
    path(f"{ONE}languages/", languages.languages, name="template_languages"),
    path(f"{ONE}submission/", pages.submission, name="template_submission"),
    path(f"{ONE}release/", pages.release, name="template_release"),
    path(f"{ONE}deletion/", pages.deletion, name="template_deletion"),
]
