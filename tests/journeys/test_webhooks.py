"""A business's own server hears of what a customer writes: from the form in the console to the log."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import Office
from tests.servers import Asked
from tests.webhooks.receiver import Receiver, is_signed, receiver


def heard(server: Receiver, text: str) -> list[Asked]:
    """The messages with this text that reached it."""
    return [
        one
        for one in server.asked
        if one.json["type"] == "message.received" and one.json["data"]["message"]["text"] == text
    ]


def test_an_admin_adds_a_server_and_it_hears_of_a_message_at_once(office: Office) -> None:
    hana = office.customer("Hana Hook", "Hello")
    with receiver() as server:
        admin = office.page("mia", "/console/webhooks/new/")
        address = admin.get_by_label("Address of your server")
        address.fill(server.url)
        expect(address).to_have_value(server.url)
        admin.get_by_label("Name").fill("Order system")
        admin.get_by_label("Messages").check()
        admin.get_by_role("button", name="Add the endpoint").click()
        expect(admin.get_by_role("heading", name="Order system")).to_be_visible()
        secret = admin.locator("#webhook-secret").inner_text()

        admin.get_by_role("button", name="Send a sample").click()
        expect(admin.get_by_text("The sample was taken: status 200")).to_be_visible()
        expect(admin.locator("#webhook-secret")).to_have_count(0)
        office.says(hana, text="Is my order on its way?")
        [asked] = wait_for(lambda: heard(server, "Is my order on its way?"))

        assert is_signed(asked, secret)
        row = admin.locator("#deliveries tr", has_text="message.received").first
        expect(row).to_contain_text("Delivered", timeout=15_000)
        row.get_by_role("link").click()
        expect(admin.locator("pre.raw").last).to_contain_text("Is my order on its way?")

        admin.get_by_role("button", name="Deliver again").click()
        expect(admin.get_by_text("1 event is delivered again.")).to_be_visible()
        again = wait_for(lambda: len(found := heard(server, "Is my order on its way?")) == 2 and found)
        assert len({one.headers["webhook-id"] for one in again}) == 1

        admin.get_by_role("link", name="Order system").click()
        admin.get_by_role("link", name="Remove…").click()
        admin.get_by_role("button", name="Remove").click()
        expect(admin.get_by_text("Nothing is delivered to “Order system” any more.")).to_be_visible()
