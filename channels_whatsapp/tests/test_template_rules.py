"""What WhatsApp would refuse is found before it is asked: one line of the table for each case."""

from __future__ import annotations

from typing import Any

import pytest

from channels_whatsapp.findings import Draft
from channels_whatsapp.template_rules import check, refusals


def body(text: str, *given: str) -> dict[str, Any]:
    return {"type": "BODY", "text": text, "example": {"body_text": [list(given)]}}


GOOD = body("Hello {{1}}, your order {{2}} is ready to be picked up.", "Ada", "7781")
HANDLE = {"example": {"header_handle": ["4::abc"]}}


def header(**keys: Any) -> list[dict[str, Any]]:
    return [{"type": "HEADER", "format": "TEXT", **keys}, GOOD]


def buttons(*found: dict[str, Any]) -> list[dict[str, Any]]:
    return [GOOD, {"type": "BUTTONS", "buttons": list(found)}]


def quick(text: str = "Yes") -> dict[str, Any]:
    return {"type": "QUICK_REPLY", "text": text}


def link(url: str = "https://example.com/", text: str = "Open", **keys: Any) -> dict[str, Any]:
    return {"type": "URL", "text": text, "url": url, **keys}


def code(button: dict[str, Any] | None = None, **footer: Any) -> list[dict[str, Any]]:
    parts = [{"type": "BODY", "add_security_recommendation": True}]
    if footer:
        parts.append({"type": "FOOTER", **footer})
    one = {"type": "OTP", "otp_type": "COPY_CODE"} if button is None else button
    return [*parts, {"type": "BUTTONS", "buttons": [one] if one else []}]


def card(**keys: Any) -> dict[str, Any]:
    parts = [{"type": "HEADER", "format": "IMAGE", **HANDLE}, {"type": "BUTTONS", "buttons": [quick()]}]
    return {"components": keys.get("components", parts)}


