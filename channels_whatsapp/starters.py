"""Beginnings: templates that pass the rules, to be changed into one's own; in English and Portuguese."""

from __future__ import annotations

from dataclasses import dataclass

from channels_whatsapp.template_parts import example_for, part_of, text_of
from inbox.ports import Json


@dataclass(frozen=True, slots=True)
class Starter:
    """One of them. key: in addresses."""

    key: str
    language: str
    category: str
    name: str
    components: list[Json]

    @property
    def text(self) -> str:
        return text_of(part_of(self.components, "BODY"))

    @property
    def content(self) -> Json:
        return {"category": self.category, "components": self.components}


def _body(text: str, **given: str) -> Json:
    return {"type": "BODY", "text": text, "example": example_for("BODY", text, given)}


def _replies(*texts: str) -> Json:
    return {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": text} for text in texts]}


def _link(text: str, url: str) -> Json:
    button = {"type": "URL", "text": text, "url": f"{url}{{{{1}}}}", "example": [f"{url}7781"]}
    return {"type": "BUTTONS", "buttons": [button]}


def _code(minutes: int) -> list[Json]:
    return [
        {"type": "BODY", "add_security_recommendation": True},
        {"type": "FOOTER", "code_expiration_minutes": minutes},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]},
    ]


def _footer(text: str) -> Json:
    return {"type": "FOOTER", "text": text}


_TRACK = "https://example.com/orders/"
STARTERS = [
    Starter(
        "order",
        "en",
        "UTILITY",
        "order_on_its_way",
        [
            _body(
                "Hello {{first_name}}, your order {{order}} is on its way and arrives "
                "on {{day}}. "
                "Write to us here if something is wrong.",
                first_name="Ada",
                order="7781",
                day="Friday",
            ),
            _link("Track the order", _TRACK),
        ],
    ),
    Starter(
        "order-pt",
        "pt_BR",
        "UTILITY",
        "order_on_its_way",
        [
            _body(
                "Olá {{first_name}}, o seu pedido {{order}} está a caminho e chega "
                "{{day}}. "
                "Escreva para nós aqui se algo estiver errado.",
                first_name="Ada",
                order="7781",
                day="sexta-feira",
            ),
            _link("Acompanhar pedido", _TRACK),
        ],
    ),
    Starter(
        "visit",
        "en",
        "UTILITY",
        "appointment_reminder",
        [
            _body(
                "Hello {{first_name}}, we expect you on {{day}} at {{time}} in "
                "{{place}}. Does that still suit you?",
                first_name="Ada",
                day="12 May",
                time="10:30",
                place="Elm Street 4",
            ),
            _replies("Yes", "Another time"),
        ],
    ),
    Starter(
        "visit-pt",
        "pt_BR",
        "UTILITY",
        "appointment_reminder",
        [
            _body(
                "Olá {{first_name}}, esperamos você no dia {{day}} às {{time}} em "
                "{{place}}. O horário ainda serve?",
                first_name="Ada",
                day="12 de maio",
                time="10:30",
                place="Rua das Flores, 4",
            ),
            _replies("Sim", "Outro horário"),
        ],
    ),
    Starter(
        "answer",
        "en",
        "UTILITY",
        "answer_ready",
        [
            _body(
                "Hello {{first_name}}, we have an answer to your question about "
                "{{subject}}. May we go on here?",
                first_name="Ada",
                subject="your card",
            ),
            _replies("Yes, go on", "No, thanks"),
        ],
    ),
    Starter(
        "answer-pt",
        "pt_BR",
        "UTILITY",
        "answer_ready",
        [
            _body(
                "Olá {{first_name}}, temos uma resposta à sua pergunta sobre "
                "{{subject}}. Podemos continuar aqui?",
                first_name="Ada",
                subject="o seu cartão",
            ),
            _replies("Sim, pode continuar", "Não, obrigado"),
        ],
    ),
    Starter("code", "en", "AUTHENTICATION", "one_time_code", _code(10)),
    Starter("code-pt", "pt_BR", "AUTHENTICATION", "one_time_code", _code(10)),
    Starter(
        "news",
        "en",
        "MARKETING",
        "new_arrivals",
        [
            _body(
                "Hello {{first_name}}, our new {{collection}} is here, and you may "
                "look at it before everybody else.",
                first_name="Ada",
                collection="spring bicycles",
            ),
            _footer("Answer STOP to hear no more of this"),
            _replies("Show me", "Stop"),
        ],
    ),
    Starter(
        "news-pt",
        "pt_BR",
        "MARKETING",
        "new_arrivals",
        [
            _body(
                "Olá {{first_name}}, chegou a nossa nova coleção de {{collection}}, e "
                "você pode ver antes de todos.",
                first_name="Ada",
                collection="bicicletas",
            ),
            _footer("Responda PARAR para não receber mais"),
            _replies("Quero ver", "Parar"),
        ],
    ),
]


def starter(key: str) -> Starter | None:
    """The starter with this key."""
    return next((one for one in STARTERS if one.key == key), None)
