# SPDX-License-Identifier: Apache-2.0
# The backend by its own API: login, joining, moderation, webhooks, pages.
import json
import time

import httpx
import jwt
import pytest
from app_fixture import EMPTY_PAGE, KEY, WEBHOOK_SECRET, Veche, log_in, settings, start
from backend.pages import voice_page
from backend.settings import BadSettings, Settings
from veche_client.webhooks import sign
from world import PARTICIPANT, ROOM, Chunks, event, problem

PEOPLE = "/v1/rooms/blue/participants"


@pytest.fixture
def veche():
    return Veche()


@pytest.fixture
def page(tmp_path, veche):
    with start(tmp_path, veche) as browser:
        yield browser


def deliver(page, each, webhook_id="m1", secret=WEBHOOK_SECRET):
    body = json.dumps(each).encode()
    now = int(time.time())
    headers = {"webhook-id": webhook_id, "webhook-timestamp": str(now), "webhook-signature": sign(secret, webhook_id, now, body)}
    return page.post("/hooks/veche", content=body, headers=headers).status_code


def visits(page):
    return [(each["participant"], each["left_at"] is None, each["reason"]) for each in page.get("/api/rooms/blue/attendance").json()["visits"]]


def test_without_a_login_there_is_nothing(page):
    for method, path in (("GET", "/api/me"), ("GET", "/api/rooms"), ("POST", "/api/rooms/blue/join"), ("DELETE", "/api/rooms/blue"),
                         ("POST", "/api/rooms/blue/session"), ("GET", "/api/rooms/blue/recordings"), ("GET", "/api/rooms/blue/attendance")):
        answer = page.request(method, path)
        assert answer.status_code == 401, path
        assert answer.json()["title"] == "Log in first"


