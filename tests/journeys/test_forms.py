"""A form whose screens the business's own system makes, from the console's key to the answer in the inbox."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.office import NORTHWIND, Office
from tests.journeys.test_signup import look
from tests.whatsapp.forms import Json, running_business

DAYS = [{"id": "sat", "title": "Saturday"}, {"id": "sun", "title": "Sunday"}]


def answer(question: Json) -> Json:
    """What the business shows: days to choose from, then the end."""
    if question["action"] == "INIT":
        return {"screen": "DAYS", "data": {"day": DAYS, "name": "Fay"}}
    return {"close": {"day": question["data"]["day"], "code": "HB-7"}}


def test_a_customer_fills_a_form_and_the_agent_reads_it(office: Office) -> None:
    stack = office.stack
    number = stack.tenant(NORTHWIND)["channels"][0]
    fay = office.customer("Fay Former", "Hello")
    with running_business() as business:
        business.says(answer)
        page = f"{stack.url}/console/channels/{number['id']}/form-key/"
        admin = office.eyes.window(page, storage_state=office.sign_ins.of("mia"))
        admin.get_by_role("button", name="Make a key here").click()
        expect(admin.get_by_text("It was made here")).to_be_visible()
        address = admin.get_by_label("Address of your system")
        address.click()
        expect(address).to_be_focused()
        address.fill(business.url)
        admin.get_by_role("button", name="Save", exact=True).click()
        secret = admin.locator("#form-secret").inner_text()
        look(admin)

        content = {"type": "flow", "flow_id": "77", "title": "Book a day"}
        said = {"kind": "interactive", "text": "Come and see us", "content": content}
        sent = stack.api(NORTHWIND, "POST", f"threads/{fay.thread}/messages", json=said)
        assert sent.status_code == 201, sent.text
        phone = office.phone(fay)
        phone.get_by_role("button", name="Book a day").click()
        phone.get_by_test_id("form-screen").get_by_label("day").select_option("Sunday")
        phone.get_by_test_id("form-next").click()
        expect(phone.get_by_role("dialog")).to_have_count(0)

        desk = office.desk("mia").open(fay)
        reply = desk.page.locator("[data-testid=message][data-direction=inbound]").last
        expect(reply).to_contain_text("HB-7")
        expect(reply).to_contain_text("sun")
        assert business.question["thread_id"] == fay.thread
        assert business.question["customer_id"] == fay.id
        assert business.signed_with(secret)
    admin.reload()
    expect(admin.get_by_test_id("form-state")).to_contain_text("Last time")
    stranger = stack.api("contoso-air", "GET", f"whatsapp/numbers/{number['id']}/form_endpoint")
    assert stranger.status_code == 404
