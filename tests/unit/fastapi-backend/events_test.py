# SPDX-License-Identifier: Apache-2.0
# The iterator over events: it resumes by id, over Server-Sent Events and by long polling, and tells what is lost.
import json

import httpx
import pytest
import veche_client
from veche_client import Reset
from veche_client.sse import Message, SseParser
from world import KINDS, Chunks, World, event, problem

both = pytest.mark.parametrize("kind", KINDS)
RETRY = b"retry: 2000\nid: 4\n\n"


def block(each):
    return f"id: {each['id']}\nevent: {each['type']}\ndata: {json.dumps(each)}\n\n".encode()


def stream(*parts):
    return httpx.Response(200, stream=Chunks(*parts), headers={"Content-Type": "text/event-stream"})


def page(events, next_after, oldest=1, newest=9, reset=False):
    return httpx.Response(200, json={"events": events, "next_after": next_after, "oldest": oldest, "newest": newest, "reset": reset})


def asked(world):
    return [request.url.params["after"] for request in world.requests]


def test_the_parser_follows_the_standard():
    for lines, expected in (
        (["data: a", ""], [Message("message", "a", "")]),
        (["event: joined", "id: 7", "data:a", "data: b", ""], [Message("joined", "a\nb", "7")]),
        ([": heartbeat", "id: 9", ""], [Message("message", "", "9")]),
        ([": heartbeat", ""], []),
        (["event: nothing", "", "data: x", ""], [Message("message", "x", "")]),
        (["data: cut"], []),
    ):
        parser = SseParser()
        assert [each for each in map(parser.feed, lines) if each] == expected, lines


@both
def test_a_stream_that_breaks_goes_on_after_the_last_event(kind):
    torn = block(event(7))[:30]
    world = World(
        stream(RETRY, block(event(5)), block(event(6)), torn, httpx.ReadError("reset by peer")),
        stream(block(event(7)), block(event(8))),
    )
    items = world.take(kind, 4, "events", 4)
    assert [each.id for each in items] == [5, 6, 7, 8]
    assert asked(world) == ["4", "6"]
    assert world.requests[0].headers["Accept"] == "text/event-stream"
    assert world.sleeps == [2.0]  # The server's `retry`, which is more than the first back-off.


@both
def test_lines_may_be_torn_anywhere(kind):
    whole = RETRY + block(event(5)) + block(event(6))
    world = World(stream(*[whole[i : i + 7] for i in range(0, len(whole), 7)]))
    assert [each.id for each in world.take(kind, 2, "events", 4)] == [5, 6]


@both
def test_a_heartbeat_moves_a_reader_whose_filter_takes_nothing(kind):
    world = World(stream(b": heartbeat\nid: 70\n\n"), stream(block(event(71))))
    assert [each.id for each in world.take(kind, 1, "events", 4, types=["room.closed"], room="blue")] == [71]
    assert asked(world) == ["4", "70"]
    assert {request.url.params["types"] for request in world.requests} == {"room.closed"}
    assert {request.url.params["room"] for request in world.requests} == {"blue"}


@both
def test_a_stream_tells_what_is_lost(kind):
    reset = b'id: 49\nevent: reset\ndata: {"oldest": 50, "newest": 90}\n\n'
    world = World(stream(reset, block(event(50))), stream(block(event(51))))
    items = world.take(kind, 3, "events", 4)
    assert items[0] == Reset(4, 50, 90)
    assert [each.id for each in items[1:]] == [50, 51]


@both
def test_a_server_that_is_away_is_asked_until_it_is_back(kind):
    lost = httpx.ConnectError("refused")
    world = World(*[lost] * 8, problem(503, headers={"Retry-After": "20"}), stream(block(event(5))))
    assert [each.id for each in world.take(kind, 1, "events", 4)] == [5]
    assert world.sleeps == [0.25, 0.5, 1, 2, 4, 8, 8, 8, 20]


@both
@pytest.mark.parametrize("transport", ["sse", "poll"])
def test_a_refusal_for_good_is_raised(kind, transport):
    with pytest.raises(veche_client.Unauthenticated):
        World(problem(401, "/problems/unauthenticated")).take(kind, 1, "events", transport=transport)


@both
def test_an_iterator_that_is_left_closes_its_connection(kind):
    body = Chunks(block(event(5)), block(event(6)))
    world = World(httpx.Response(200, stream=body))
    world.take(kind, 1, "events", 4)
    assert body.is_closed


@both
def test_polling_goes_on_where_the_server_has_looked(kind):
    world = World(page([event(5)], 5), page([], 8), httpx.ConnectError("refused"), page([event(9)], 9))
    assert [each.id for each in world.take(kind, 2, "events", 4, transport="poll")] == [5, 9]
    assert asked(world) == ["4", "5", "8", "8"]
    assert {request.url.params["wait_s"] for request in world.requests} == {"25"}


@both
def test_a_page_tells_what_is_lost(kind):
    world = World(page([event(50)], 50, oldest=50, newest=90, reset=True))
    items = world.take(kind, 2, "events", 4, transport="poll")
    assert items[0] == Reset(4, 50, 90) and items[1].id == 50


@both
def test_an_event_has_its_place_and_its_data(kind):
    world = World(page([event(5, name="Ann"), event(6, "events.gap", participant="", room="", incarnation="")], 6))
    joined, gap = world.call(kind, "event_page", 4).events
    assert (joined.participant, joined.data, joined.time.microsecond) == ("ann", {"name": "Ann"}, 500000)
    assert (gap.participant, gap.room) == ("", "")
    assert "wait_s" not in world.requests[0].url.params
