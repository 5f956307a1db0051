# SPDX-License-Identifier: Apache-2.0
# What both clients do when a call fails, in virtual time.
import pathlib
import re

import httpx
import pytest
import veche_client
from veche_client import errors
from veche_client.exchange import seconds_of
from world import INVITATION, KINDS, PARTICIPANT, ROOM, Chunks, World, problem

SOURCE = pathlib.Path(__file__).parents[3]
LOST = httpx.ConnectError("connection refused")
both = pytest.mark.parametrize("kind", KINDS)


@both
def test_reads_a_room_with_the_settings_of_plugins(kind):
    world = World(httpx.Response(200, json=ROOM))
    room = world.call(kind, "room", "blue")
    assert (room.id, room.metadata, room.more) == ("blue", {"topic": "retro"}, {"forwarding": {"max_speakers": 2}})
    assert room.created_at.isoformat() == "2026-01-31T09:00:00+00:00"
    [request] = world.requests
    assert (request.method, request.url.path, request.headers["Authorization"]) == ("GET", "/v1/rooms/blue", "Bearer id.secret")


@both
def test_waits_as_long_as_the_server_asks(kind):
    world = World(problem(503, "/problems/unavailable", headers={"Retry-After": "3"}), httpx.Response(200, json=ROOM))
    assert world.call(kind, "room", "blue").id == "blue"
    assert world.sleeps == [3]


@both
def test_backs_off_after_lost_connections_and_sends_one_idempotency_key(kind):
    world = World(LOST, LOST, httpx.ReadTimeout("late"), httpx.Response(201, json=INVITATION))
    assert world.call(kind, "invite", "blue", {"id": "ann"}).token == "T"
    assert world.sleeps == [0.25, 0.5, 1.0]
    keys = {request.headers["Idempotency-Key"] for request in world.requests}
    assert len(world.requests) == 4 and len(keys) == 1
    assert {request.read() for request in world.requests} == {b'{"id": "ann"}'}


@both
def test_each_invitation_has_a_key_of_its_own_or_the_callers(kind):
    world = World(*[httpx.Response(201, json=INVITATION)] * 3)
    for _ in range(2):
        world.call(kind, "invite", "blue", {"id": "ann"})
    world.call(kind, "invite", "blue", {"id": "ann"}, idempotency_key="order-17")
    keys = [request.headers["Idempotency-Key"] for request in world.requests]
    assert len(set(keys)) == 3 and keys[2] == "order-17"


@both
def test_a_refusal_is_raised_at_once_and_says_where(kind):
    world = World(problem(400, "/problems/invalid-request", errors=[{"pointer": "/max_participants", "detail": "too small"}]))
    with pytest.raises(veche_client.InvalidRequest, match="because; /max_participants: too small") as raised:
        world.call(kind, "put_room", "blue", {"max_participants": 0})
    assert raised.value.errors == [veche_client.FieldError("/max_participants", "too small")]
    assert world.sleeps == []


@both
def test_gives_up_after_five_attempts(kind):
    world = World(*[problem(429, "/problems/too-many-requests")] * 5)
    with pytest.raises(veche_client.RateLimited):
        world.call(kind, "room", "blue")
    assert world.sleeps == [0.25, 0.5, 1, 2]


@both
def test_does_not_wait_longer_than_the_call_may_take(kind):
    world = World(problem(503, "/problems/over-capacity", headers={"Retry-After": "3600"}))
    with pytest.raises(veche_client.OverCapacity) as raised:
        world.call(kind, "invite", "blue", {})
    assert raised.value.retry_after_s == 3600
    assert world.sleeps == []


@both
def test_a_deletion_whose_answer_was_lost_is_done(kind):
    gone = problem(404, "/problems/not-found")
    assert World(LOST, gone).call(kind, "delete_room", "blue") is None
    with pytest.raises(veche_client.NotFound):
        World(gone).call(kind, "delete_room", "blue")


@both
def test_asks_again_while_the_first_request_is_in_progress(kind):
    world = World(problem(409, "/problems/request-in-progress"), httpx.Response(201, json=INVITATION))
    assert world.call(kind, "invite", "blue", {}).token == "T"
    with pytest.raises(veche_client.Conflict):
        World(problem(409, "/problems/conflict")).call(kind, "invite", "blue", {})


