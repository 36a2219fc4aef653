"""pywa makes a group, changes it, lets people in, takes them out, renews the link and deletes it."""

from __future__ import annotations

import pytest
from pywa.client import WhatsApp
from pywa.errors import WhatsAppError
from pywa.types.groups import GroupJoinApprovalMode

from simulator import samples
from tests.simulator.conftest import Business
from tests.simulator.receiver import eventually
from tests.simulator.test_pywa import client

__all__ = ["client"]


def test_pywa_takes_a_group_through_its_whole_life(business: Business, client: WhatsApp) -> None:
    business.opens_window()
    client.create_group(
        subject="Harbour tour",
        description="We meet at pier 4",
        join_approval_mode=GroupJoinApprovalMode.APPROVAL_REQUIRED,
    )
    group_id = eventually(lambda: _listed(business))[0]["id"]  # pywa reads the list in another shape
    business.sim.call("POST", f"/control/groups/{group_id}/members", {"from": business.phone})

    (asking,) = client.get_group_join_requests(group_id)
    assert asking.user.wa_id == business.phone
    client.approve_group_join_requests(group_id, [asking.id])
    photo = samples.sample("photo").content
    client.update_group_settings(group_id, subject="Harbour walk", profile_picture=photo)
    told = eventually(lambda: [group for group in _told(business) if "profile_picture" in group])
    read = client.get_group(group_id)

    assert told[0]["profile_picture"]["update_successful"] is True
    assert told[0]["group_subject"]["text"] == "Harbour walk"
    assert (read.subject, read.description, read.total_participant_count) == (
        "Harbour walk", "We meet at pier 4", 1,
    )  # fmt: skip
    assert [one.wa_id for one in read.participants] == [business.phone]
    before = client.get_group_invite_link(group_id).link
    assert client.reset_group_invite_link(group_id).link != before
    client.remove_group_participants(group_id, [business.phone])
    eventually(lambda: client.get_group(group_id).total_participant_count == 0)
    client.delete_group(group_id)
    eventually(lambda: not _listed(business))
    with pytest.raises(WhatsAppError):
        client.get_group(group_id)


def _listed(business: Business) -> list[dict[str, str]]:
    found: list[dict[str, str]] = business.graph("GET", f"{business.id}/groups").json()["data"]["groups"]
    return found


def _told(business: Business) -> list[dict[str, dict[str, object]]]:
    return [group for value in business.hook.values() for group in value.get("groups", [])]
