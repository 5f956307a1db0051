# SPDX-License-Identifier: Apache-2.0
# The signalling WebSocket and the rollout's routes, with real connections and without a browser.
import contextlib
import json
import threading
import time

import httpx
import jwt
import pytest
from app_fixture import Veche, log_in, settings, start
from backend.login import session_token
from backend.rollout import Policy
from backend.signalling import BURST, LARGEST_MESSAGE_BYTES, MOST_REFUSED
from starlette.websockets import WebSocketDisconnect
from world import ROOM, problem

OWN = {"Origin": "http://testserver"}
ROOMS = "/api/rooms"
OPERATOR = "o" * 32


@pytest.fixture
def veche():
    return Veche()


@pytest.fixture
def mesh(tmp_path, veche):
    """A backend whose rooms all use the mesh."""
    with start(tmp_path, veche, rollout=Policy(percentage=0), operator_token=OPERATOR) as page:
        yield page


@pytest.fixture
def sfu(tmp_path, veche):
    with start(tmp_path, veche, operator_token=OPERATOR) as page:
        yield page


def bearer(page, user):
    """Without a login, whose password takes time."""
    context = page.app.state.context
    return {"Authorization": f"Bearer {session_token(context.users.get(user), context.settings.session_secret, time.time())}"}


def asked(page, user, transports=("sfu", "mesh"), room="blue"):
    return page.post(f"{ROOMS}/{room}/join", json={"transports": list(transports)}, headers=bearer(page, user))


@contextlib.contextmanager
def connected(page, user, peer=None, room="blue", ask=True):
    """In the room's signalling, after the snapshot."""
    if ask:
        assert asked(page, user, room=room).status_code == 200
    with page.websocket_connect(f"{ROOMS}/{room}/mesh?peer={peer or 'peer-of-' + user}", headers=bearer(page, user)) as socket:
        first = socket.receive_json()
        assert first["type"] == "snapshot", first
        socket.snapshot = first["data"]
        yield socket


def say(socket, type, **data):
    socket.send_text(json.dumps({"type": type, "data": data}))


def hear(socket, type):
    """The next message of that type."""
    while (message := socket.receive_json())["type"] != type:
        pass
    return message["data"]


def closing(page, path, headers):
    with page.websocket_connect(path, headers=headers) as socket:
        return hear(socket, "closing")


def refused(page, headers, path=f"{ROOMS}/blue/mesh?peer=peer-of-ann"):
    with pytest.raises(WebSocketDisconnect):
        with page.websocket_connect(path, headers=headers):
            pass


def test_the_answer_to_a_join_says_which_transport_and_why(mesh, sfu):
    answer = asked(mesh, "bob").json()
    assert (answer["transport"], answer["reason"], answer["token"]) == ("mesh", "percentage", None), "a token would let it into the SFU alone"
    assert answer["signalling"] == "/api/rooms/blue/mesh"
    assert answer["ice_servers"] == [{"urls": ["stun:stun.example.org"]}]
    answer = asked(sfu, "bob").json()
    assert (answer["transport"], answer["reason"]) == ("sfu", "percentage") and answer["token"]
    old = sfu.post(f"{ROOMS}/blue/join", headers=bearer(sfu, "bob"))
    assert old.json()["transport"] == "sfu", "a page that knows of no transports"
    old = mesh.post(f"{ROOMS}/blue/join", headers=bearer(mesh, "bob"))
    assert (old.status_code, old.json()["type"]) == (409, "/problems/room-uses-mesh")
    relayed = mesh.post(f"{ROOMS}/blue/session", content=b"v=0", headers=bearer(mesh, "bob") | {"Content-Type": "application/sdp"})
    assert relayed.status_code == 409


def test_the_signalling_takes_the_login_cookie_from_its_own_origin_alone(mesh):
    refused(mesh, OWN)
    log_in(mesh, "ann")
    assert mesh.post(f"{ROOMS}/blue/join", json={"transports": ["mesh"]}).status_code == 200
    with mesh.websocket_connect(f"{ROOMS}/blue/mesh?peer=peer-of-ann", headers=OWN) as socket:
        assert socket.receive_json()["data"]["self"]["participant"] == "ann"
    for origin in ({}, {"Origin": "http://evil.example"}, {"Origin": "https://testserver"}, {"Origin": "null"}, {"Origin": "http://testserver.evil.example"}):
        refused(mesh, origin)
    assert 'voice_backend_signalling_refused_total{reason="origin"} 5' in mesh.get("/metrics").text
    mesh.cookies.clear()
    refused(mesh, OWN | {"Authorization": "Bearer forged"})