@both
def test_a_proxys_own_page_is_an_error_with_its_status(kind):
    world = World(*[httpx.Response(502, text="<html>Bad Gateway</html>")] * 5)
    with pytest.raises(veche_client.ApiError) as raised:
        world.call(kind, "server")
    assert (raised.value.status, raised.value.type) == (502, "about:blank")


@both
def test_an_answer_that_is_not_understood_says_where(kind):
    with pytest.raises(veche_client.BadAnswer, match="the answer is no Room: /participants is str; expected: int"):
        World(httpx.Response(200, json=ROOM | {"participants": "many"})).call(kind, "room", "blue")
    with pytest.raises(veche_client.BadAnswer, match="/ has no incarnation"):
        World(httpx.Response(200, json={"id": "blue"})).call(kind, "room", "blue")
    with pytest.raises(veche_client.BadAnswer, match="the answer is no Room"):
        World(httpx.Response(200, text="hello")).call(kind, "room", "blue")


@both
def test_lists_go_over_their_pages(kind):
    pages = [{"participants": [PARTICIPANT], "next_cursor": "c1"}, {"participants": [PARTICIPANT], "next_cursor": None}]
    world = World(*[httpx.Response(200, json=page) for page in pages])
    assert [each.id for each in world.take(kind, None, "participants", "blue")] == ["ann", "ann"]
    assert [request.url.params.get("cursor") for request in world.requests] == [None, "c1"]


@both
def test_names_stay_in_their_place_in_the_path(kind):
    world = World(problem(400, "/problems/invalid-request"))
    with pytest.raises(veche_client.InvalidRequest):
        world.call(kind, "room", "../server?x=1")
    assert world.requests[0].url.raw_path == b"/v1/rooms/..%2Fserver%3Fx%3D1"


@both
def test_a_file_is_open_until_its_reader_closes_it(kind):
    body = Chunks(b"webm")
    world = World(httpx.Response(206, stream=body, headers={"Content-Range": "bytes 0-3/9"}))
    answer = world.call(kind, "recording_file", "blue", "r1", "mix.webm", {"Range": "bytes=0-3"})
    assert answer.status_code == 206 and not body.is_closed
    assert world.requests[0].headers["Range"] == "bytes=0-3"


def test_retry_after_is_a_number_or_a_date():
    now_s = 1445412480.0  # Wed, 21 Oct 2015 07:28:00 GMT
    for text, expected in ((None, None), ("120", 120), ("Wed, 21 Oct 2015 07:28:30 GMT", 30), ("Wed, 21 Oct 2015 07:27:00 GMT", 0), ("soon", None)):
        assert seconds_of(text, now_s) == expected, text


def test_every_problem_of_the_server_has_a_class():
    text = (SOURCE / "core/http/protocol/problem.cpp").read_text()
    slugs = set(re.findall(r'\{\d{3}, "([a-z-]+)"', text))
    assert len(slugs) > 15
    assert slugs <= errors.TYPES.keys(), slugs - errors.TYPES.keys()
    documented = set(re.findall(r"`/problems/([a-z-]+)`", (SOURCE / "docs/http-api.md").read_text()))
    assert documented <= errors.TYPES.keys(), documented - errors.TYPES.keys()


def test_a_plugins_own_problem_keeps_its_type():
    error = errors.error_of("POST /x", 507, {"type": "/problems/recording/disk-full", "title": "Full"})
    assert (type(error), error.type, str(error)) == (errors.ApiError, "/problems/recording/disk-full", "POST /x: 507 Full")


@both
def test_readiness_is_one_attempt_and_no_exception(kind):
    instance = {"Veche-Instance": "run-1"}
    answers = (httpx.Response(200, headers=instance), httpx.Response(503, headers=instance), httpx.Response(503), httpx.Response(200, text="a proxy"), LOST)
    found = [World(answer).call(kind, "readiness") for answer in answers]
    assert [each.state for each in found] == ["ready", "busy", "unreachable", "unreachable", "unreachable"]
    assert [each.instance for each in found] == ["run-1", "run-1", "", "", ""]
