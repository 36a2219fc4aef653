"""Who is in the demo. Numbers are from ranges set aside for fiction."""

from __future__ import annotations

from dataclasses import dataclass

#: The platform's one provider app: both tenants' numbers post to the same receiver, as with a real provider.
APP_ID = "920000000000011"
ACCESS_TOKEN_FOR = "demo-access-token-{slug}"  # noqa: S105 - opens nothing but the simulator


@dataclass(frozen=True, slots=True)
class Number:
    """A business number on the simulator."""

    phone_number_id: str
    waba_id: str
    display: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone number on the simulator, for texts and calls."""

    number: str
    account_sid: str


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str
    role: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class Business:
    name: str
    slug: str
    number: Number
    line: Line
    spare: tuple[Number, ...]
    people: tuple[Person, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A first message of a customer: who, and the words or the kind of built-in sample."""

    phone: str
    name: str
    said: tuple[str, ...]
    sample: str = ""


BUSINESSES = (
    Business(
        "Northwind Bank",
        "northwind-bank",
        Number("106540352242001", "102290129340001", "442079460112", "Northwind Bank"),
        Line("+442079460123", "AC3f0c1d5e7a9b2c4d6e8f0a1b2c3d4e5f"),
        (
            Number("106540352242011", "102290129340011", "442079460131", "Northwind Cards"),
            Number("106540352242012", "102290129340011", "442079460132", "Northwind Loans"),
        ),
        (
            Person("Mia Laurent", "mia@northwind.example", "owner", "Fraud"),
            Person("Ben Adeyemi", "ben@northwind.example", "agent", "Fraud"),
            Person("Ines Duarte", "ines@northwind.example", "agent", "Cards"),
        ),
        "Good morning! Yes, we are here from 9 to 13 o’clock. Anything else?",
    ),
    Business(
        "Contoso Air",
        "contoso-air",
        Number("106540352242002", "102290129340002", "442079460187", "Contoso Air"),
        Line("+442079460191", "AC8b1d2e3f405162738495a6b7c8d9eaf0"),
        (),
        (
            Person("Tom Okoro", "tom@contoso.example", "owner", "Rebooking"),
            Person("Yuki Kimura", "yuki@contoso.example", "agent", "Rebooking"),
        ),
        "Good morning! CA 218 is on time, boarding at gate B14 from 10:20.",
    ),
)

OPENINGS = {
    "northwind-bank": (
        Opening("447700900311", "Grace Whitfield", ("Hello, is the branch on Elm Street open on Saturday?",)),
        Opening("447700900318", "Tove Eriksson", ("Thanks, that worked.",)),
        Opening("447700900322", "ظافر البنا", ("شكرا جزيلا، وصلت الرسالة",)),
        Opening("351912000777", "João Siqueira", ("Bom dia!", "Ok, e quando chega o novo cartão?")),
        Opening(
            "447700900345",
            "Priya Nair",
            ("My card was refused in a shop, and this is what it says:",),
            "photo",
        ),
        Opening(
            "2348035550177",
            "Amara Okafor",
            (
                "Hi, I see a payment of € 1,240.00 to ELEKTRO-24 BERLIN.",
                "That’s not my payment. Please stop it!",
            ),
            "voice",
        ),
    ),
    "contoso-air": (
        Opening("447700900401", "Lukas Pereira", ("Is CA 218 to Lisbon on time?",)),
        Opening("447700900402", "Salma Aziz", ("I’d like an aisle seat if there is one left",)),
        Opening("447700900403", "Jonas Weber", ("The bag arrived like this:",), "photo"),
    ),
}