def test_other_origins_may_be_allowed(tmp_path, veche):
    with start(tmp_path, veche, origins=frozenset({"https://app.example.org"}), has_https=True) as page:
        token = log_in(page, "ann")["token"]  # The cookie is for HTTPS alone.
        assert asked(page, "ann").status_code == 200
        cookie = {"Cookie": f"session={token}"}
        for origin in ("https://app.example.org", "https://testserver"):
            with page.websocket_connect(f"{ROOMS}/blue/mesh?peer=peer-of-ann", headers=cookie | {"Origin": origin}) as socket:
                assert socket.receive_json()["type"] == "snapshot"
        refused(page, cookie | OWN)


def test_a_login_that_expires_ends_the_connection(mesh, tmp_path):
    assert asked(mesh, "ann").status_code == 200
    claims = {"sub": "ann", "exp": int(time.time()) + 2}
    token = jwt.encode(claims, settings(tmp_path).session_secret, algorithm="HS256")
    with mesh.websocket_connect(f"{ROOMS}/blue/mesh?peer=peer-of-ann", headers={"Authorization": f"Bearer {token}"}) as socket:
        assert hear(socket, "closing")["reason"] == "token_expired"


def test_pages_find_each_other_and_signal(mesh):
    with connected(mesh, "ann") as ann, connected(mesh, "bob") as bob:
        assert [each["participant"] for each in bob.snapshot["roster"]] == ["ann", "bob"]
        assert hear(ann, "roster")["joined"][0]["peer"] == "peer-of-bob"
        say(bob, "signal", to="peer-of-ann", call=3, description={"type": "offer", "sdp": "v=0"})
        assert hear(ann, "signal") == {"from": "peer-of-bob", "call": 3, "description": {"type": "offer", "sdp": "v=0"}}
        say(ann, "mute", muted=True)
        assert hear(bob, "roster")["changed"][0]["muted_by_self"] is True
        say(bob, "ping")
        assert hear(bob, "pong") == {}
        assert hear(ann, "roster")["changed"][0]["participant"] == "ann"
        say(bob, "leave")
        assert hear(ann, "roster") == {"left": ["bob"]}


def test_no_signal_leaves_the_room(mesh, veche):
    veche.routes["GET /v1/rooms/red"] = ROOM | {"id": "red", "incarnation": "i9"}
    veche.routes["GET /v1/rooms/red/participants/[^/]+/ice-servers"] = {"ice_servers": []}
    with connected(mesh, "ann") as ann, connected(mesh, "bob", room="red") as bob:
        say(bob, "signal", to="peer-of-ann", call=1)
        say(bob, "ping")
        hear(bob, "pong")  # By then the signal has been dealt with.
        say(ann, "ping")
        assert ann.receive_json()["type"] == "pong"


def test_who_has_not_joined_or_was_removed_does_not_get_in(mesh, veche):
    path = f"{ROOMS}/blue/mesh?peer=peer-of-bob"
    assert closing(mesh, f"{ROOMS}/green/mesh?peer=peer-of-bob", bearer(mesh, "bob"))["reason"] == "room_closed"
    veche.routes["DELETE /v1/rooms/blue/participants/bob"] = httpx.Response(204)
    with connected(mesh, "ann") as ann, connected(mesh, "bob") as bob:
        host = bearer(mesh, "ann")
        assert mesh.delete(f"{ROOMS}/blue/participants/bob?reason=noise", headers=host).status_code == 204
        assert hear(bob, "closing") == {"reason": "removed", "detail": "noise"}
        assert hear(ann, "roster")["joined"] and hear(ann, "roster") == {"left": ["bob"]}
    assert closing(mesh, path, bearer(mesh, "bob"))["reason"] == "removed"
    assert asked(mesh, "bob").status_code == 403
    assert mesh.post(f"{ROOMS}/blue/participants/bob/invitation", headers=host).status_code == 204
    with connected(mesh, "bob"):
        pass


