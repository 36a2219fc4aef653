"""Forms about a number: signup, PIN, codes, profile; with Meta's limits beside each field."""

from __future__ import annotations

import io
from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from PIL import Image, ImageOps, UnidentifiedImageError

from channels_whatsapp.forms import IdField, SecretField
from channels_whatsapp.template_parts import LANGUAGES
from channels_whatsapp.words import language_name
from common.forms import LinesField, SharedForm
from inbox.ports import Json, OutboundFile

#: https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/business-profiles
ABOUT, ADDRESS, DESCRIPTION, EMAIL, WEBSITE = 139, 256, 512, 128, 256
NAME_LEAST, NAME_MOST = 3, 512
#: Countries in which Meta stores what is said, when a business asks for one.
REGIONS: dict[str, Promise] = {
    "AE": gettext_lazy("United Arab Emirates"),
    "AU": gettext_lazy("Australia"),
    "BH": gettext_lazy("Bahrain"),
    "BR": gettext_lazy("Brazil"),
    "CA": gettext_lazy("Canada"),
    "CH": gettext_lazy("Switzerland"),
    "DE": gettext_lazy("Germany (European Union)"),
    "GB": gettext_lazy("United Kingdom"),
    "ID": gettext_lazy("Indonesia"),
    "IN": gettext_lazy("India"),
    "JP": gettext_lazy("Japan"),
    "KR": gettext_lazy("South Korea"),
    "SG": gettext_lazy("Singapore"),
    "ZA": gettext_lazy("South Africa"),
}
PICTURE_BYTES, PICTURE_PX, PIXELS_MAX = 5 * 1_048_576, 192, 40_000_000
VERTICALS: dict[str, Promise] = {
    "OTHER": gettext_lazy("Other"),
    "AUTO": gettext_lazy("Cars"),
    "BEAUTY": gettext_lazy("Beauty, spa and salon"),
    "APPAREL": gettext_lazy("Clothing"),
    "EDU": gettext_lazy("Education"),
    "ENTERTAIN": gettext_lazy("Entertainment"),
    "EVENT_PLAN": gettext_lazy("Events"),
    "FINANCE": gettext_lazy("Finance and banking"),
    "GROCERY": gettext_lazy("Food and groceries"),
    "GOVT": gettext_lazy("Public service"),
    "HOTEL": gettext_lazy("Hotels"),
    "HEALTH": pgettext_lazy("industry", "Health"),
    "NONPROFIT": gettext_lazy("Charity"),
    "PROF_SERVICES": gettext_lazy("Professional services"),
    "RETAIL": gettext_lazy("Shopping and retail"),
    "TRAVEL": gettext_lazy("Travel and transport"),
    "RESTAURANT": gettext_lazy("Restaurant"),
    "NOT_A_BIZ": gettext_lazy("Not a business"),
}


class SignupForm(forms.Form):
    """A code of a signup that was made on another page, with the app it was made for."""

    app_id = IdField(
        label=gettext_lazy("App ID"),
        help_text=gettext_lazy("In the app's dashboard under App settings › Basic."),
    )
    app_secret = SecretField(
        label=gettext_lazy("App secret"), help_text=gettext_lazy("On the same page. It is kept encrypted.")
    )
    code = SecretField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("What Meta's signup gave at its end. It is good once, for 30 seconds."),
    )
    redirect_uri = forms.URLField(
        label=gettext_lazy("Address the signup came back to"),
        required=False,
        max_length=400,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"data-advanced": ""}),
        help_text=gettext_lazy("Leave empty for a signup in a window of Meta's own script."),
    )
    base_url = forms.CharField(
        label=gettext_lazy("Address of the API"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"data-advanced": ""}),
        help_text=gettext_lazy("Leave empty, unless you use another server that speaks the same API."),
    )


