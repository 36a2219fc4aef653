"""Templates every business number has from the start, approved and not, in English and Portuguese."""

import re
from typing import Any

Json = dict[str, Any]
_SLOT = re.compile(r"\{\{(\w+)\}\}")
_OTP_URL = "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}"


def _template(name: str, language: str, category: str, *parts: Json, status: str = "APPROVED") -> Json:
    """A template; its parameters are named when those of its body are."""
    slots = [slot for part in parts if part["type"] == "BODY" for slot in _SLOT.findall(part["text"])]
    named = any(not slot.isdigit() for slot in slots)
    return {
        "name": name, "language": language, "category": category, "status": status,
        "parameter_format": "NAMED" if named else "POSITIONAL", "components": list(parts),
    }  # fmt: skip


def _body(text: str, *examples: str) -> Json:
    """The body, with an example for every slot, as Graph shows it."""
    slots = _SLOT.findall(text)
    if not slots:
        return {"type": "BODY", "text": text}
    if slots[0].isdigit():
        return {"type": "BODY", "text": text, "example": {"body_text": [list(examples)]}}
    pairs = zip(slots, examples, strict=True)
    named = [{"param_name": slot, "example": example} for slot, example in pairs]
    return {"type": "BODY", "text": text, "example": {"body_text_named_params": named}}


def _header(text: str, *examples: str) -> Json:
    shown = {"example": {"header_text": list(examples)}} if examples else {}
    return {"type": "HEADER", "format": "TEXT", "text": text, **shown}


def _picture() -> Json:
    return {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW1hZ2U="]}}


def _footer(text: str) -> Json:
    return {"type": "FOOTER", "text": text}


def _buttons(*buttons: Json) -> Json:
    return {"type": "BUTTONS", "buttons": list(buttons)}


def _replies(*texts: str) -> Json:
    return _buttons(*({"type": "QUICK_REPLY", "text": text} for text in texts))


def _link(text: str, url: str, *examples: str) -> Json:
    return {"type": "URL", "text": text, "url": url, **({"example": list(examples)} if examples else {})}


BUILT_IN: list[Json] = [
    _template(
        "hello_world", "en_US", "UTILITY",
        _header("Hello World"),
        _body("Welcome! This message shows that your number can send templates."),
        _footer("A sample message"),
    ),
    _template(
        "fraud_alert", "en", "UTILITY",
        _header("A payment needs your answer"),
        _body(
            "Hi {{1}}, a payment of {{2}} to {{3}} was asked for with your card ending {{4}}."
            " We have held it. Was it you?",
            "Amara", "€ 1,240.00", "ELEKTRO-24 BERLIN", "4417",
        ),
        _footer("We never ask for your PIN or code"),
        _replies("It was me", "Not me"),
    ),
    _template(
        "fraud_alert", "pt_BR", "UTILITY",
        _header("Um pagamento precisa da sua resposta"),
        _body(
            "Olá {{1}}, foi pedido um pagamento de {{2}} a {{3}} com o seu cartão de final {{4}}."
            " Ele está retido. Foi você?",
            "Lukas", "R$ 1.240,00", "ELEKTRO-24", "4417",
        ),
        _footer("Nunca pedimos a sua senha"),
        _replies("Fui eu", "Não fui eu"),
    ),
    _template(
        "flight_delay", "en", "UTILITY",
        _header("Your flight is late"),
        _body(
            "Hello {{first_name}}, flight {{flight}} now leaves at {{new_time}} from gate {{gate}}."
            " We are sorry for the wait.",
            "Amara", "CA 204", "18:40", "B7",
        ),
        _replies("Thank you", "Rebook me"),
    ),
    _template(
        "flight_delay", "pt_BR", "UTILITY",
        _header("O seu voo está atrasado"),
        _body(
            "Olá {{first_name}}, o voo {{flight}} sai agora às {{new_time}} do portão {{gate}}."
            " Pedimos desculpa pela espera.",
            "Lukas", "CA 204", "18:40", "B7",
        ),
        _replies("Obrigado", "Remarcar"),
    ),
    _template(
        "order_update", "en", "UTILITY",
        _header("Order {{1}}", "7781"),
        _body("Hello {{1}}, your order {{2}} is on its way.", "Amara", "7781"),
        _footer("Reply to this message to reach us"),
        _buttons(
            _link("Track", "https://example.com/track/{{1}}", "https://example.com/track/7781"),
            {"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+447700900201"},
        ),
    ),
    _template(
        "follow_up", "en", "UTILITY",
        _body("Hello {{1}}, we have an answer to your question. May we go on here?", "Amara"),
        _replies("Yes, go on", "No, thanks"),
    ),
    _template(
        "follow_up", "pt_BR", "UTILITY",
        _body("Olá {{1}}, temos uma resposta à sua pergunta. Podemos continuar por aqui?", "Lukas"),
        _replies("Sim, pode continuar", "Não, obrigado"),
    ),
    _template(
        "one_time_code", "en", "AUTHENTICATION",
        _body("*{{1}}* is your verification code. For your security, do not share this code.", "804117"),
        _footer("This code expires in 10 minutes."),
        _buttons(_link("Copy code", _OTP_URL, _OTP_URL.replace("{{1}}", "804117"))),
    ),
    _template(
        "one_time_code", "pt_BR", "AUTHENTICATION",
        _body("Seu código de verificação é *{{1}}*. Para sua segurança, não o compartilhe.", "804117"),
        _footer("Este código expira em 10 minutos."),
        _buttons(_link("Copiar código", _OTP_URL, _OTP_URL.replace("{{1}}", "804117"))),
    ),
    _template(
        "spring_offer", "en", "MARKETING",
        _picture(),
        _body("Hi {{1}}, {{2}} off everything until Sunday.", "Amara", "20 %"),
        _footer("Tap below to stop these messages"),
        _buttons(
            _link("See the offer", "https://example.com/offer"),
            {"type": "COPY_CODE", "text": "Copy offer code", "example": ["SPRING20"]},
            {"type": "QUICK_REPLY", "text": "Stop promotions"},
        ),
    ),
    _template(
        "spring_offer", "pt_BR", "MARKETING",
        _picture(),
        _body("Olá {{1}}, {{2}} de desconto em tudo até domingo.", "Lukas", "20 %"),
        _replies("Parar promoções"),
    ),
    _template(
        "paused_offer", "en", "MARKETING",
        _body("Hi {{1}}, this template is paused for its low quality.", "Amara"), status="PAUSED",
    ),
    _template(
        "disabled_offer", "en", "MARKETING",
        _body("Hi {{1}}, this template was paused too often.", "Amara"), status="DISABLED",
    ),
    _template(
        "rejected_offer", "en", "MARKETING",
        _body("Hi {{1}}, this template was not approved.", "Amara"), status="REJECTED",
    ),
]  # fmt: skip