def test_a_host_mutes_one_in_a_mesh_that_veche_does_not_know(mesh, veche):
    veche.routes["PATCH /v1/rooms/blue/participants/bob"] = problem(404, "/problems/not-found")
    with connected(mesh, "ann") as ann, connected(mesh, "bob") as bob:
        hear(ann, "roster")
        answer = mesh.patch(f"{ROOMS}/blue/participants/bob", json={"muted": True}, headers=bearer(mesh, "ann"))
        assert (answer.status_code, answer.json()["muted_by_host"]) == (200, True)
        assert hear(bob, "roster")["changed"][0]["muted_by_backend"] is True
        assert hear(ann, "roster")["changed"][0]["muted_by_backend"] is True
        say(bob, "using", transport="mesh", number=1)
        say(bob, "ping")
        hear(bob, "pong")
        people = mesh.get(f"{ROOMS}/blue/participants", headers=bearer(mesh, "ann")).json()["participants"]
        assert [(each["id"], each["muted_by_host"], each["state"]) for each in people] == [
            ("ann", False, "connecting"), ("bob", True, "connected")]
        assert mesh.patch(f"{ROOMS}/blue/participants/eve", json={"muted": True}, headers=bearer(mesh, "ann")).status_code == 404
    with connected(mesh, "bob") as again:
        assert again.snapshot["self"]["muted_by_backend"] is True
    mesh.app.state.context.transports.change_policy(Policy(), 0)
    token = asked(mesh, "bob").json()["token"]
    assert jwt.decode(token, options={"verify_signature": False})["muted"] is True, "it stays muted at the SFU"


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", "null", '{"type": "using", "data": {"transport": "pigeon", "number": 1}}', '{"type": "mute"}',
                                  '{"type": "using", "data": {"transport": "mesh", "number": 1e999}}', '{"type": "mute", "data": []}', "[" * 9000,
                                  '{"type": ["signal"]}', '{"type": "using", "data": {"transport": ["mesh"], "number": 1}}'])
def test_what_is_not_understood_is_counted_and_ends_nothing(mesh, text):
    with connected(mesh, "ann") as ann:
        ann.send_text(text)
        say(ann, "ping")
        hear(ann, "pong")
    assert 'voice_backend_signalling_refused_total{reason="invalid"} 1' in mesh.get("/metrics", headers={"Authorization": f"Bearer {OPERATOR}"}).text


def test_messages_are_bounded_in_size_and_number(mesh):
    with connected(mesh, "ann") as ann:
        ann.send_text("x" * (LARGEST_MESSAGE_BYTES + 1))
        assert hear(ann, "closing")["reason"] == "policy_violation"
    with connected(mesh, "ann") as ann:
        for _ in range(BURST + 2 * MOST_REFUSED):
            with contextlib.suppress(WebSocketDisconnect):
                say(ann, "signal", to="nobody")
        assert hear(ann, "closing")["detail"] == "too many messages"


def test_a_mesh_takes_as_many_as_it_may(tmp_path, veche):
    with start(tmp_path, veche, rollout=Policy(kill_switch=True, mesh_limit=2)) as page:
        with connected(page, "ann"), connected(page, "bob"):
            assert asked(page, "chen").status_code == 503
            assert closing(page, f"{ROOMS}/blue/mesh?peer=peer-of-chen", bearer(page, "chen"))["reason"] == "full"
            with connected(page, "bob", peer="another-page"):
                pass


def test_names_of_pages_are_names(mesh):
    assert asked(mesh, "ann").status_code == 200
    for peer in ("", "short", "x" * 33, "a%20space", "über-groß"):
        assert closing(mesh, f"{ROOMS}/blue/mesh?peer={peer}", bearer(mesh, "ann"))["reason"] == "invalid", peer


def test_when_the_sfu_goes_away_the_room_goes_on_and_comes_back_with_its_removals(sfu, veche):
    made = []

    def make(request):
        made.append(json.loads(request.content))
        veche.routes["GET /v1/rooms/blue"] = ROOM | {"incarnation": "i2"}
        return veche.routes["GET /v1/rooms/blue"]

    host, bob_path = bearer(sfu, "ann"), f"{ROOMS}/blue/participants/bob"
    assert asked(sfu, "bob").status_code == 200
    with connected(sfu, "ann") as ann:
        veche.is_up = False
        say(ann, "unreachable")
        fallen = hear(ann, "transport")
        assert (fallen["transport"], fallen["because"], len(fallen["roster"])) == ("mesh", "sfu-unreachable", 1)
        with connected(sfu, "chen") as chen:
            assert chen.snapshot["transport"]["reason"] == "sfu-unreachable"
        old = sfu.post(f"{ROOMS}/blue/join", headers=bearer(sfu, "chen"))
        assert old.status_code == 503, "a page for the SFU alone waits"
        assert sfu.delete(bob_path, headers=host).status_code == 204
        assert [each["id"] for each in sfu.get("/api/rooms", headers=host).json()] == ["blue"]
        # It has restarted: its rooms are gone.
        veche.instance, veche.is_up = "run-2", True
        veche.routes["GET /v1/rooms/blue"] = problem(404, "/problems/not-found")
        veche.routes["PUT /v1/rooms/blue"] = make
        veche.routes["POST /v1/rooms/blue/moderate"] = {"results": []}
        back = hear(ann, "transport")
        assert (back["transport"], back["because"]) == ("sfu", "sfu-returned")
        assert made == [{"max_participants": 50, "empty_timeout_s": 60, "metadata": {"topic": "retro"}, "forwarding": {"max_speakers": 2}}]
        orders = [json.loads(each.content) for each in veche.requests if each.url.path.endswith("/moderate")]
        assert {"action": "remove", "participants": ["bob"]} in orders, "tokens from before the removal are refused again"
        assert asked(sfu, "bob").status_code == 403