def picture(*more: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a card with a sample, and what else stands on it."""
    return [{"type": "HEADER", "format": "IMAGE", **HANDLE}, *more]


def row(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": "BUTTONS", "buttons": list(buttons)}


def pair(*parts: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """Marketing with two cards alike."""
    found = carousel(*(card(components=picture(*parts)) for _ in range(2)))
    return {"category": "MARKETING", "components": [*found, *keys.pop("more", [])], **keys}


BARE = [{"type": "HEADER", "format": "IMAGE"}, row({"type": "QUICK_REPLY", "text": "Yes"})]
GIF = {"mime": "image/gif", "size_bytes": 9}


def carousel(*cards: dict[str, Any]) -> list[dict[str, Any]]:
    return [GOOD, {"type": "CAROUSEL", "cards": list(cards)}]


def offer(text: str, *more: dict[str, Any]) -> list[dict[str, Any]]:
    return [GOOD, {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": text}}, *more]


APP = {"package_name": "com.example.app", "signature_hash": "K8a/AINcGX7"}
#: (what is wrong, where it is said, changes of a good template)
CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("no name", "name", {"name": ""}),
    ("a code that is tried for too long", "send_ttl_s", {"category": "AUTHENTICATION", "components": code(),
                                                         "send_ttl_s": 901}),
    ("utility that is tried for a day", "send_ttl_s", {"send_ttl_s": 86_400}),
    ("utility that ends at once", "send_ttl_s", {"send_ttl_s": 29}),
    ("marketing that ends soon", "send_ttl_s", {"category": "MARKETING", "send_ttl_s": 3_600}),
    ("marketing without an end", "send_ttl_s", {"category": "MARKETING", "send_ttl_s": -1}),
    ("a call offered for too long", "buttons.0.ttl_minutes",
     {"components": buttons({"type": "VOICE_CALL", "text": "Call us", "ttl_minutes": 43_201})}),
    ("a code that asks to call", "call_request",
     {"category": "AUTHENTICATION", "components": [*code(), {"type": "CALL_PERMISSION_REQUEST"}]}),
    ("a GIF without a sample", "header.file", {"category": "MARKETING", "components": header(format="GIF")}),
    ("capitals in the name", "name", {"name": "Order_Ready"}),
    ("spaces in the name", "name", {"name": "order ready"}),
    ("a name of 513 characters", "name", {"name": "a" * 513}),
    ("no such language", "language", {"language": "xx_XX"}),
    ("a language written with a dash", "language", {"language": "en-GB"}),
    ("no category", "category", {"category": ""}),
    ("an old category", "category", {"category": "TRANSACTIONAL"}),
    ("an unknown part", "components", {"components": [GOOD, {"type": "SIDEBAR"}]}),
    ("two bodies", "components", {"components": [GOOD, GOOD]}),
    ("no body", "body.text", {"components": []}),
    ("an empty body", "body.text", {"components": [body("  ")]}),
    ("a body of 1,025 characters", "body.text", {"components": [body("a" * 1025)]}),
    ("variables begin the body", "body.text", {"components": [body("{{1}} is ready now for you.", "It")]}),
    ("variables end the body", "body.text", {"components": [body("Your order number is {{1}}", "7")]}),
    ("two variables touch", "body.text",
     {"components": [body("Hello dear old {{1}} {{2}} of ours.", "a", "b")]}),
    ("a gap in the numbers", "body.text",
     {"components": [body("Hello {{1}}, order {{3}} is ready now.", "a", "b")]}),
    ("numbers begin at 0", "body.text", {"components": [body("Hello {{0}}, it is ready.", "a")]}),
    ("numbers and names mixed", "body.text",
     {"components": [body("Hello {{1}}, {{order}} is ready for you.", "a")]}),
    ("a name with capitals", "body.text", {"components": [body("Hello {{firstName}}, it is ready.")]}),
    ("an empty variable", "body.text", {"components": [body("Hello {{}}, it is ready.")]}),
    ("a single brace", "body.text", {"components": [body("Hello {1}, it is ready.")]}),
    ("an unclosed variable", "body.text", {"components": [body("Hello {{1, it is ready.")]}),
    ("too many variables", "body.text",
     {"components": [body("Hi {{1}} of {{2}} at {{3}} ok.", "a", "b", "c")]}),
    ("no sample", "body.sample.1", {"components": [body("Hello {{1}}, it is ready.")]}),
    ("an empty sample", "body.sample.1", {"components": [body("Hello {{1}}, it is ready.", " ")]}),
    ("a variable as a sample", "body.sample.1", {"components": [body("Hello {{1}}, it is ready.", "{{1}}")]}),
    ("an unknown header", "header.format", {"components": header(format="GIFT")}),
    ("an empty header", "header.text", {"components": header(text="")}),
    ("a header of 61 characters", "header.text", {"components": header(text="a" * 61)}),
    ("two variables in the header", "header.text", {"components": header(text="For {{1}} and {{2}}")}),
    ("a line break in the header", "header.text", {"components": header(text="One\ntwo")}),
    ("an emoji in the header", "header.text", {"components": header(text="Ready 🎉")}),
    ("no sample in the header", "header.sample.1", {"components": header(text="Order {{1}}")}),
    ("no sample of the picture", "header.file", {"components": header(format="IMAGE")}),
    ("a GIF as a picture", "header.file", {
        "components": header(format="IMAGE"), "header_file": {"mime": "image/gif", "size_bytes": 9}}),
    ("a picture of 6 MB", "header.file", {
        "components": header(format="IMAGE"), "header_file": {"mime": "image/png", "size_bytes": 6 * 2**20}}),
    ("a footer of 61 characters", "footer.text",
     {"components": [GOOD, {"type": "FOOTER", "text": "a" * 61}]}),
    ("a variable in the footer", "footer.text",
     {"components": [GOOD, {"type": "FOOTER", "text": "By {{1}}"}]}),
    ("an empty footer", "footer.text", {"components": [GOOD, {"type": "FOOTER", "text": ""}]}),
    ("buttons without a button", "buttons", {"components": buttons()}),
    ("eleven buttons", "buttons", {"components": buttons(*(quick(str(n)) for n in range(11)))}),
    ("three links", "buttons", {"components": buttons(link(text="a"), link(text="b"), link(text="c"))}),
    ("two numbers to call", "buttons", {"components": buttons(
        *({"type": "PHONE_NUMBER", "text": text, "phone_number": "+447700900201"} for text in "ab"))}),
    ("replies mixed with links", "buttons", {"components": buttons(quick("a"), link(), quick("b"))}),
    ("a button without words", "buttons.0.text", {"components": buttons(quick(""))}),
    ("a button of 26 characters", "buttons.0.text", {"components": buttons(quick("a" * 26))}),
    ("a variable on a button", "buttons.0.text", {"components": buttons(quick("{{1}} go"))}),
    ("two buttons alike", "buttons.1.text", {"components": buttons(quick("Yes"), quick("yes"))}),
    ("an unknown button", "buttons.0.type", {"components": buttons({"type": "DANCE", "text": "a"})}),
    ("a link to nowhere", "buttons.0.url", {"components": buttons(link("nowhere"))}),
    ("a link of 2,001 characters", "buttons.0.url",
     {"components": buttons(link("https://e.example/" + "a" * 2000))}),
    ("a link to WhatsApp", "buttons.0.url", {"components": buttons(link("https://wa.me/447700900201"))}),
    ("a variable inside a link", "buttons.0.url", {"components": buttons(link("https://e.example/{{1}}/x"))}),
    ("a link without its sample", "buttons.0.example",
     {"components": buttons(link("https://e.example/{{1}}"))}),
    ("no number to call", "buttons.0.phone_number", {
        "components": buttons({"type": "PHONE_NUMBER", "text": "Call", "phone_number": "0770"})}),
    ("an offer without its code", "buttons.0.example", {"components": buttons({"type": "COPY_CODE"})}),
    ("a code of 21 characters", "buttons.0.example", {
        "components": buttons({"type": "COPY_CODE", "example": "A" * 21})}),
    ("no form to open", "buttons.0.flow_id", {"components": buttons({"type": "FLOW", "text": "Book"})}),
    ("a code's button elsewhere", "buttons.0.type", {"components": buttons({"type": "OTP", "text": "Copy"})}),
    ("own words in a code", "body.text", {
        "category": "AUTHENTICATION", "components": [GOOD, code()[-1]]}),
    ("a header over a code", "header.format", {
        "category": "AUTHENTICATION", "components": [*header(text="Code")[:1], *code()]}),
    ("a code without its button", "buttons", {"category": "AUTHENTICATION", "components": code({})}),
    ("a code for 91 minutes", "footer.minutes", {
        "category": "AUTHENTICATION", "components": code(code_expiration_minutes=91)}),
    ("an unknown way to hand it over", "buttons.0.otp_type", {
        "category": "AUTHENTICATION", "components": code({"type": "OTP", "otp_type": "MAGIC"})}),
    ("one tap without an app", "buttons.0.apps", {
        "category": "AUTHENTICATION", "components": code({"type": "OTP", "otp_type": "ONE_TAP"})}),
    ("an app with a wrong hash", "buttons.0.apps", {
        "category": "AUTHENTICATION",
        "components": code({"type": "OTP", "otp_type": "ONE_TAP",
            "supported_apps": [{**APP, "signature_hash": "x"}]})}),
    ("zero tap without its terms", "buttons.0.terms", {
        "category": "AUTHENTICATION",
        "components": code({"type": "OTP", "otp_type": "ZERO_TAP", "supported_apps": [APP]})}),
    ("one card", "cards", {"category": "MARKETING", "components": carousel(card())}),
    ("cards of different build", "cards", {
        "category": "MARKETING", "components": carousel(card(), card(components=card()["components"][:1]))}),
    ("a card without a picture", "cards.0.header", {
        "category": "MARKETING", "components": carousel(card(components=[]), card(components=[]))}),
    ("eleven cards", "cards", {"category": "MARKETING", "components": carousel(*[card()] * 11)}),
    ("a card without a sample", "cards.1.header", {
        "category": "MARKETING", "components": carousel(card(), card(components=BARE))}),
    ("a GIF on a card", "cards.1.header", {
        "category": "MARKETING", "card_files": [None, GIF],
        "components": carousel(card(), card(components=BARE))}),
    ("a card of 161 characters", "cards.0.body.text",
     pair({"type": "BODY", "text": "a" * 161}, row(quick()))),
    ("a card of four lines", "cards.1.body.text", pair({"type": "BODY", "text": "a\nb\nc\nd"}, row(quick()))),
    ("an empty text on a card", "cards.0.body.text", pair({"type": "BODY", "text": ""}, row(quick()))),
    ("no sample on a card", "cards.0.body.sample.1", pair(body("Only {{1}} for you now."), row(quick()))),
    ("a card without a button", "cards.0.buttons", pair()),
    ("three buttons on a card", "cards.0.buttons", pair(row(quick("a"), quick("b"), quick("c")))),
    ("a code to copy on a card", "cards.0.buttons.0.type", pair(row({"type": "COPY_CODE", "example": "A"}))),
    ("a link to nowhere on a card", "cards.1.buttons.0.url", pair(row(link("nowhere")))),
    ("a footer below cards", "footer.text", pair(row(quick()), more=[{"type": "FOOTER", "text": "By us"}])),
    ("buttons below cards", "buttons", pair(row(quick()), more=[row(quick())])),
    ("cards that are no marketing", "category", {"components": carousel(card(), card())}),
    ("an offer without words", "offer.text", {"category": "MARKETING", "components": offer("")}),
    ("an offer of 17 characters", "offer.text", {"category": "MARKETING", "components": offer("a" * 17)}),
    ("an offer with a footer", "footer.text", {
        "category": "MARKETING", "components": offer("Ends soon", {"type": "FOOTER", "text": "By us"})}),
]  # fmt: skip


def draft(**changes: Any) -> Draft:
    fields = {"name": "order_ready", "language": "en_GB", "category": "UTILITY", "components": [GOOD]}
    return Draft(**{**fields, **changes})


def test_a_good_template_has_nothing_against_it() -> None:
    assert check(draft()) == []


def test_two_cards_alike_have_nothing_against_them() -> None:
    files = [{"mime": "image/png", "size_bytes": 9}, {"mime": "image/jpeg", "size_bytes": 9}]

    assert check(draft(**pair(row(quick(), link())))) == []
    built = carousel(*(card(components=BARE) for _ in files))
    assert check(draft(category="MARKETING", components=built, card_files=files)) == []


def test_the_table_is_long_enough() -> None:
    assert len(CASES) >= 85


@pytest.mark.parametrize(("where", "changes"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_would_be_refused_is_found_where_it_is(where: str, changes: dict[str, Any]) -> None:
    found = refusals(draft(**changes))

    assert where in {finding.where for finding in found}
    assert all(finding.what.endswith(".") and finding.fix.endswith(".") for finding in found)


def test_advertising_in_a_utility_template_is_only_a_hint() -> None:
    text = body("Hello {{1}}, get a discount on everything this week.", "Ada")

    (hint,) = check(draft(components=[text]))
    assert (hint.where, hint.is_hint) == ("category", True)
    assert refusals(draft(components=[text])) == []
    assert check(draft(category="MARKETING", components=[text])) == []


@pytest.mark.parametrize(
    "odd", [None, 7, "x", {"a": 1}, [7, "x"], [{"type": 5}], [{"type": "BODY", "text": 5}]]
)
def test_parts_of_any_shape_are_only_refused(odd: Any) -> None:
    assert refusals(draft(components=odd if isinstance(odd, list) else [{"type": "BUTTONS", "buttons": odd}]))
    assert refusals(draft(components=[{"type": "BODY", "text": "Hi {{1}} there you.", "example": odd}]))


def test_scripts_without_spaces_count_by_letter() -> None:
    assert check(draft(language="ja", components=[body("ご注文{{1}}の準備ができました。", "7781")])) == []


@pytest.mark.parametrize(
    ("category", "seconds"),
    [("UTILITY", 30), ("UTILITY", 43_200), ("UTILITY", -1), ("MARKETING", 43_200), ("MARKETING", 2_592_000)],
)
def test_each_category_has_times_to_live_of_its_own(category: str, seconds: int) -> None:
    assert not refusals(Draft("order_ready", "en_GB", category, [GOOD], send_ttl_s=seconds))


def test_a_gif_outside_of_marketing_is_only_warned_of() -> None:
    draft = Draft("order_ready", "en_GB", "UTILITY", header(format="GIF", **HANDLE))

    assert not refusals(draft)
    assert [one.where for one in check(draft)] == ["header.format"]
