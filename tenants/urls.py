"""Addresses of sign-in, of a person's own pages, and of the console's pages about people and keys."""

from allauth.account import views as allauth
from django.urls import include, path, re_path

from tenants.views import account, audit, hours, invitations, keys, members, teams, test_workspace

accounts = [
    path("", account.account_home, name="account_home"),
    path("login/", account.sign_in, name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("first/", account.first_run, name="first_run"),
    path("nowhere/", account.no_workspace, name="no_workspace"),
    path("language/", account.language, name="language"),
    path("workspace/", account.switch_workspace, name="switch_workspace"),
    path("invitations/<uuid:tenant_id>/<str:token>/", invitations.invitation, name="invitation"),
    # Named as the library asks for them.
    path("signup/", allauth.signup, name="account_signup"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("password/set/", allauth.password_set, name="account_set_password"),
    path("password/reset/", allauth.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("2fa/", include("allauth.mfa.urls")),
]

console = [
    path("members/", members.members, name="members"),
    path("members/invite/", members.invite, name="invite"),
    path("members/<uuid:member_id>/", members.member, name="member"),
    path("members/<uuid:member_id>/return/", members.reactivate, name="member_return"),
    path("invitations/<uuid:invitation_id>/revocation/", members.revoke, name="invitation_revocation"),
    path("teams/", teams.teams, name="teams"),
    path("teams/new/", teams.team, name="team_new"),
    path("teams/<uuid:team_id>/", teams.team, name="team"),
    path("hours/", hours.hours, name="hours"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export/", audit.export, name="audit_export"),
    path("test/", test_workspace.test_workspace, name="test_workspace"),
    path("keys/", keys.keys, name="keys"),
    path("keys/new/", keys.new_key, name="key_new"),
    path("keys/<uuid:key_id>/revocation/", keys.revoke_key, name="key_revocation"),
]

urlpatterns = [
    path("", account.start, name="start"),
    path("accounts/", include(accounts)),
    path("demo/login/", account.demo_login, name="demo_login"),
    path("console/", include(console)),
]
