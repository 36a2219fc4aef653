"""Who is written to at one number and answers from another."""

import pytest

from tests.simulator.conftest import Simulator, new_business
from tests.simulator.receiver import Receiver, eventually


@pytest.mark.parametrize(
    ("dialled", "known_as"),
    [
        ("5531988887777", "553188887777"),
        ("5511988887777", "5511988887777"),
        ("541155550142", "5491155550142"),
        ("5491155550142", "5491155550142"),
        ("525512345678", "5215512345678"),
        ("+44 7700 900123", "447700900123"),
    ],
)
def test_some_countries_have_other_ids_than_dialled(
    simulator: Simulator, receiver: Receiver, dialled: str, known_as: str
) -> None:
    business = new_business(simulator, receiver)
    message_id = business.sim.call(
        "POST", "/control/messages", {"channel": business.id, "from": dialled, "text": "Olá"}
    )["provider_id"]

    answer = business.send(dialled, text="Hello").json()

    [message] = eventually(business.hook.messages)
    assert (message["id"], message["from"]) == (message_id, known_as)
    assert answer["contacts"] == [{"input": dialled, "wa_id": known_as}]