def test_a_room_that_has_ended_is_not_made_again(sfu, veche):
    assert asked(sfu, "ann").status_code == 200
    veche.routes["GET /v1/rooms/blue"] = problem(404, "/problems/not-found")
    assert asked(sfu, "ann").status_code == 404
    assert sfu.app.state.context.store.known("blue") is None


def test_a_host_makes_and_ends_a_room_without_veche(tmp_path, veche):
    veche.is_up = False
    with start(tmp_path, veche) as page:
        host = bearer(page, "ann")
        assert page.post("/api/rooms", json={"id": "green", "topic": "now"}, headers=host).status_code == 201
        assert page.post("/api/rooms", json={"id": "green"}, headers=host).status_code == 409
        assert page.get("/api/rooms", headers=host).json() == [{"id": "green", "topic": "now", "participants": 0, "recorded": False}]
        with connected(page, "bob", room="green") as bob:
            assert page.delete("/api/rooms/green", headers=host).status_code == 204
            assert hear(bob, "closing")["reason"] == "room_closed"
        assert page.get("/api/rooms", headers=host).json() == []


def test_the_rollout_is_changed_by_hosts_and_operators_and_outlives_a_restart(tmp_path, veche):
    path, operator = "/api/rollout", {"Authorization": f"Bearer {OPERATOR}"}
    with start(tmp_path, veche, operator_token=OPERATOR) as page:
        for headers in ({}, {"Authorization": "Bearer " + "p" * 32}):
            assert page.patch(path, json={"kill_switch": True}, headers=headers).status_code == 401
        assert page.patch(path, json={"kill_switch": True}, headers=bearer(page, "bob")).status_code == 403
        assert page.get("/metrics", headers=bearer(page, "bob")).status_code == 403
        page.cookies.clear()
        for wrong in ({"percentage": 101}, {"percentage": -1}, {"flags": {"../x": "sfu"}}, {"flags": {"blue": "pigeon"}}, {"killswitch": True}):
            assert page.patch(path, json=wrong, headers=operator).status_code == 422, wrong
        with connected(page, "ann") as ann:
            answer = page.patch(path, json={"kill_switch": True}, headers=operator).json()
            assert answer["rooms"] == {"blue": {"transport": "mesh", "reason": "kill-switch", "people": 1, "settled": False}}
            assert hear(ann, "transport")["because"] == "kill-switch"
        page.patch(path, json={"percentage": 10, "allow": ["team"], "flags": {"blue": "mesh", "red": "sfu"}}, headers=bearer(page, "ann"))
        page.patch(path, json={"kill_switch": False, "flags": {"red": None}}, headers=operator)
    with start(tmp_path, veche, operator_token=OPERATOR) as page:
        answer = page.get(path, headers=operator).json()
        assert answer == {"kill_switch": False, "percentage": 10, "allow": ["team"], "flags": {"blue": "mesh"}, "mesh_limit": 8,
                          "sfu_is_up": True, "rooms": {}}
    with start(tmp_path, veche, rollout=Policy(kill_switch=True), operator_token=OPERATOR) as page:
        assert page.patch(path, json={"kill_switch": False}, headers=operator).json()["kill_switch"] is True, "the environment has the last word"


def test_pages_that_know_the_sfu_alone_are_told_when_their_room_leaves_it(sfu, veche):
    orders, ordered = [], threading.Event()

    def moderate(request):
        orders.append(json.loads(request.content))
        ordered.set()
        return {"results": []}

    veche.routes["POST /v1/rooms/blue/moderate"] = moderate
    with connected(sfu, "chen") as chen:
        sfu.patch("/api/rollout", json={"flags": {"blue": "mesh"}}, headers={"Authorization": f"Bearer {OPERATOR}"})
        number = hear(chen, "transport")["number"]
        say(chen, "using", transport="mesh", number=number)
        assert hear(chen, "settled") == {"number": number, "missing": []}
        assert ordered.wait(10)
    assert orders[0]["participants"] == ["ann"] and orders[0]["allow_rejoin"] is True