def test_a_login_gives_a_cookie_and_a_bearer(page):
    token = log_in(page)["token"]
    cookie = [each for each in page.cookies.jar if each.name == "session"]
    assert page.get("/api/me").json() == {"user": "ann", "name": "Ann", "role": "host"}
    assert cookie[0].has_nonstandard_attr("HttpOnly") and cookie[0].get_nonstandard_attr("SameSite") == "strict"
    page.post("/api/logout")
    assert page.get("/api/me").status_code == 401
    assert page.get("/api/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_a_forged_or_expired_session_is_none(page, tmp_path):
    secret = settings(tmp_path).session_secret
    now = time.time()
    for claims, key in (({"sub": "ann", "exp": now + 60}, "y" * 32), ({"sub": "ann", "exp": now - 60}, secret), ({"sub": "ann"}, secret),
                        ({"sub": "eve", "exp": now + 60}, secret)):
        token = jwt.encode(claims, key, algorithm="HS256")
        assert page.get("/api/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401, claims


def test_passwords_are_tried_ten_times_a_minute(page):
    statuses = [page.post("/api/login", json={"user": "ann", "password": "guess"}).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    log_in(page, "bob")


def test_a_guest_may_join_and_no_more(page, veche):
    log_in(page, "bob")
    for method, path in (("POST", "/api/rooms"), ("DELETE", "/api/rooms/blue"), ("DELETE", "/api/rooms/blue/participants/ann"),
                         ("PATCH", "/api/rooms/blue/participants/ann"), ("POST", "/api/rooms/blue/participants/bob/invitation"),
                         ("GET", "/api/rooms/blue/attendance"), ("POST", "/api/rooms/blue/recordings")):
        answer = page.request(method, path, json={"muted": True, "id": "x"})
        assert answer.status_code == 403, path
    assert veche.called() == []
    assert page.get("/api/rooms/blue/participants").json()["participants"][0]["hears"] == ["bob"]


def test_joining_gives_a_token_that_the_backend_has_signed(page):
    log_in(page, "bob")
    before = time.time()
    invitation = page.post("/api/rooms/blue/join").json()
    claims = jwt.decode(invitation["token"], KEY.secret, algorithms=["HS256"], options={"verify_iat": False})
    assert (claims["room"], claims["sub"], claims["name"], claims["attributes"]) == ("blue", "bob", "Bob", {"role": "guest"})
    assert before - 0.001 <= claims["iat"] <= time.time() and claims["exp"] - claims["iat"] == pytest.approx(3600)
    assert invitation["server"] == "https://voice.example.org"
    assert invitation["participant"] == {"id": "bob", "name": "Bob"}
    assert invitation["ice_servers"] == [{"urls": ["stun:stun.example.org"]}]
    assert page.post("/api/rooms/red/join").status_code == 404


def test_who_was_removed_gets_no_token_until_invited_back(page, veche):
    veche.routes[f"DELETE {PEOPLE}/bob"] = httpx.Response(204)
    log_in(page)
    assert page.delete("/api/rooms/blue/participants/bob?reason=noise").status_code == 204
    assert veche.requests[-1].url.params["reason"] == "noise"
    assert page.get("/api/rooms/blue/participants").json()["removed"] == ["bob"]
    log_in(page, "bob")
    refused = page.post("/api/rooms/blue/join")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/participant-removed")
    log_in(page)
    assert page.post("/api/rooms/blue/participants/bob/invitation").status_code == 204
    log_in(page, "bob")
    assert page.post("/api/rooms/blue/join").status_code == 200


def test_a_removal_while_somebody_joins_wins(page, veche):
    # The host's removal comes while the backend waits for Veche on behalf of Bob.
    host = log_in(page)["token"]
    veche.routes[f"DELETE {PEOPLE}/bob"] = httpx.Response(204)

    def remove_meanwhile(request):
        page.app.state.context.store.bar("blue", "i1", "bob")
        return {"ice_servers": []}

    veche.routes[f"GET {PEOPLE}/[^/]+/ice-servers"] = remove_meanwhile
    log_in(page, "bob")
    assert page.post("/api/rooms/blue/join").status_code == 403
    answer = page.get("/api/rooms/blue/participants", headers={"Authorization": f"Bearer {host}"})
    assert answer.json()["removed"] == ["bob"]


def test_a_host_mutes(page, veche):
    veche.routes[f"PATCH {PEOPLE}/ann"] = PARTICIPANT | {"muted": True, "muted_by_backend": True}
    log_in(page)
    assert page.patch("/api/rooms/blue/participants/ann", json={"muted": True}).json()["muted_by_host"] is True
    assert json.loads(veche.requests[-1].content) == {"muted": True}


def test_a_room_is_made_once(page, veche):
    log_in(page)
    veche.routes["PUT /v1/rooms/blue"] = lambda request: httpx.Response(201, json=ROOM)
    assert page.post("/api/rooms", json={"id": "blue", "topic": "retro"}).status_code == 201
    assert veche.requests[-1].headers["If-None-Match"] == "*"
    veche.routes["PUT /v1/rooms/blue"] = lambda request: problem(412, "/problems/precondition-failed")
    assert page.post("/api/rooms", json={"id": "blue"}).status_code == 409
    assert page.post("/api/rooms", json={"id": "../x"}).status_code == 422


def test_a_webhook_is_verified_and_counts_once(page):
    log_in(page)
    joined, left = event(1, name="Ann"), event(2, "participant.left", reason="left")
    assert deliver(page, joined, secret="whsec_" + "B" * 32) == 400
    assert visits(page) == []
    assert [deliver(page, joined), deliver(page, joined), deliver(page, left, "m2")] == [204, 204, 204]
    assert visits(page) == [("ann", False, "left")]
    assert page.post("/hooks/veche", content=b"x" * (1024 * 1024 + 1)).status_code == 413


def test_what_came_while_the_backend_was_down_is_read_from_the_log(tmp_path, veche):
    with start(tmp_path, veche) as page:
        assert deliver(page, event(1, name="Ann")) == 204
    asked = []

    def log(request):
        after = int(request.url.params["after"])
        asked.append(after)
        events = [each for each in (event(1), event(2, "participant.left", reason="removed"), event(3, participant="bob")) if each["id"] > after]
        return {"events": events[:2], "next_after": (events[:2] or [{"id": 3}])[-1]["id"], "oldest": 1, "newest": 3, "reset": False}

    veche.routes["GET /v1/events"] = log
    with start(tmp_path, veche) as page:
        log_in(page)
        assert visits(page) == [("ann", False, "removed"), ("bob", True, "")]
        assert page.get("/healthz").json() == {"status": "ok", "events": {"webhook": 1, "pull": 2}, "position": 3}
    with start(tmp_path, veche):
        assert asked == [0, 2, 3]


def test_lost_events_are_told(tmp_path, veche):
    with start(tmp_path, veche):
        pass
    veche.routes["GET /v1/events"] = EMPTY_PAGE | {"next_after": 49, "oldest": 50, "newest": 49, "reset": True}
    with start(tmp_path, veche) as page:
        log_in(page)
        [gap] = page.get("/api/rooms/blue/attendance").json()["gaps"]
        assert (gap["first"], gap["last"]) == (1, 49)


def test_what_veche_refuses_is_told_as_its_own_or_as_the_backends(page, veche):
    log_in(page)
    veche.routes["POST /v1/plugins/recording/rooms/blue/recordings"] = problem(507, "/problems/recording/disk-full", title="The disk is full")
    answer = page.post("/api/rooms/blue/recordings")
    assert (answer.status_code, answer.json()["title"]) == (507, "The disk is full")
    veche.routes["GET /v1/rooms/blue"] = problem(401, "/problems/unauthenticated")
    assert page.post("/api/rooms/blue/join").status_code == 502


def test_a_recording_is_downloaded_in_ranges(page, veche):
    path = "/v1/plugins/recording/rooms/blue/recordings/r1/files/mix.webm"
    veche.routes[f"GET {path}"] = lambda request: httpx.Response(
        206, stream=Chunks(b"webm"), headers={"Content-Range": "bytes 0-3/9", "Content-Type": "audio/webm", "Set-Cookie": "no"})
    log_in(page)
    answer = page.get("/api/rooms/blue/recordings/r1/files/mix.webm", headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.content, answer.headers["Content-Range"]) == (206, b"webm", "bytes 0-3/9")
    assert veche.requests[-1].headers["Range"] == "bytes=0-3"
    assert "Set-Cookie" not in answer.headers


def test_the_voice_page_asks_this_backend_and_calls_veche(page, tmp_path):
    text = page.get("/voice/").text
    assert '<meta name="veche-invitations" content="/api/rooms/{room}/join">' in text
    assert "connect-src 'self' https://voice.example.org wss://voice.example.org;" in text
    assert page.get("/voice/demo/app.js").status_code == 200
    assert "script-src 'self'" in page.get("/").headers["Content-Security-Policy"]
    other = tmp_path / "index.html"
    other.write_text("<html>")
    with pytest.raises(ValueError, match="is not the voice page"):
        voice_page(other, "https://voice.example.org")


def test_settings_name_what_is_missing_and_show_no_secret(tmp_path):
    with pytest.raises(BadSettings, match="BACKEND_SESSION_SECRET is missing"):
        Settings.read({})
    with pytest.raises(BadSettings, match="at least 32 characters"):
        Settings.read({"BACKEND_SESSION_SECRET": "short"})
    assert "secret" not in repr(settings(tmp_path)).replace("session_secret", "")
