"""A file of many messages is uploaded once, and again when the provider no longer has it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from channels_whatsapp import kept
from channels_whatsapp.adapter import Adapter
from channels_whatsapp.tests.making import TAKEN, a_file, account, outbound
from inbox.ports import OutboundFile, SendError, SendResult
from tests.servers import Recorded

GONE = {"error": {"code": 131009, "message": "(#131009) no", "error_data": {
    "details": "Param image['id'] is not a media id of this number, or has expired."}}}  # fmt: skip


@pytest.fixture
def file() -> OutboundFile:
    """One that goes with many messages, unknown to the provider."""
    return replace(a_file(), key=uuid4().hex)


def send(graph: Recorded, file: OutboundFile) -> SendResult:
    content = {"name": "t", "language": "en", "components": []}
    return Adapter().send(account(graph.url), outbound(kind="template", content=content, file=file))


def asked(graph: Recorded) -> list[str]:
    return [one.path.rsplit("/", 1)[-1] for one in graph.asked]


def named(graph: Recorded) -> list[Any]:
    """The ids that messages named."""
    bodies = [one.json for one in graph.asked if one.path.endswith("/messages")]
    return [body["template"]["components"][0]["parameters"][0]["image"]["id"] for body in bodies]


def test_it_is_uploaded_for_the_first_message_only(graph, file):
    for answer in ({"id": "88"}, TAKEN, TAKEN):
        graph.answer(200, answer)

    first, second = send(graph, file), send(graph, file)

    assert asked(graph) == ["media", "messages", "messages"]
    assert named(graph) == ["88", "88"]
    assert first.kept is not None
    assert (first.kept.key, first.kept.external_id) == (file.key, "88")
    assert second.kept == first.kept


def test_what_the_house_knows_already_is_not_uploaded(graph, file):
    graph.answer(200, TAKEN)

    result = send(graph, replace(file, known_id="77"))

    assert (asked(graph), named(graph), result.kept) == (["messages"], ["77"], None)


def test_many_at_once_wait_for_one_upload(graph, file):
    for answer in ({"id": "88"}, *[TAKEN] * 8):
        graph.answer(200, answer)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: send(graph, file), range(8)))

    assert asked(graph).count("media") == 1
    assert named(graph) == ["88"] * 8


def test_a_file_that_is_gone_there_is_uploaded_anew(graph, file):
    graph.answer(400, GONE)
    graph.answer(200, {"id": "89"})
    graph.answer(200, TAKEN)

    result = send(graph, replace(file, known_id="77"))

    assert (asked(graph), named(graph)) == (["messages", "media", "messages"], ["77", "89"])
    assert result.kept is not None
    assert result.kept.external_id == "89"


def test_a_new_file_that_is_refused_is_not_tried_again(graph, file):
    graph.answer(200, {"id": "88"})
    graph.answer(400, GONE)

    with pytest.raises(SendError):
        send(graph, file)

    assert asked(graph) == ["media", "messages"]


def test_files_of_one_message_are_not_remembered(graph):
    graph.answer(200, {"id": "88"})
    graph.answer(200, TAKEN)

    assert send(graph, a_file()).kept is None


def test_no_more_are_remembered_than_have_room(graph, file, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 1)
    for answer in ({"id": "1"}, TAKEN, {"id": "2"}, TAKEN, {"id": "3"}, TAKEN):
        graph.answer(200, answer)

    for one in (file, replace(file, key="another"), file):
        send(graph, one)

    assert named(graph) == ["1", "2", "3"]
