"""The same questions to every installed channel. None of them needs a database."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from typing import get_args

import pytest
from django.forms import Form

from inbox.channels import adapters
from inbox.ports import BadSignature, FileKind, InboundMessage, Notice, Reason, SendError, Unparsable
from tests.contract.samples import Samples, all_samples
from tests.servers import byte_server, read_request, recorded_server


@pytest.fixture(autouse=True)
def this_machine_may_be_called(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]


@pytest.fixture(params=all_samples(), ids=lambda samples: samples.adapter.kind)
def samples(request: pytest.FixtureRequest) -> Samples:
    found: Samples = request.param
    return found


@pytest.fixture
def adapter(samples):
    return adapters()[samples.adapter.kind]


MANY = [(f"id-{number}", f"text {number}") for number in range(500)]


# ---------------------------------------------------------------- what it says of itself


def test_every_installed_adapter_is_asked():
    assert {samples.adapter.kind for samples in all_samples()} == set(adapters())


def test_adapter_says_what_the_house_must_know(adapter):
    assert adapter.kind.isidentifier()
    assert adapter.label
    assert adapter.hook_secrets
    assert adapter.address_kinds
    assert issubclass(adapter.connect_form, Form)
    assert adapter.answer.status == 200


def test_limits_are_possible(adapter):
    limits = adapter.limits
    assert limits.text_chars >= limits.caption_chars >= 0
    assert set(limits.files) <= set(get_args(FileKind))
    for rule in limits.files.values():
        assert rule.mimes
        assert rule.max_bytes > 0
        assert all(mime.count("/") == 1 and ";" not in mime for mime in rule.mimes)


# ---------------------------------------------------------------- the door


def test_signed_body_is_let_in(adapter, samples):
    hook = samples.signed(samples.written(MANY[:1]))

    assert adapter.verify(hook, samples.credentials) is None
    assert adapter.handshake(hook, samples.credentials) is None


def test_second_secret_is_good_while_one_is_rotated(adapter, samples):
    rotating = {name: ("new-secret", *values) for name, values in samples.credentials.items()}

    adapter.verify(samples.signed(samples.written(MANY[:1])), rotating)


def test_bad_signature_is_refused(adapter, samples):
    hook = samples.signed(samples.written(MANY[:1]))
    others = dict.fromkeys(samples.credentials, ("other-secret",))
    none = dict.fromkeys(samples.credentials, ())
    empty = dict.fromkeys(samples.credentials, ("",))

    for bad, credentials in [
        (replace(hook, body=hook.body + b" "), samples.credentials),
        (replace(hook, body=b""), samples.credentials),
        (replace(hook, headers={}), samples.credentials),
        (hook, others), (hook, none), (hook, empty), (hook, {}),
    ]:  # fmt: skip
        with pytest.raises(BadSignature):
            adapter.verify(bad, credentials)


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize("body", [b"", b"\0", b"\xff\xfe\xfd"])
def test_body_without_anything_is_unparsable_with_a_sentence(adapter, body):
    with pytest.raises(Unparsable, match=r"\.$"):
        adapter.parse(body)


def test_many_messages_keep_their_order_and_name_their_account(adapter, samples):
    items = adapter.parse(samples.written(MANY))

    assert [(item.external_id, item.text) for item in items] == MANY
    assert {item.account for item in items} == {samples.account("").external_id}
    assert len({item.path for item in items}) == len(MANY)
    assert all(item.sender.claims and item.occurred_at.tzinfo for item in items)


def test_same_message_twice_has_the_same_id_twice(adapter, samples):
    body = samples.written([MANY[0], MANY[0]])

    assert [item.external_id for item in adapter.parse(body)] == ["id-0", "id-0"]
    assert adapter.parse(body) == adapter.parse(body)


def test_unknown_kind_is_kept_and_harms_no_neighbour(adapter, samples):
    first, strange, last = adapter.parse(samples.strange(MANY[:2]))

    assert (first.text, last.text) == ("text 0", "text 1")
    assert strange.raw
    assert (isinstance(strange, InboundMessage) and strange.kind == "unknown") or (
        isinstance(strange, Notice) and not strange.known
    )


def test_recorded_bodies_are_read_the_same_way_twice(adapter, samples):
    recorded = sorted(samples.fixtures.iterdir())

    assert recorded
    for path in recorded:
        items = adapter.parse(path.read_bytes())
        assert items == adapter.parse(path.read_bytes())
        assert items
        for item in items:
            json.dumps([item.raw, getattr(item, "content", None)], allow_nan=False)


# ---------------------------------------------------------------- sending


def test_yes_of_the_provider_gives_its_id(adapter, samples):
    with recorded_server() as provider:
        provider.answer(*samples.taken)

        result = adapter.send(samples.account(provider.url), samples.outbound)

    assert result.external_id
    assert samples.outbound.ref.encode() in provider.asked[0].body
    assert (samples.outbound.text.encode() in provider.asked[0].body) == samples.tells_words


#: What not every provider can know.
KNOWN_TO_SOME = {"identity_changed"}


@pytest.mark.parametrize(
    ("samples", "reason"),
    [pytest.param(one, why, id=f"{one.adapter.kind}-{why}") for one in all_samples() for why in one.refusals],
    indirect=["samples"],
)
def test_every_reason_of_a_refusal_is_told(adapter, samples, reason):
    assert set(get_args(Reason)) - set(samples.refusals) <= KNOWN_TO_SOME
    with recorded_server() as provider:
        provider.answer(*samples.refusals[reason])

        with pytest.raises(SendError) as caught:
            adapter.send(samples.account(provider.url), samples.outbound)

    error = caught.value
    assert error.reason == reason
    assert error.detail
    assert not error.may_have_sent
    assert error.permanent == (reason not in {"throttled", "unavailable"})
    assert reason != "throttled" or error.retry_after_s


def test_request_that_never_left_may_be_tried_again(adapter, samples):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(SendError) as caught:
        adapter.send(samples.account(f"http://127.0.0.1:{port}"), samples.outbound)

    assert (caught.value.permanent, caught.value.may_have_sent) == (False, False)


def test_answer_lost_on_the_way_may_have_sent(adapter, samples):
    with byte_server(lambda connection, _: read_request(connection)) as provider:
        with pytest.raises(SendError) as caught:
            adapter.send(samples.account(provider.url), samples.outbound)

    assert (caught.value.permanent, caught.value.may_have_sent) == (False, True)
