"""The shape of what people type about themselves, their colleagues, teams and keys. Nothing is saved here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from common.forms import SharedForm, described
from tenants.models import Member, User
from tenants.models.people import Role
from tenants.permissions import SCOPES

ROLE_WORDS = {
    Role.OWNER: (_("Owner"), _("Everything, including other owners")),
    Role.ADMIN: (_("Admin"), _("Everything, except changing owners")),
    Role.AGENT: (_("Agent"), _("Answers customers; sees no set-up pages")),
}
LIFETIMES = {"30": _("30 days"), "90": _("90 days"), "365": _("One year"), "": _("Never")}


def role_choices(by: Member) -> list[tuple[str, Any]]:
    """The roles a member may give."""
    roles = [Role.AGENT, Role.ADMIN, *([Role.OWNER] if by.role == Role.OWNER else [])]
    return [(role.value, described(*ROLE_WORDS[role])) for role in roles]


class PasswordField(forms.CharField):
    """A new password: long enough, not a common one; may be shown while typing."""

    def __init__(self, **options: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        options = {"label": _("Password"), "max_length": 1024, "strip": False, **options}
        super().__init__(
            widget=widget, help_text=_("At least 12 characters. A short sentence is easy to keep."), **options
        )


class NameForm(forms.Form):
    """How colleagues and customers see a person."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


class AccountForm(NameForm):
    """What a person says about themselves. language: "" follows the browser."""

    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Like the browser")), *settings.LANGUAGES]
        cast("forms.ChoiceField", self.fields["language"]).choices = choices


class AcceptForm(NameForm):
    """A person without an account joins."""

    password = PasswordField()

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invited = email

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        person = User(email=found.get("email", self.invited), name=found.get("name", ""))
        try:
            validate_password(found.get("password", ""), person)
        except forms.ValidationError as error:
            if "password" in found:
                self.add_error("password", error)
        return found


class FirstRunForm(AcceptForm):
    """The first workspace of an installation and its owner."""

    workspace = forms.CharField(
        label=_("Workspace"), max_length=120, help_text=_("Your company or brand, as colleagues will see it.")
    )
    email = forms.EmailField(
        label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    field_order = ("workspace", "name", "email", "password")


class InviteForm(forms.Form):
    """Who may come, and as what."""

    email = forms.EmailField(
        label=_("Email"), max_length=254, help_text=_("The link works only for this address.")
    )
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect, initial=Role.AGENT)

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["role"]).choices = role_choices(by)


class RoleForm(SharedForm):
    """What a member may do."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["role"]).choices = role_choices(by)


class TeamForm(SharedForm):
    """A team and who is in it."""

    name = forms.CharField(label=_("Name"), max_length=80)
    colour = forms.TypedChoiceField(
        label=_("Colour"), coerce=int, widget=forms.RadioSelect, choices=[(n, n + 1) for n in range(12)]
    )
    members = forms.ModelMultipleChoiceField(
        label=_("Members"),
        queryset=Member.unscoped.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = cast("forms.ModelMultipleChoiceField[Member]", self.fields["members"])
        members.queryset = Member.objects.filter(is_active=True).order_by("name", "id")


class KeyForm(forms.Form):
    """A new API key."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("The program that will use it, for example “core banking”."),
    )
    scopes = forms.MultipleChoiceField(label=_("May"), widget=forms.CheckboxSelectMultiple)
    lifetime = forms.ChoiceField(
        label=_("Works for"), choices=list(LIFETIMES.items()), initial="365", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (scope, described(words, format_html("<code>{}</code>", scope)))
            for scope, words in SCOPES.items()
        ]
        cast(forms.MultipleChoiceField, self.fields["scopes"]).choices = choices

    def clean_lifetime(self) -> Any:
        """When it ends, or None."""
        days = self.cleaned_data["lifetime"]
        return timezone.now() + timedelta(days=int(days)) if days else None
