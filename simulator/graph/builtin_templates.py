"""Templates every business number has from the start, approved and not, in English and Portuguese."""

from typing import Any

Json = dict[str, Any]


def _template(
    name: str, language: str, category: str, body: str, *parts: Json, status: str = "APPROVED"
) -> Json:
    """A template whose parameters are named when its body's are."""
    named = "{{1}}" not in body and "{{" in body
    return {
        "name": name, "language": language, "category": category, "status": status,
        "parameter_format": "NAMED" if named else "POSITIONAL",
        "components": [*(p for p in parts if p["type"] == "HEADER"), {"type": "BODY", "text": body},
                       *(p for p in parts if p["type"] != "HEADER")],
    }  # fmt: skip


def _header(text: str) -> Json:
    return {"type": "HEADER", "format": "TEXT", "text": text}


def _footer(text: str) -> Json:
    return {"type": "FOOTER", "text": text}


def _buttons(*buttons: Json) -> Json:
    return {"type": "BUTTONS", "buttons": list(buttons)}


def _reply(text: str) -> Json:
    return {"type": "QUICK_REPLY", "text": text}


_PICTURE: Json = {"type": "HEADER", "format": "IMAGE"}
_CODE: Json = {
    "type": "URL",
    "text": "Copy code",
    "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
}

BUILT_IN: list[Json] = [
    _template(
        "hello_world", "en_US", "UTILITY", "Welcome! This message shows that your number can send templates.",
        _header("Hello World"), _footer("WhatsApp Business Platform sample message"),
    ),
    _template(
        "fraud_alert", "en", "UTILITY",
        "Hi {{1}}, a payment of {{2}} to {{3}} was asked for with your card ending {{4}}. We have held it. Was it you?",
        _header("A payment needs your answer"), _footer("We never ask for your PIN or code"),
        _buttons(_reply("It was me"), _reply("Not me")),
    ),
    _template(
        "fraud_alert", "pt_BR", "UTILITY",
        "Olá {{1}}, foi pedido um pagamento de {{2}} a {{3}} com o seu cartão de final {{4}}. Ele está retido. Foi você?",
        _header("Um pagamento precisa da sua resposta"), _footer("Nunca pedimos a sua senha"),
        _buttons(_reply("Fui eu"), _reply("Não fui eu")),
    ),
    _template(
        "flight_delay", "en", "UTILITY",
        "Hello {{first_name}}, flight {{flight}} now leaves at {{new_time}} from gate {{gate}}. We are sorry for the wait.",
        _header("Your flight is late"), _buttons(_reply("Thank you"), _reply("Rebook me")),
    ),
    _template(
        "flight_delay", "pt_BR", "UTILITY",
        "Olá {{first_name}}, o voo {{flight}} sai agora às {{new_time}} do portão {{gate}}. Pedimos desculpa pela espera.",
        _header("O seu voo está atrasado"), _buttons(_reply("Obrigado"), _reply("Remarcar")),
    ),
    _template(
        "order_update", "en", "UTILITY", "Hello {{1}}, your order {{2}} is on its way.", _header("Order {{1}}"),
        _footer("Reply to this message to reach us"),
        _buttons({"type": "URL", "text": "Track", "url": "https://example.com/track/{{1}}"},
                 {"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+447700900201"}),
    ),
    _template("follow_up", "en", "UTILITY", "Hello {{1}}, we have an answer to your question. May we go on here?",
              _buttons(_reply("Yes, go on"), _reply("No, thanks"))),
    _template("follow_up", "pt_BR", "UTILITY", "Olá {{1}}, temos uma resposta à sua pergunta. Podemos continuar por aqui?",
              _buttons(_reply("Sim, pode continuar"), _reply("Não, obrigado"))),
    _template("one_time_code", "en", "AUTHENTICATION",
              "*{{1}}* is your verification code. For your security, do not share this code.",
              _footer("This code expires in 10 minutes."), _buttons(_CODE)),
    _template("one_time_code", "pt_BR", "AUTHENTICATION",
              "Seu código de verificação é *{{1}}*. Para sua segurança, não o compartilhe.",
              _footer("Este código expira em 10 minutos."), _buttons(_CODE)),
    _template("spring_offer", "en", "MARKETING", "Hi {{1}}, {{2}} off everything until Sunday.", _PICTURE,
              _footer("Tap below to stop these messages"),
              _buttons({"type": "URL", "text": "See the offer", "url": "https://example.com/offer"},
                       {"type": "COPY_CODE", "example": "SPRING20"}, _reply("Stop promotions"))),
    _template("spring_offer", "pt_BR", "MARKETING", "Olá {{1}}, {{2}} de desconto em tudo até domingo.", _PICTURE,
              _buttons(_reply("Parar promoções"))),
    _template("paused_offer", "en", "MARKETING", "Hi {{1}}, this template is paused for its low quality.", status="PAUSED"),
    _template("disabled_offer", "en", "MARKETING", "Hi {{1}}, this template was paused too often.", status="DISABLED"),
    _template("rejected_offer", "en", "MARKETING", "Hi {{1}}, this template was not approved.", status="REJECTED"),
]  # fmt: skip
