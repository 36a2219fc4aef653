"""The words and buttons by which people stop our marketing here, and start it again.

WhatsApp has a switch of its own (see ``consents``), and leaves it to us to let a typed word or the stop
button of a template count as much. Only the whole message is such a word. "Cancel", "end" and "no" are none:
they answer questions.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Consent = Literal["", "opted_out", "opted_in"]

#: Folded: small letters, one space between words.
STOP = frozenset(
    """
    stop; stop all; stopall; stop it; stop promotions; stop promotion; stop marketing; stop offers
    stop ads; stop messages; stop news; stop newsletter; unsubscribe; unsubscribe me; opt out; opt-out
    optout; no marketing; stopp; abmelden; abbestellen; austragen; keine werbung; keine werbung mehr
    parar; pare; sair; descadastrar; cancelar inscrição; cancelar subscrição; não quero receber; baja
    dar de baja; darme de baja; darse de baja; cancelar suscripción; desuscribirme; no más mensajes
    arrêt; arret; arrêter; arreter; désabonner; me désabonner; se désabonner; désinscription
    désinscrire; disiscrivimi; disiscriviti; annulla iscrizione; ferma; basta pubblicità; afmelden
    uitschrijven; wypisz; wypisz mnie; rezygnuję; rezygnuje; avsluta; avregistrera; frameld; lopeta
    стоп; отписаться; отписка; відписатися; dur; ret; abonelikten çık; berhenti; berhenti langganan
    إيقاف; ايقاف; توقف; أوقف; إلغاء الاشتراك; الغاء الاشتراك; הסר; הסרה; עצור; रोकें; बंद करें; बंद; 退订
    退訂; 停止; 取消订阅; 配信停止; 수신거부; 수신 거부; 중지; dừng; huỷ đăng ký; hủy đăng ký
    """.strip().replace("\n", ";").split(";")
)  # fmt: skip
START = frozenset(
    """
    start; unstop; start promotions; start marketing; start offers; subscribe; resubscribe; opt in
    opt-in; optin; starten; anmelden; abonnieren; começar; comecar; iniciar; voltar; inscrever; alta
    darme de alta; suscribirme; suscribir; commencer; reprendre; m'abonner; abonner; s'abonner; inizia
    iscrivimi; riprendi; aanmelden; zapisz; zapisz mnie; starta; aloita; старт; подписаться; підписатися
    başla; abone ol; mulai; berlangganan; ابدأ; بدء; اشتراك; התחל; הרשמה; शुरू करें; शुरू; 订阅; 訂閱; 开始
    配信再開; 開始; 수신동의; 시작; bắt đầu; đăng ký
    """.strip().replace("\n", ";").split(";")
)  # fmt: skip
LONGEST = 80
AROUND = " \t\r\n.,;:!?¡¿…\"'“”„«»‘’*_~()[]。！？、"

#: What programs write behind such a button; "STOP_CARD" is something else.
_OF_WHAT = r"(?:PROMO(?:TION)?S?|MARKETING|OFFERS?|ADS?|NEWS(?:LETTER)?|MESSAGES|ALL)"
_STOP_PAYLOAD = re.compile(rf"(?:STOP|UNSUBSCRIBE|OPT[_-]?OUT)(?:[_:-]{_OF_WHAT})?", re.IGNORECASE)
_START_PAYLOAD = re.compile(rf"(?:START|RESUME|SUBSCRIBE|OPT[_-]?IN)(?:[_:-]{_OF_WHAT})?", re.IGNORECASE)


def consent_in(text: str) -> Consent:
    """What a person decided by this whole message, typed or pressed."""
    said = _folded(text)
    if said in _STOP:
        return "opted_out"
    return "opted_in" if said in _START else ""


def consent_of_button(text: str, payload: str) -> Consent:
    """What a person decided by a button of a template. payload: by default the same as its text."""
    if _STOP_PAYLOAD.fullmatch(payload):
        return "opted_out"
    if _START_PAYLOAD.fullmatch(payload):
        return "opted_in"
    return consent_in(text)


def _folded(text: str) -> str:
    if len(text) > LONGEST:
        return ""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").strip(AROUND)
    return " ".join(plain.split())


_STOP = frozenset(_folded(word) for word in STOP)
_START = frozenset(_folded(word) for word in START)