class PinForm(forms.Form):
    """A two-step PIN; it goes to Meta and is not kept."""

    pin = forms.RegexField(
        regex=r"^[0-9]{6}$",
        label=gettext_lazy("New PIN"),
        max_length=6,
        error_messages={"invalid": gettext_lazy("A PIN has six digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class RegisterForm(PinForm):
    """The PIN with which a number is registered, and where Meta keeps what is said."""

    region = forms.ChoiceField(
        label=gettext_lazy("Where Meta keeps messages"),
        required=False,
        help_text=gettext_lazy("To change it later the number has to be deregistered first."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pin"].label = _("PIN")
        self.fields["pin"].help_text = _(
            "Six digits. If the number has a two-step PIN it must be that one; else it becomes it. Note it "
            "down: it is not kept here."
        )

        field = cast(forms.ChoiceField, self.fields["region"])
        field.choices = [("", _("Wherever Meta does")), *sorted(REGIONS.items(), key=lambda one: str(one[1]))]


class NameForm(forms.Form):
    """Another name for people to see."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        min_length=NAME_LEAST,
        max_length=NAME_MOST,
        help_text=gettext_lazy(
            "The name of the business as it stands on its website: no capitals throughout, no emoji, no "
            "person's name, no “WhatsApp”. Meta takes ten changes in 30 days."
        ),
    )


class CodeForm(forms.Form):
    """How a verification code comes."""

    method = forms.ChoiceField(
        label=gettext_lazy("Send it by"),
        choices=[("SMS", gettext_lazy("Text message")), ("VOICE", gettext_lazy("Call"))],
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), initial="en_US")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["language"])
        field.choices = [(code, language_name(code)) for code in LANGUAGES]


class VerifyForm(forms.Form):
    """The code that came."""

    code = forms.RegexField(
        regex=r"^[0-9]{6}$",
        label=gettext_lazy("Code"),
        max_length=6,
        error_messages={"invalid": gettext_lazy("A code has six digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class _SiteField(forms.URLField):
    widget = forms.URLInput

    def __init__(self, **options: Any) -> None:
        wrong = gettext_lazy("This has to be an address that begins with https:// or http://.")
        super().__init__(
            max_length=WEBSITE,
            required=False,
            assume_scheme="https",
            error_messages={"invalid": wrong},
            **options,
        )

    def clean(self, value: Any) -> Any:
        if value and not str(value).strip().lower().startswith(("https://", "http://")):
            raise forms.ValidationError(self.error_messages["invalid"])
        return super().clean(value)


class ProfileForm(SharedForm):
    """What customers see of the business. stored: see ``flat``."""

    about = forms.CharField(
        label=gettext_lazy("About"), max_length=ABOUT, strip=True,
        help_text=gettext_lazy("Stands under the name. At most 139 characters, and never empty."),
        error_messages={"required": gettext_lazy("Meta does not take an empty one.")},
    )  # fmt: skip
    description = LinesField(
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        label=gettext_lazy("Description"), max_length=DESCRIPTION, required=False,
        help_text=gettext_lazy("At most 512 characters."),
    )  # fmt: skip
    vertical = forms.ChoiceField(label=gettext_lazy("Industry"), required=False)
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=ADDRESS, required=False,
        help_text=gettext_lazy("At most 256 characters."),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("Email"), max_length=EMAIL, required=False,
        help_text=gettext_lazy("At most 128 characters."),
    )  # fmt: skip
    website_1 = _SiteField(label=gettext_lazy("Website"))
    website_2 = _SiteField(label=gettext_lazy("Second website"))
    picture = forms.FileField(
        label=gettext_lazy("New picture"), required=False,
        help_text=gettext_lazy("JPEG or PNG, square, at least 192 pixels wide, at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, now = cast(forms.ChoiceField, self.fields["vertical"]), self.stored.get("vertical")
        known = [("", _("Not said")), *VERTICALS.items()]
        field.choices = known if not now or now in VERTICALS else [*known, (now, now)]

    def clean_picture(self) -> OutboundFile | None:
        """The picture as Meta takes it, without what a camera wrote into it."""
        file = self.cleaned_data["picture"]
        return jpeg_of(file) if file else None

    def flattened(self) -> Json:
        """The fields without the picture, as `stored` has them."""
        return {name: self.cleaned_data[name] for name in flat({}) if name in self.cleaned_data}


def jpeg_of(file: Any) -> OutboundFile:
    """A square picture as Meta takes it, without what a camera wrote into it. Raises ValidationError."""
    if file.size > PICTURE_BYTES:
        raise forms.ValidationError(_("The picture is larger than 5 MB."))
    try:
        file.seek(0)
        with Image.open(file, formats=("JPEG", "PNG")) as found:
            width, height = found.size
            if width * height > PIXELS_MAX or min(width, height) < PICTURE_PX:
                raise forms.ValidationError(_("The picture has to be at least 192 pixels wide and high."))
            if width != height:
                raise forms.ValidationError(_("The picture has to be square: Meta would cut it."))
            picture = ImageOps.exif_transpose(found).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise forms.ValidationError(_("This is not a JPEG or PNG picture.")) from None
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    content = out.getvalue()
    return OutboundFile("image", "profile.jpg", "image/jpeg", len(content), lambda: io.BytesIO(content))


def flat(profile: Json) -> Json:
    """A profile as the form's fields: two websites, every text."""
    sites = [*profile.get("websites", []), "", ""]
    texts = {
        name: profile.get(name) or "" for name in ("about", "description", "vertical", "address", "email")
    }
    return {**texts, "website_1": sites[0], "website_2": sites[1]}


def change_of(now: Json, wanted: Json) -> Json:
    """What to send so that a profile becomes what the form's fields say. now: as Meta has it."""
    before = flat(now)
    change = {name: value for name, value in wanted.items() if before.get(name) != value}
    if any(name.startswith("website_") for name in change):
        change["websites"] = [site for name in ("website_1", "website_2") if (site := wanted[name])]
    return {name: value for name, value in change.items() if not name.startswith("website_")}
