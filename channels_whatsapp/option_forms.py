"""What a number sends along, as its admins chose here: kept in the channel's config, Meta is not asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_whatsapp.call_records import LANGUAGE, PURPOSE, PURPOSE_CHARS, RECORDING, TRANSCRIPTION
from channels_whatsapp.direct import SETTING as DIRECT_SEND
from channels_whatsapp.sending import MARKETING_ACTIVITY, MARKETING_FALLBACK
from channels_whatsapp.template_parts import LANGUAGES
from channels_whatsapp.words import language_name
from common.forms import SharedForm
from inbox.ports import Json


class OptionsForm(SharedForm):
    """stored: see ``options_of``."""

    direct_send = forms.BooleanField(
        required=False,
        label=gettext_lazy("Direct Send: write after 24 hours without a template"),
        help_text=gettext_lazy(
            "Texts of up to 1,024 characters about what a customer has ordered or asked for, never "
            "advertising. Meta makes a template of each and charges it as utility. Meta must have enabled it "
            "for this number; if it refuses, that is shown on the channel's page."
        ),
    )

    marketing_fallback = forms.BooleanField(
        required=False,
        label=gettext_lazy("Marketing that cannot go by its own API goes by the usual way"),
        help_text=gettext_lazy(
            "Otherwise Meta refuses what its Marketing Messages API cannot send, and the message fails with "
            "the reason. It only concerns numbers and templates that use that API."
        ),
    )
    marketing_activity = forms.ChoiceField(
        required=False,
        label=gettext_lazy("What Meta learns of marketing messages"),
        choices=[
            ("", gettext_lazy("As set in WhatsApp Manager")),
            (
                "on",
                gettext_lazy("Whether they were read and tapped, to choose better whom it delivers them to"),
            ),
            ("off", gettext_lazy("Nothing beyond delivering them")),
        ],
        widget=forms.RadioSelect,
    )

    call_recording = forms.BooleanField(
        required=False,
        label=gettext_lazy("Record calls"),
        help_text=gettext_lazy(
            "Meta records both sides and tells the customer so with an announcement at the beginning of each "
            "call. The recording comes into the conversation, to everybody who may read it. Ask whether the "
            "law where you and your customers are wants more than that."
        ),
    )
    call_transcription = forms.BooleanField(
        required=False,
        label=gettext_lazy("Write down what is said in calls"),
        help_text=gettext_lazy("Meta makes a transcript, which is announced too and stands under the call."),
    )
    call_purpose = forms.CharField(
        required=False,
        max_length=PURPOSE_CHARS,
        label=gettext_lazy("What for, as the customer hears it"),
        help_text=gettext_lazy("Needed for either. For example: to improve our service."),
    )
    call_language = forms.ChoiceField(required=False, label=gettext_lazy("Language of the announcement"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("As Meta chooses")), *((code, language_name(code)) for code in LANGUAGES)]
        cast(forms.ChoiceField, self.fields["call_language"]).choices = choices

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        for name, sentence in faults_of(found).items():
            self.add_error(name, sentence)
        return found

    def flattened(self) -> Json:
        """The fields as ``options_of`` has them."""
        return {name: self.cleaned_data[name] for name in OPTIONS}


#: What is chosen while nobody has chosen.
OPTIONS: Json = {
    DIRECT_SEND: False, MARKETING_FALLBACK: False, MARKETING_ACTIVITY: "", RECORDING: False,
    TRANSCRIPTION: False, PURPOSE: "", LANGUAGE: "",
}  # fmt: skip


def options_of(config: Json) -> Json:
    """What a channel's config says of them, in the fields' own types."""
    return {name: _typed(config.get(name), usual) for name, usual in OPTIONS.items()}


def faults_of(options: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with options as a whole, by field."""
    is_kept = options.get(RECORDING) or options.get(TRANSCRIPTION)
    if is_kept and not str(options.get(PURPOSE) or "").strip():
        return {PURPOSE: _("Say what calls are recorded or written down for: customers are told.")}
    return {}


def _typed(value: Any, usual: Any) -> Any:
    return value if isinstance(value, type(usual)) else usual
